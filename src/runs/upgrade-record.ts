/** Options of commands that earlier versions called otherwise: the former name, and today's. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  train: { fidelity: 'preset' },
  attack: { fidelity: 'preset' },
};

/**
 * A run's record as today's version would have written it, where an earlier one did: its options under their names of
 * today. What decides a run (`identity`) never stands under the name of an option that was renamed, so it stays.
 */
export function upgradeRecord<
  R extends { readonly command: string; readonly options: Readonly<Record<string, unknown>> },
>(record: R): R {
  const names = renamed[record.command] ?? {};
  const options = Object.entries(record.options).map(([name, value]) => [names[name] ?? name, value]);
  return { ...record, options: Object.fromEntries(options) };
}
