import { type Edit, isEdited, renderText, withEdit } from '../../text/edited-text.ts';
import { wordsOf } from '../../text/words.ts';
import { WrongAnswer } from '../check-answers.ts';
import type { Place } from '../constraints/constraint.ts';
import type { PieceCandidates } from '../masked-lm.ts';
import type { ExampleTools, Vocabulary } from '../search/example-tools.ts';
import { ask, type Search } from '../search/request.ts';
import type { Transformation } from './transformation.ts';
import { inCaseOf, splitWord } from './word-core.ts';

/** What is done with a mask: in place of the word, before or after it, or in place of it and the next one. */
export type Infilling = 'replace' | 'insert-before' | 'insert-after' | 'merge';

/** Choices of {@link infilledWords}. */
export interface InfillingOptions {
  readonly action: Infilling;
  /** Tokens of the masked language model, of which those that are whole words are tried. */
  readonly topK: number;
  /** Least probability of a token, 0 to 1. */
  readonly minConfidence: number;
  /**
   * Asks about all places of a text at once: for searches that try every place of each text. Changes no result, only how many
   * texts share a pass. Default false.
   */
  readonly everyPlace?: boolean;
}

/**
 * Words that a masked language model puts in the place of a mask, in the text as the attack has it then: BAE's and CLARE's
 * replace, insert and merge. Tokens that go on with a word, special ones and punctuation are left out. Punctuation around a
 * word stays, capitals are carried over; words with punctuation between them aren't merged, and nothing edited is edited again.
 *
 * Source: Garg & Ramakrishnan 2020 (arXiv:2004.01970), §3; Li et al. 2021 (arXiv:2009.07502), §2.2. Departure: CLARE merges
 * only words of certain parts of speech.
 */
export const infilledWords = ({ everyPlace = false, ...options }: InfillingOptions): Transformation => ({
  ...{ id: 'infilled-words', version: 1, settings: { ...options } },
  maskedLm: { inContext: true },
  *propose(place, tools) {
    const hole = holeAt(place, options.action);
    if (hole === undefined) return [];
    const { text } = place;
    const holes = everyPlace
      ? text.original.flatMap((_, index) => holeAt({ text, index }, options.action) ?? [])
      : [hole];
    const key = `infilled ${options.action} ${options.topK} ${renderText(text)}`;
    const asked = () => askMasks(holes, { text, topK: options.topK, tools });
    const answers = everyPlace ? yield* tools.remember(key, asked) : yield* asked();
    const at = holes.findIndex(({ start }) => start === hole.start);
    return fillings(hole, { candidates: answers[at]!, ...options, vocabulary: tools.vocabulary! });
  },
});

/** Where a mask goes, and what is kept around it. */
interface Hole {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
  /** What goes, without the punctuation around it: the first word of two. */
  readonly from: string;
}

/** Undefined where there is no such place, or something of it was edited before. */
function holeAt({ text, index }: Pick<Place, 'text' | 'index'>, action: Infilling): Hole | undefined {
  const first = splitWord(text.original[index]!);
  const hole = ((): Hole | undefined => {
    if (action === 'replace') return { start: index, end: index + 1, ...first, from: first.core };
    if (action === 'merge') {
      const next = text.original[index + 1];
      if (next === undefined) return undefined;
      const second = splitWord(next);
      const areApart = first.after !== '' || second.before !== '' || second.core === '';
      if (areApart) return undefined;
      return { start: index, end: index + 2, before: first.before, after: second.after, from: first.core };
    }
    const at = action === 'insert-before' ? index : index + 1;
    return { start: at, end: at, before: '', after: '', from: '' };
  })();
  const isEmpty = hole !== undefined && hole.start < hole.end && hole.from === '';
  return hole === undefined || isEmpty || isEdited(text, hole) ? undefined : hole;
}

function* askMasks(
  holes: readonly Hole[],
  { text, topK, tools }: Pick<Place, 'text'> & { readonly topK: number; readonly tools: ExampleTools },
): Search<readonly PieceCandidates[]> {
  const mask = tools.vocabulary?.maskToken;
  if (mask === undefined) {
    throw new WrongAnswer(
      'The recipe masks words, and the masked language model has no maskToken; expected what stands for a hidden word in its text, such as [MASK].',
    );
  }
  const { context } = text;
  const items = holes.map(({ start, end, before, after }) => ({
    input: {
      words: wordsOf(renderText(withEdit(text, { start, end, to: before + mask + after }))),
      ...(context !== undefined && { context }),
    },
    topK,
  }));
  return yield* ask({ service: 'maskedCandidates', items });
}

function fillings(
  { start, end, before, after, from }: Hole,
  p: Omit<InfillingOptions, 'everyPlace'> & {
    readonly candidates: PieceCandidates;
    readonly vocabulary: Vocabulary;
  },
): readonly Edit[] {
  const { candidates, minConfidence, vocabulary } = p;
  const words = new Set<string>();
  for (let i = 0; i < candidates.ids.length; i++) {
    const id = candidates.ids[i]!;
    if (Math.exp(candidates.logProbs[i]!) < minConfidence) break; // best first
    if (vocabulary.isSpecial(id) || vocabulary.isContinuation(id)) continue;
    const word = vocabulary.textOf([id]).trim();
    if (word !== '' && splitWord(word).core === word && word.toLowerCase() !== from.toLowerCase())
      words.add(before + (from === '' ? word : inCaseOf(from, word)) + after);
  }
  return Array.from(words, (to) => ({ start, end, to }));
}
