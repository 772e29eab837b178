import { attackMetrics } from '../evaluation/metrics.ts';
import { worstCase } from '../evaluation/worst-case.ts';
import { contentHash } from '../files/content-hash.ts';
import { attackKey } from './attack-key.ts';
import type { ReportRow } from './report-input.ts';

/**
 * Of each model that different attacks were made on with the same texts under one profile: the worst case over them
 * ({@link worstCase}). An ensemble is one already, and a replay searches nothing: they take no part.
 *
 * @param rows an attack each
 */
export function worstCasesOf(rows: readonly ReportRow[]): readonly ReportRow[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const [run] = row.runs;
    if (run?.model === undefined || row.transfer !== undefined || row.attacked?.isEnsemble) continue;
    const key = JSON.stringify([
      run.model,
      row.attacked?.profile,
      run.records.map(({ id, label, text, textPair }) => [id, label, essence(`${text} ${textPair ?? ''}`)]),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group): readonly ReportRow[] => {
    const attacks = group.map(attackKey);
    return new Set(attacks).size < Math.max(2, group.length) ? [] : [worstOf(group)];
  });
}

function worstOf(group: readonly ReportRow[]): ReportRow {
  const names = group.map(({ name }) => name);
  const everyEnding = group.map(({ metrics }) => metrics.robustEndings);
  const robustEndings = everyEnding[0]!.filter((ending) =>
    everyEnding.every((endings) => endings.includes(ending)),
  );
  const records = worstCase(group.flatMap(({ runs }) => runs.map(({ records: own }) => own)));
  const attacks = group.map(attackKey).sort().join('\n');
  return {
    ...nameOf(group),
    metrics: attackMetrics(records, { robustEndings }),
    preset: 'a text is robust if it survives every attack',
    filters: [...new Set(group.flatMap(({ filters }) => filters))],
    worstOf: names,
    ...(group.every(({ provenance }) => provenance !== undefined) && {
      provenance: [{ name: 'attacks', value: contentHash(attacks).slice(0, 12) }],
    }),
    runs: [{ records }],
  };
}

/** `VDA, worst case (strict)` of one model by its name; else the rows that it is the worst case of. */
function nameOf(group: readonly ReportRow[]): Pick<ReportRow, 'name' | 'attacked'> {
  const [first] = group.map(({ attacked }) => attacked);
  if (first === undefined || group.some(({ attacked }) => attacked?.model !== first.model))
    return { name: `worst case of ${group.map(({ name }) => name).join(', ')}` };
  const { model, profile } = first;
  const said = profile === undefined ? '' : ` (${profile})`;
  return {
    name: `${model}, worst case${said}`,
    attacked: { model, attack: 'worst case', ...(profile !== undefined && { profile }) },
  };
}

/** A text as attacks may prepare it in different ways: without case and spaces. */
const essence = (text: string): string => text.toLowerCase().replace(/\s+/g, '');
