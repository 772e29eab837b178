import type { PieceCandidates } from '../ports.ts';
import type { Transformation } from './transformation.ts';

const mostPieces = 12;
const candidatesPerPiece = 4;
const mostCombinations = 24;

/**
 * What the attack's published code tries. One piece: the model's top K tokens as they are, those that go on with a word
 * left out. Several: the product
 * of the first 4 candidates of the first 12 pieces, its first 24 members (so only the last pieces vary), to be
 * ranked by the model's loss on those pieces alone.
 *
 * Source: the published code as modified for the paper's tables, described, not copied. Kept with its mistakes.
 */
export const officialWords: Transformation = {
  ...{ id: 'official-words', version: 1 },
  propose: ({ fill, topK }, filler) => {
    if (fill.pieces.length === 0) return { kind: 'words', words: [] };
    if (fill.pieces.length === 1) {
      const ids = firstOf(fill.candidates[0]!, topK).filter((id) => !filler.isContinuation(id));
      return { kind: 'words', words: ids.map((id) => filler.textOf([id])) };
    }
    const places = fill.candidates.slice(0, mostPieces).map((place) => firstOf(place, candidatesPerPiece));
    return { kind: 'to-rank', sequences: firstOfProduct(places) };
  },
};

const firstOf = ({ ids }: PieceCandidates, count: number): number[] => Array.from(ids).slice(0, count);

/** The first members of a Cartesian product whose last factor varies fastest, without making the rest. */
function firstOfProduct(places: readonly (readonly number[])[]): number[][] {
  const size = places.reduce((product, place) => Math.min(product * place.length, mostCombinations), 1);
  return Array.from({ length: size }, (_, index) => {
    let rest = index;
    const digits: number[] = [];
    for (let place = places.length - 1; place >= 0; place--) {
      const choices = places[place]!;
      digits.unshift(choices[rest % choices.length]!);
      rest = Math.floor(rest / choices.length);
    }
    return digits;
  });
}
