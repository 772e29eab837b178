import { type Edit, type EditedText, editedWords, withEdit } from '../../text/edited-text.ts';
import type { Change } from '../constraints/constraint.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

/** Whether one more place of the text may be edited. */
export const mayEditMore = ({ recipe, progress }: Pick<Tools, 'recipe' | 'progress'>): boolean =>
  recipe.constraints.every(
    (rule) => rule.limit?.({ changed: progress.gains.size, words: progress.words }) ?? true,
  );

/**
 * The edits that may be tried at a word, best first: what the transformations propose and no constraint refuses. Rules about
 * the place come first, then those about each edit, last those that ask a service.
 */
export function* candidatesAt(tools: Tools, index: number): Search<readonly Edit[]> {
  const { recipe, progress } = tools;
  const { text } = progress;
  const place = { text, index, word: recipe.coreOf(text.original[index]!) };
  if (!recipe.constraints.every((rule) => rule.before?.(place) ?? true)) return [];
  let edits: readonly Edit[] = [];
  for (const transformation of recipe.transformations) {
    edits = [...edits, ...(yield* transformation.propose(place, tools))];
  }
  edits = edits.filter((edit) => {
    const change = changeOf(edit, { text, coreOf: recipe.coreOf });
    return recipe.constraints.every((rule) => rule.after?.(change) ?? true);
  });
  for (const { judge } of recipe.constraints) {
    if (judge === undefined || edits.length === 0) continue;
    const changes = edits.map((edit) => changeOf(edit, { text, coreOf: recipe.coreOf }));
    const verdicts = yield* judge(changes, tools);
    edits = edits.filter((_, i) => verdicts[i]);
  }
  return edits;
}

/** An edit as constraints see it; the edited text is made when one looks. */
const changeOf = (
  edit: Edit,
  { text, coreOf }: { readonly text: EditedText; readonly coreOf: (word: string) => string },
): Change => ({
  ...{ edit, original: text },
  from: coreOf(editedWords(text, edit)),
  to: coreOf(edit.to),
  get edited() {
    return withEdit(text, edit);
  },
});
