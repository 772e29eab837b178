import { excerpt, excerptList } from '../base/excerpt.ts';
import { calibrationWarning } from '../evaluation/calibration.ts';
import { type DifferingSetting, differingDevices, differingSettings } from '../runs/provenance.ts';
import { modelOf, type ReportRow } from './report-input.ts';
import type { ResultRow } from './result-row.ts';

type Row = Pick<ResultRow, 'name' | 'provenance' | 'problems' | 'calibrations'>;

/** Whether a row's model, under some seed, answers nearly one class only: nothing that it "keeps" is robustness. */
export const isConstant = ({ problems = [] }: Pick<Row, 'problems'>): boolean =>
  problems.some(({ kind }) => kind === 'one class');

/** {@link warningsOf} the models alone, once each: rows of a model under several attacks have the same answers before them. */
export function modelWarnings(rows: readonly (Row & Pick<ReportRow, 'attacked'>)[]): readonly string[] {
  const models = new Map(rows.map((row) => [modelOf(row), row]));
  return warningsOf([...models].map(([name, { provenance: _, ...row }]) => ({ ...row, name })));
}

/** Settings that are named where rows differ; all of them stand behind the rows. */
const mostNamed = 3;

/** What must be read before a table: in which settings and devices its rows differ, whose predictions are nearly one class, who is far too sure. */
export function warningsOf(rows: readonly Row[]): readonly string[] {
  const names = rows.map(({ name }) => name);
  const attacks = rows.map(({ provenance }) => provenance);
  const saidOf = ({ name, values }: DifferingSetting) => `${name} ${byValue(values, names)}`;
  const settings = differingSettings(attacks).map(saidOf);
  const devices = differingDevices(attacks).map(saidOf);
  const constant = rows.filter(isConstant).map(({ name, problems = [] }) => {
    const problem = problems.find(({ kind }) => kind === 'one class')!;
    return `${excerpt(name)}: ${problem.remark}. No verdict on it.`;
  });
  const unsure = unsureModels(rows).map(
    ([warning, names]) => `${names.map((name) => excerpt(name)).join(' and ')}: ${warning}.`,
  );
  const unlike =
    'Not all rows were attacked alike, and those that were not are not tested against each other. They differ in: ';
  const others = settings.length - mostNamed;
  const named = `${settings.slice(0, mostNamed).join('; ')}${others > 0 ? `; and ${others} more` : ''}`;
  const rounded = `Attacked on different devices, whose answers differ by rounding alone: ${devices.join('; ')}.`;
  return [
    ...(settings.length > 0 ? [`${unlike}${named}.`] : []),
    ...(devices.length > 0 ? [rounded] : []),
    ...constant,
    ...unsure,
  ];
}

/** Who is far too sure, rows of equal figures together: a model has the same answers before every attack on the same texts. */
function unsureModels(
  rows: readonly Row[],
): readonly (readonly [warning: string, names: readonly string[]])[] {
  const names = new Map<string, string[]>();
  for (const { name, calibrations = [] } of rows) {
    const [first] = calibrations.flatMap((one) => calibrationWarning(one) ?? []);
    if (first !== undefined) names.set(first, [...(names.get(first) ?? []), name]);
  }
  return [...names];
}

/** `0.4 (plain, VDA), 0.1 (FreeLB)`. */
function byValue(values: readonly string[], names: readonly string[]): string {
  return [...new Set(values)]
    .map((value) => {
      const rows = names.filter((_, i) => values[i] === value);
      return `${excerpt(value)} (${excerptList(rows, { quote: false })})`;
    })
    .join(', ');
}
