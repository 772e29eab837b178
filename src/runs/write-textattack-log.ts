import type { AttackRecord, AttackStatus } from '../attacks/record.ts';
import { textAttackColumns } from '../data/read-textattack-log.ts';
import { splitToken } from '../data/textattack-log.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { writtenPlace } from '../files/paths.ts';
import { wordDiff } from '../text/word-diff.ts';

/** TextAttack's three endings; an attack that an exception ended has none. */
const resultTypes: Readonly<Record<AttackStatus, string | undefined>> = {
  success: 'Successful',
  failed: 'Failed',
  skipped: 'Skipped',
  'out-of-queries': 'Failed',
  'nothing-to-change': 'Failed',
  timeout: 'Failed',
  error: undefined,
};

/**
 * Writes results as TextAttack's `--log-to-csv` does: changed words in `[[brackets]]`, score 1 − p(true class), classes by
 * number, texts in quotes. Results that ended by an error are left out.
 *
 * Source: TextAttack 0.3.11, loggers/csv_logger.py. Departure: an attack that found nothing has the text it ended with, and one
 * without an answer is `Failed`, for the log has no such ending.
 * @param p.labels class names, index = class
 */
export function writeTextAttackLog(
  path: string,
  { records, labels }: { readonly records: readonly AttackRecord[]; readonly labels: readonly string[] },
): void {
  const rows = records.flatMap((record) => {
    const ending = resultTypes[record.status];
    if (ending === undefined || record.originalProbabilities.length === 0) return [];
    const truth = labels.indexOf(record.label);
    const score = (row: readonly number[]) => 1 - row[truth]!;
    const [original, perturbed] = markedTexts(record);
    return [
      [
        ...[original, perturbed],
        ...[score(record.originalProbabilities), score(record.finalProbabilities)],
        ...[labels.indexOf(record.originalPrediction), labels.indexOf(record.finalPrediction)],
        ...[truth, record.queries, ending],
      ],
    ];
  });
  writeFilesAtomically([{ path: writtenPlace(path), chunks: [textAttackColumns, ...rows].map(csvLine) }]);
}

/** Numbers plain, texts quoted, as Python's QUOTE_NONNUMERIC. */
const csvLine = (fields: readonly (string | number)[]): string =>
  `${fields.map((field) => (typeof field === 'number' ? String(Number(field.toFixed(6))) : `"${field.replaceAll('"', '""')}"`)).join(',')}\n`;

function markedTexts({ text, textPair, adversarialText }: AttackRecord): readonly [string, string] {
  const diff = wordDiff(textPair ?? text, adversarialText);
  const side = (read: 'before' | 'after') =>
    diff
      .map(({ kind, [read]: words }) => (kind === 'same' ? words : [`[[${words.join(' ')}]]`]).join(' '))
      .join(' ');
  const whole = (attacked: string) =>
    textPair === undefined
      ? attacked
      : `[[[[Text]]]]: ${text.replaceAll('\n', ' ')}${splitToken}[[[[Text_pair]]]]: ${attacked}`;
  return [whole(side('before')), whole(side('after'))];
}
