import { metricsOverSeeds } from '../evaluation/metrics.ts';
import { outcomeOf } from '../evaluation/outcome.ts';
import { differingDevices } from '../runs/provenance.ts';
import { attackKey } from './attack-key.ts';
import { distinctNames } from './distinct-names.ts';
import { type AttackedBy, type ReportRow, searchedRows } from './report-input.ts';

/**
 * Rows of one name that stand for the same attack become one, over the runs of all: several seeds. Rows of one name under different
 * attacks stay apart, named by the attack where that tells them apart, else by its lexicon, else numbered.
 */
export function mergeSeeds(rows: readonly ReportRow[]): readonly ReportRow[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    // Attacks that found the same texts were replayed alike.
    const key = JSON.stringify([row.name, attackKey(row), row.transfer?.texts]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return toldApart([...groups.values()].map(merged));
}

function merged(group: readonly ReportRow[]): ReportRow {
  if (group.length === 1) return group[0]!; // measured already
  const { robustEndings } = group[0]!.metrics;
  const runs = group.flatMap(({ runs }) => runs);
  const models = runs.flatMap(({ model }) => model ?? []);
  const repeated =
    new Set(models).size < models.length ? ['one model is there several times: no seed of its own'] : [];
  const devices = differingDevices(group.map(({ provenance }) => provenance)).map(
    ({ name, values }) => `${name} ${[...new Set(values)].join(' and ')}`,
  );
  const notes = [...new Set([...group.flatMap(({ note }) => note ?? []), ...repeated, ...devices])];
  const problems = group.flatMap(({ problems = [] }) => problems);
  const calibrations = group.flatMap(({ calibrations = [] }) => calibrations);
  return {
    ...group[0]!,
    metrics: metricsOverSeeds(
      runs.map(({ records }) => records.map((record) => outcomeOf(record, robustEndings))),
      { robustEndings },
    ),
    runs,
    ...(notes.length > 0 && { note: notes.join(', ') }),
    ...(problems.length > 0 && { problems }),
    ...(calibrations.length > 0 && { calibrations }),
  };
}

function toldApart(rows: readonly ReportRow[]): readonly ReportRow[] {
  const searched = searchedRows(rows);
  const named = rows.map((row) => {
    const { name, attacked, transfer } = row;
    const several = searched.filter((other) => other.name === name);
    if (transfer !== undefined && !searched.includes(row) && several.length > 0)
      return { ...row, name: `${name}, ${transfer.texts}` };
    const attacks = new Set(several.map((other) => other.attacked && attackName(other.attacked)));
    return attacked === undefined || attacks.size < 2
      ? row
      : { ...row, name: `${name}, ${attackName(attacked)}` };
  });
  const names = distinctNames(named, {
    name: ({ name }) => name,
    secondName: ({ attacked }) => attacked?.lexicon,
  });
  return named.map((row, i) => ({ ...row, name: names[i]! }));
}

/** `pwws (strict)`. */
const attackName = ({ attack, profile }: AttackedBy): string =>
  profile === undefined ? attack : `${attack} (${profile})`;
