import { type AttackRecipe, recipeIdentity } from '../recipe.ts';
import type { AttackStatus, MemberEnding } from '../record.ts';
import { askClean } from './attack-one.ts';
import type { Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import { restore, stateOf } from './state.ts';
import { createTools, type Tools } from './tools.ts';

/**
 * The worst case over several attacks: one after another from the clean text, each as it would run alone with its own budget, up
 * to the first that succeeds. Queries are those of all that ran.
 *
 * A text ends as `success` where any attack succeeds, and as `failed`, which counts as robust, where every attack failed; else as
 * the first of these that an attack ended as: `out-of-queries`, `nothing-to-change`. So the texts that are robust are those that
 * are robust in a run of each attack alone. What is left is the text with the lowest score of the goal, the first of equals.
 */
export const worstOf = (members: readonly AttackRecipe[]): SearchRule => ({
  ...{ id: 'worst-of', version: 1 },
  decisionsSuffice: members.every(({ search }) => search.decisionsSuffice === true),
  parts: { members: members.map(recipeIdentity) },
  *run(tools) {
    const endings: MemberEnding[] = [];
    tools.progress.members = endings;
    for (const member of members) {
      const status = yield* runMember(tools, member, endings);
      if (status === 'success') return status;
    }
    const isEnded = (status: AttackStatus) => endings.some((ending) => ending.status === status);
    return unsure.find(isEnded) ?? 'failed';
  },
});

/** Endings of a member that leave open whether the text is robust. */
const unsure = ['out-of-queries', 'skipped', 'nothing-to-change'] as const satisfies readonly AttackStatus[];

/** One attack, whose queries count as its own and as the ensemble's, also where it is cut short. */
function* runMember(tools: Tools, member: AttackRecipe, endings: MemberEnding[]): Search<AttackStatus> {
  const { progress, goal, example, victim, vocabulary, onStep } = tools;
  const own = createTools(example, { recipe: member, victim, vocabulary, onStep });
  try {
    const status = (yield* askClean(own)) ?? (yield* member.search.run(own));
    endings.push({ recipe: member.id, status, queries: own.progress.queries });
    const isLower = goal.score(own.progress.row) < goal.score(progress.row);
    if (status === 'success' || isLower) {
      restore(tools, stateOf(own));
      progress.words = own.progress.words;
    }
    return status;
  } finally {
    progress.queries += own.progress.queries;
    for (const [id, { words, edits }] of own.progress.rejections) {
      const before = progress.rejections.get(id) ?? { words: 0, edits: 0 };
      progress.rejections.set(id, { words: before.words + words, edits: before.edits + edits });
    }
  }
}
