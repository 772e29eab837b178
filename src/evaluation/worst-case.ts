import type { AttackRecord, AttackStatus } from '../attacks/record.ts';

/** Endings that leave open whether a text is robust, the first of which is the worst case's. */
const unsure = [
  'out-of-queries',
  'skipped',
  'error',
  'timeout',
  'nothing-to-change',
] as const satisfies readonly AttackStatus[];

/**
 * The worst case over several attacks on one model: a text is robust only if it survives all.
 *
 *     AttAcc = #{robust under every attack} / N
 *
 * Each text gets the record of the first attack that succeeded on it, else of the first that left it open, else of the first; its
 * queries and seconds are those of all. Only texts that every attack has a record of are there.
 */
export function worstCase(attacks: readonly (readonly AttackRecord[])[]): readonly AttackRecord[] {
  const [first = [], ...others] = attacks;
  const rest = others.map((records) => new Map(records.map((record) => [record.id, record])));
  return first.flatMap((record): readonly AttackRecord[] => {
    const found = rest.flatMap((records) => records.get(record.id) ?? []);
    if (found.length < rest.length) return [];
    const all = [record, ...found];
    const endedAs = (status: AttackStatus) => all.find((one) => one.status === status);
    const worst = endedAs('success') ?? unsure.map(endedAs).find((one) => one !== undefined) ?? record;
    const { members: _, rejections: __, ...shown } = worst;
    const sum = (of: (one: AttackRecord) => number) => all.reduce((total, one) => total + of(one), 0);
    return [{ ...shown, queries: sum(({ queries }) => queries), seconds: sum(({ seconds }) => seconds) }];
  });
}
