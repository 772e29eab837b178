import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { AdversarialText, AdversarialTexts } from './adversarial-text.ts';
import { placeOf } from './columns.ts';
import { readTable, type TableFile } from './table-file.ts';
import { splitToken, unmarked } from './textattack-log.ts';

/** The columns of TextAttack's log, in its order. */
export const textAttackColumns = [
  ...['original_text', 'perturbed_text', 'original_score', 'perturbed_score', 'original_output'],
  ...['perturbed_output', 'ground_truth_output', 'num_queries', 'result_type'],
] as const;

const needed = ['original_text', 'perturbed_text', 'ground_truth_output', 'result_type'] as const;

/**
 * Reads the successes of a log that TextAttack wrote (`--log-to-csv`): `result_type` Successful or Maximized. The brackets
 * around changed words are taken off, pairs are split, and of those only such are kept whose second text alone was changed.
 *
 * Source: TextAttack 0.3.11, loggers/csv_logger.py; marks, shared/utils/strings.py (`color_text`, method `file`).
 * @throws VdaError `bad-input` for a file with other columns, or without a success; what reading a table throws
 */
export function readTextAttackLog(path: string): AdversarialTexts {
  const table = readTable(path);
  const missing = needed.filter((name) => !table.columns.includes(name));
  if (missing.length > 0) {
    throw new VdaError(
      'bad-input',
      `${path} is no log of TextAttack: it has no column ${excerptList(missing)}. Its columns are ${excerptList(table.columns)}; ` +
        `expected ${textAttackColumns.join(', ')}.`,
    );
  }
  const won = [...table.rows.entries()].filter(([, row]) =>
    ['Successful', 'Maximized'].includes(cell(table, row, 'result_type')),
  );
  const read = won.map(([id, row]) => textOf(table, { ...row, id }));
  const texts = read.flatMap((one) => one ?? []);
  if (texts.length === 0) {
    throw new VdaError('bad-input', `${path}: none of its ${table.rows.length} attacks is a success.`);
  }
  const left = table.rows.length - won.length;
  const otherwise = read.length - texts.length;
  return {
    texts,
    remarks: [
      ...table.remarks,
      ...(left > 0
        ? [`${path}: ${left} of ${table.rows.length} attacks did not succeed and are left out.`]
        : []),
      ...(otherwise > 0 ? [`${path}: ${otherwise} pairs whose first text was changed are left out.`] : []),
    ],
  };
}

const cell = (
  { columns }: Pick<TableFile, 'columns'>,
  { fields }: TableFile['rows'][number],
  name: (typeof needed)[number],
): string => (fields[placeOf(columns, name)] ?? '').trim();

function textOf(
  table: TableFile,
  row: TableFile['rows'][number] & { readonly id: number },
): AdversarialText | undefined {
  const parts = (name: 'original_text' | 'perturbed_text') =>
    cell(table, row, name).split(splitToken).map(unmarked);
  const [original, perturbed] = [parts('original_text'), parts('perturbed_text')];
  const place = {
    id: row.id,
    line: row.line,
    label: cell(table, row, 'ground_truth_output'),
  };
  if (original.length === 1 && perturbed.length === 1) {
    return { ...place, text: original[0]!, adversarial: perturbed[0]! };
  }
  if (original.length !== 2 || perturbed.length !== 2 || original[0] !== perturbed[0]) return undefined;
  return { ...place, text: original[0]!, textPair: original[1]!, adversarial: perturbed[1]! };
}
