import { type Edit, type EditedText, editedWords, withEdit } from '../../text/edited-text.ts';
import type { Change, Constraint } from '../constraints/constraint.ts';
import type { Refused } from '../record.ts';
import type { Search } from './request.ts';
import type { Tools } from './tools.ts';

type Counting = Pick<Tools, 'recipe' | 'progress'>;

/** Whether one more place of the text may be edited. */
export function mayEditMore({ recipe, progress }: Counting): boolean {
  const counts = { changed: progress.gains.size, words: progress.words };
  const refusing = recipe.constraints.find((rule) => rule.limit?.(counts) === false);
  return !isRefused(progress, { refusing, what: 'words' });
}

/** Whether there is a constraint that refuses; if so, that is counted. */
function isRefused(
  { rejections }: Counting['progress'],
  { refusing, what }: { readonly refusing: Constraint | undefined; readonly what: keyof Refused },
): boolean {
  if (refusing === undefined) return false;
  const before = rejections.get(refusing.id) ?? { words: 0, edits: 0 };
  rejections.set(refusing.id, { ...before, [what]: before[what] + 1 });
  return true;
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
  if (isRefused(progress, { refusing: refusesPlace, what: 'words' })) return [];
  let edits: readonly Edit[] = [];
  for (const transformation of recipe.transformations) {
    edits = [...edits, ...(yield* transformation.propose(place, tools))];
  }
  edits = edits.filter((edit) => {
    const change = changeOf(edit, { text, coreOf: recipe.coreOf });
    const refusing = recipe.constraints.find((rule) => rule.after?.(change) === false);
    return !isRefused(progress, { refusing, what: 'edits' });
  });
  for (const rule of recipe.constraints) {
    const { judge } = rule;
    if (judge === undefined || edits.length === 0) continue;
    const changes = edits.map((edit) => changeOf(edit, { text, coreOf: recipe.coreOf }));
    const verdicts = yield* judge(changes, tools);
    edits = edits.filter(
      (_, i) => !isRefused(progress, { refusing: verdicts[i] ? undefined : rule, what: 'edits' }),
    );
  }
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
