import { type Edit, type EditedText, editedWords, withEdit } from '../../text/edited-text.ts';
import type { Change, Constraint } from '../constraints/constraint.ts';
import type { Refused } from '../record.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

type Counting = Pick<Tools, 'recipe' | 'progress' | 'tell'>;

/** Whether one more place of the text may be edited. */
export function mayEditMore(tools: Counting): boolean {
  const { recipe, progress } = tools;
  const counts = { changed: progress.gains.size, words: progress.words };
  const by = recipe.constraints.find((rule) => rule.limit?.(counts) === false);
  if (by !== undefined) refuse(tools, { by });
  return by === undefined;
}

/** Counts and tells that a constraint refuses an edit, or else words. */
function refuse(
  { progress: { rejections }, tell }: Counting,
  refused: { readonly by: Constraint; readonly index?: number; readonly edit?: Edit },
): void {
  const { by, edit } = refused;
  const what: keyof Refused = edit === undefined ? 'words' : 'edits';
  const before = rejections.get(by.id) ?? { words: 0, edits: 0 };
  rejections.set(by.id, { ...before, [what]: before[what] + 1 });
  tell({ kind: 'refused', ...refused });
}

/**
 * The edits that may be tried at a word, best first: what the transformations propose and no constraint refuses. Rules about
 * the place come first, then those about each edit, last those that ask a service. What is refused is counted.
 */
export function* candidatesAt(tools: Tools, index: number): Search<readonly Edit[]> {
  const { recipe, progress } = tools;
  const { text } = progress;
  const place = { text, index, word: recipe.coreOf(text.original[index]!) };
  const refusesPlace = recipe.constraints.find((rule) => rule.before?.(place) === false);
  if (refusesPlace !== undefined) {
    refuse(tools, { by: refusesPlace, index });
    return [];
  }
  let edits: readonly Edit[] = [];
  for (const transformation of recipe.transformations) {
    edits = [...edits, ...(yield* transformation.propose(place, tools))];
  }
  edits = edits.filter((edit) => {
    const change = changeOf(edit, { text, coreOf: recipe.coreOf });
    const by = recipe.constraints.find((rule) => rule.after?.(change) === false);
    if (by !== undefined) refuse(tools, { by, index, edit });
    return by === undefined;
  });
  for (const rule of recipe.constraints) {
    const { judge } = rule;
    if (judge === undefined || edits.length === 0) continue;
    const changes = edits.map((edit) => changeOf(edit, { text, coreOf: recipe.coreOf }));
    const verdicts = yield* judge(changes, tools);
    edits = edits.filter((edit, i) => {
      if (!verdicts[i]) refuse(tools, { by: rule, index, edit });
      return verdicts[i];
    });
  }
  tools.tell({ kind: 'proposed', index, edits });
  return edits;
}

/** An edit as constraints see it; the edited text is made when one looks. */
export const changeOf = (
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
