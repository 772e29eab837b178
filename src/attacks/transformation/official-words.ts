import type { PieceCandidates, WordCandidates } from '../masked-lm.ts';
import type { Vocabulary } from '../search/example-tools.ts';
import { byFallingScore } from '../search/importance.ts';
import { ask, type Search } from '../search/request.ts';
import { swaps, type Transformation } from './transformation.ts';
import { unmaskedCandidates } from './unmasked-candidates.ts';

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
export const officialWords = ({ topK }: { readonly topK: number }): Transformation => ({
  ...{ id: 'official-words', version: 1, settings: { topK } },
  maskedLm: { inContext: false },
  *propose(place, tools) {
    const answer = (yield* unmaskedCandidates(tools, { topK, inContext: false }))[place.index]!;
    return swaps(place, yield* officialSubstitutes(answer, { topK, vocabulary: tools.vocabulary! }));
  },
});

/** The words themselves, in the order in which they are tried. */
export function* officialSubstitutes(
  { pieces, candidates }: WordCandidates,
  { topK, vocabulary }: { readonly topK: number; readonly vocabulary: Vocabulary },
): Search<readonly string[]> {
  if (pieces.length === 0) return [];
  if (pieces.length === 1) {
    const ids = firstOf(candidates[0]!, topK).filter((id) => !vocabulary.isContinuation(id));
    return ids.map((id) => vocabulary.textOf([id]));
  }
  const places = candidates.slice(0, mostPieces).map((place) => firstOf(place, candidatesPerPiece));
  const sequences = firstOfProduct(places);
  const losses = yield* ask({ service: 'maskedLmLoss', items: sequences });
  const bestFirst = byFallingScore(losses.map((loss) => -loss));
  return bestFirst.map((index) => vocabulary.textOf(sequences[index]!));
}

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
