import type { AttackRecord, Refused } from '../attacks/record.ts';

/** What each constraint refused over all records, most edits first; empty where none says. */
export function totalRejections(
  records: readonly AttackRecord[],
): readonly (Refused & { readonly constraint: string })[] {
  const totals = new Map<string, Refused>();
  for (const { rejections = {} } of records) {
    for (const [id, { words, edits }] of Object.entries(rejections)) {
      const before = totals.get(id) ?? { words: 0, edits: 0 };
      totals.set(id, { words: before.words + words, edits: before.edits + edits });
    }
  }
  return [...totals]
    .map(([constraint, refused]) => ({ constraint, ...refused }))
    .sort((a, b) => b.edits - a.edits || b.words - a.words || (a.constraint < b.constraint ? -1 : 1));
}
