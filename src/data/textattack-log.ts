import { argument, VdaError } from '../base/error.ts';
import { isTextAttackLog, placeOf } from './columns.ts';
import type { TableFile } from './table-file.ts';

/**
 * Refuses texts of a TextAttack log whose changed words stand in brackets (`[[word]]`): a classifier would read the
 * brackets.
 * @throws VdaError `bad-input` with the first such line
 */
export function refuseBrackets(
  { columns, rows }: Pick<TableFile, 'columns' | 'rows'>,
  { path, text }: { readonly path: string; readonly text: string },
): void {
  if (!isTextAttackLog(columns)) return;
  const place = placeOf(columns, text);
  const marked = rows.find(({ fields }) => /\[\[.*?\]\]/s.test(fields[place] ?? ''));
  if (marked === undefined) return;
  throw new VdaError(
    'bad-input',
    `${path}, line ${marked.line}: this is a log of TextAttack, and the changed words of its texts stand in [[brackets]], ` +
      "which would be read as text. Take them off, for example by `sed 's/\\[\\[//g; s/\\]\\]//g' log.csv > texts.csv`; " +
      `or let a model answer the attacked texts as they are (${argument('replay')} of vda attack).`,
  );
}
