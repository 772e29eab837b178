import { mayReplace, maySubstitute, type WordConstraint } from '../../attacks/constraints/constraint.ts';
import { wholeWord } from '../../attacks/constraints/whole-word.ts';
import { bare } from '../../attacks/recipe.ts';
import type { Vocabulary } from '../../attacks/search/example-tools.ts';
import type { Part } from '../../base/part.ts';
import { defaultMeaning } from '../../runs/lexica/load-constraints.ts';
import type { TokenCandidates } from '../../strategies/vda/feed-sources.ts';
import { noCandidate } from '../../strategies/vda/feeds.ts';

/** Guesses looked at for each position: far more than are kept, since few are related. */
export const relatedPool = 128;

/** What decides which candidates count: how they are looked for here, and the rules of the attack's filters. */
export const relatedFilterIdentity = (): Part => ({
  ...{ id: 'related candidates', version: 1, settings: { pool: relatedPool } },
  parts: { constraints: attackRules().map(bare) },
});

/** The rules about words of the default attack. */
const attackRules = (): readonly WordConstraint[] => [wholeWord, ...defaultMeaning()];

/**
 * Keeps, of the masked LM's guesses, the words that the default attack could put in: whole words that its filters let
 * stand for the one in the text (related in WordNet, no antonyms, no function words, never the word itself). Words of
 * several pieces have none. With mixture `logit` a virtual embedding is then a point among those of a word's substitutes,
 * weighted by the masked LM: Eq. 5 over the set whose convex hull Dong et al. 2021 (ASCC, ICLR) defend.
 *
 * Answers are remembered: a pair of words is looked up once.
 */
export function createRelatedFilter(
  vocabulary: Vocabulary,
  constraints: readonly WordConstraint[] = attackRules(),
) {
  const known = new Map<number, Map<number, boolean>>();
  const wordOf = (id: number): string => vocabulary.textOf([id]).trim();
  const related = (from: number, to: number): boolean => {
    let answers = known.get(from);
    if (!answers) {
      answers = new Map();
      known.set(from, answers);
    }
    let answer = answers.get(to);
    if (answer === undefined) {
      answer =
        !vocabulary.isSpecial(to) &&
        !vocabulary.isContinuation(to) &&
        maySubstitute(constraints, [wordOf(from), wordOf(to)]);
      answers.set(to, answer);
    }
    return answer;
  };

  /**
   * @param ids tokens of the text
   * @param found `pool` candidates for each token, best first
   * @returns `keep` for each token, {@link noCandidate} where there are fewer
   */
  return (
    ids: ArrayLike<number>,
    found: TokenCandidates,
    { pool, keep }: { readonly pool: number; readonly keep: number },
  ): TokenCandidates => {
    const chosen = new Int32Array(ids.length * keep).fill(noCandidate);
    const logProbs = new Float32Array(ids.length * keep);
    for (let position = 0; position < ids.length; position++) {
      const from = ids[position]!;
      const next = ids[position + 1];
      const isWord =
        !vocabulary.isSpecial(from) &&
        !vocabulary.isContinuation(from) &&
        (next === undefined || vocabulary.isSpecial(next) || !vocabulary.isContinuation(next)) &&
        mayReplace(constraints, wordOf(from));
      let count = 0;
      for (let i = position * pool; isWord && i < (position + 1) * pool && count < keep; i++) {
        if (!related(from, found.ids[i]!)) continue;
        chosen[position * keep + count] = found.ids[i]!;
        logProbs[position * keep + count++] = found.logProbs[i]!;
      }
    }
    return { ids: chosen, logProbs };
  };
}
