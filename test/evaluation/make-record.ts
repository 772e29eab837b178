import type { AttackRecord } from '../../src/attacks/record.ts';

/** A record of a two-class attack that fits its status; any field can be set. */
export function makeRecord(
  fields: Partial<AttackRecord> & Pick<AttackRecord, 'id' | 'status'>,
): AttackRecord {
  const { status } = fields;
  const label = fields.label ?? 'good';
  const other = label === 'good' ? 'bad' : 'good';
  const text = fields.text ?? `a film number ${fields.id}`;
  return {
    label,
    originalPrediction: status === 'skipped' ? other : label,
    originalProbabilities: status === 'skipped' ? [0.7, 0.3] : [0.2, 0.8],
    finalPrediction: status === 'success' || status === 'skipped' ? other : label,
    finalProbabilities: status === 'success' || status === 'skipped' ? [0.6, 0.4] : [0.3, 0.7],
    text,
    adversarialText: text,
    changes: [],
    words: text.split(' ').length,
    queries: 10,
    seconds: 0.5,
    ...fields,
  };
}
