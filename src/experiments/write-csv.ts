import { csvText } from '../report/results-table.ts';
import { paperMeasures } from './grid.ts';
import type { ResultsTable, TableCell } from './table.ts';
import { calibrationHeads, measureNames } from './table-format.ts';

const heads = [
  ...['Group', 'Method', 'Data'],
  ...paperMeasures.flatMap((measure) =>
    ['', ' low', ' high', ' paper'].map((part) => `${measureNames[measure]}${part}`),
  ),
  ...['Seeds', 'Att Acc deviation between seeds'],
  ...['Att Acc over seeds (Student) low', 'Att Acc over seeds (Student) high'],
  ...['Examples', 'Cut short', 'Out of queries', 'Nothing to change'],
  ...['Against', 'Difference', 'Difference low', 'Difference high', 'Both right'],
  ...['Kept by it alone', 'By the other alone', 'McNemar p', 'Holm p'],
  ...calibrationHeads,
];

/**
 * `table.csv` (RFC 4180): a line for each row and data set, in full precision, proportions as fractions; what is not
 * known is empty.
 */
export function writeCsv({ columns, lines }: ResultsTable): string {
  const rows = lines.flatMap(({ row, cells }) =>
    cells.map((cell, i) => [
      csvText(row.group ?? ''),
      csvText(row.name),
      csvText(columns[i]!),
      ...figures(cell),
    ]),
  );
  return [heads, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function figures({ metrics, paper, comparison, calibration }: TableCell): readonly string[] {
  const number = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? String(value) : '';
  const measured = paperMeasures.flatMap((measure) => {
    const { value, low, high } = metrics?.[measure] ?? {};
    return [value, low, high, paper[measure]].map(number);
  });
  const { value, low, high } = comparison?.difference ?? {};
  const overSeeds = metrics?.overSeeds?.attAcc;
  return [
    ...measured,
    ...[metrics?.seeds, metrics?.seedDeviation, overSeeds?.low, overSeeds?.high, metrics?.examples].map(
      number,
    ),
    ...[metrics && metrics.errors + metrics.timeouts, metrics?.outOfQueries, metrics?.nothingToChange].map(
      number,
    ),
    comparison ? csvText(comparison.against) : '',
    ...[value, low, high, comparison?.examples].map(number),
    ...[comparison?.onlySecond, comparison?.onlyFirst, comparison?.pValue, comparison?.adjustedP].map(number),
    ...[calibration?.confidence, calibration?.ece, calibration?.temperature].map(number),
  ];
}
