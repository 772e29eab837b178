import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import { WrongAnswer } from '../check-answers.ts';
import type { Vocabulary } from '../search/example-tools.ts';
import { ask, type Search } from '../search/request.ts';
import { splitWord } from '../transformation/word-core.ts';
import { type Change, type Constraint, isSwap } from './constraint.ts';
import { wordsAround } from './tagged-change.ts';

const rules = { ratio: { kind: 'number', min: 0 } } as const satisfies SettingRules;

/** Words at each side of the mask that the model reads. */
const each = 25;
/** Tokens that the model is asked for: what is not among them does not fit at all. */
const topK = 1000;

/**
 * With the word masked, the model finds what comes at most so many times less likely there than what goes.
 *
 *     p(w′ | S with a mask for w) ≥ p(w | S with a mask for w) / ratio
 *
 * Only the 1,000 likeliest tokens are known: what comes must be one of them, and what goes counts as the last of them where it is
 * none. So idioms (*little understanding*, *badly written*, *pretty much*) and rare senses (*buy* for believe) keep their words,
 * and words of several tokens are not put in. An edit that does not put one word in place of one passes.
 *
 * Source: the project's own, over the replacement of Garg & Ramakrishnan 2020 (arXiv:2004.01970), §3; Salazar et al. 2020
 * (arXiv:1910.14659), §2, for the masked score of a word.
 * @throws VdaError `usage` for a ratio below 0
 */
export const maskedFit = ({ ratio }: { readonly ratio: number }): Constraint => ({
  ...{
    id: 'masked-fit',
    version: 1,
    settings: { ...checkSettings('maskedFit', { ratio }, { rules }), each, topK },
  },
  name: `at most ${ratio} times less likely in its place (masked LM)`,
  asks: ['maskedLm'],
  *judge(changes, { vocabulary }) {
    const rises = yield* maskedRises(changes, vocabulary);
    return rises.map((rise) => rise === undefined || rise >= -Math.log(ratio));
  },
});

/**
 * log p(w′) − log p(w) at the mask, one a change: what {@link maskedFit} compares with −log ratio. −∞ for what is not among the
 * tokens known, undefined for an edit that does not put one word in place of one.
 */
function* maskedRises(
  changes: readonly Change[],
  vocabulary: Vocabulary | undefined,
): Search<readonly (number | undefined)[]> {
  const swaps = changes.filter(isSwap);
  if (vocabulary?.maskToken === undefined) {
    throw new WrongAnswer(
      'The constraint masked-fit masks words, and the masked language model has no maskToken; expected what stands for a hidden word in its text, such as [MASK].',
    );
  }
  if (swaps.length === 0) return changes.map(() => undefined);
  const items = swaps.map(({ edit, original }) => {
    const { words, at } = wordsAround(original, edit.start, each);
    const { before, after } = splitWord(words[at]!);
    return { input: { words: words.with(at, `${before}${vocabulary.maskToken}${after}`) }, topK };
  });
  const answers = yield* ask({ service: 'maskedCandidates', items });
  const rises = new Map<Change, number>();
  for (const [i, change] of swaps.entries()) {
    const { ids, logProbs } = answers[i]!;
    const found = new Map<string, number>();
    for (let rank = 0; rank < ids.length; rank++) {
      const id = ids[rank]!;
      if (vocabulary.isSpecial(id) || vocabulary.isContinuation(id)) continue;
      const word = vocabulary.textOf([id]).trim().toLowerCase();
      if (!found.has(word)) found.set(word, logProbs[rank]!);
    }
    const of = (word: string) => found.get(word.toLowerCase());
    const least = logProbs[ids.length - 1] ?? 0;
    rises.set(change, (of(change.to) ?? Number.NEGATIVE_INFINITY) - (of(change.from) ?? least));
  }
  return changes.map((change) => rises.get(change));
}
