import { type Edit, type EditedText, originalText, renderInput, withEdit } from '../text/edited-text.ts';
import { wordDiff } from '../text/word-diff.ts';
import { untargeted } from './goal/untargeted.ts';
import type { AttackRecipe } from './recipe.ts';
import { usual } from './recipes/definition.ts';
import { ask } from './search/request.ts';

/** Given adversarial texts, for any model. */
export interface ReplayedTexts {
  /** By the id of the example; an example without one is an adversarial text itself, its original unknown. */
  readonly adversarial: ReadonlyMap<number, string>;
  /** Hash of the texts: part of the attack's identity. */
  readonly content: string;
}

/**
 * An attack that searches nothing: it asks the victim about an adversarial text that another attack, perhaps on another model,
 * has found (transferability). One query an example.
 *
 *     success  the model is right about the original, and wrong about the adversarial text
 *     failed   right about both
 *     skipped  wrong about the original
 *
 * Where only the adversarial text is known it stands for both: skipped where the model is wrong about it. What was changed
 * follows from the words of both texts; white space between words is that of the original. The fall of the score stands at the
 * last change, for they are asked about together.
 *
 * Source: Papernot et al. 2016, arXiv:1605.07277 (transfer); Wang et al. 2021, arXiv:2111.02840 (texts without originals).
 */
export const replayOf = ({ adversarial, content }: ReplayedTexts): AttackRecipe => ({
  ...usual,
  ...{ id: 'replay', version: 1, source: 'Papernot et al. 2016, arXiv:1605.07277', preset: 'default' },
  goal: untargeted,
  search: {
    decisionsSuffice: true,
    ...{ id: 'replay', version: 1, settings: { originals: adversarial.size > 0 }, content },
    *run({ example, progress, goal }) {
      const given = adversarial.get(example.id);
      if (given === undefined) return 'failed';
      const edits = editsTo(given, progress.text);
      const text = edits.reduce(withEdit, progress.text);
      const [row] = yield* ask({ service: 'victim', items: [renderInput(text)] });
      const fall = goal.score(progress.row) - goal.score(row!);
      for (const [i, edit] of edits.entries()) progress.gains.set(edit, i === edits.length - 1 ? fall : 0);
      progress.queries++;
      progress.text = text;
      progress.row = row!;
      return goal.reached(row!) ? 'success' : 'failed';
    },
  },
  transformations: [],
  constraints: [],
  filters: [],
  countsUnread: true, // another model may have read, and changed, what this one does not
});

/** The edits that make one text of another, in the order of their words. */
function editsTo(given: string, text: EditedText): readonly Edit[] {
  let start = 0;
  return wordDiff(originalText(text), given).flatMap(({ kind, before, after }): readonly Edit[] => {
    const end = start + before.length;
    const edit = { start, end, to: after.join(' ') };
    start = end;
    return kind === 'same' ? [] : [edit];
  });
}
