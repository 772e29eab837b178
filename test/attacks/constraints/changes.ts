import type { Change } from '../../../src/attacks/constraints/constraint.ts';
import { splitWord } from '../../../src/attacks/transformation/word-core.ts';
import { editText, withEdit } from '../../../src/text/edited-text.ts';

/** The change of a text by putting one word in place of the first that reads so. */
export function changeIn(text: string, [word, to]: readonly [string, string]): Change {
  const original = editText(text);
  const start = original.original.indexOf(word);
  const edit = { start, end: start + 1, to };
  return {
    ...{ edit, original, from: splitWord(word).core, to: splitWord(to).core },
    edited: withEdit(original, edit),
  };
}
