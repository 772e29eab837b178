import { sanitize } from '../base/sanitize.ts';
import { comparedWithFirst, points, pointsInterval, saidP } from './comparison.ts';
import type { ReportRow } from './report-input.ts';

/** The paired comparison of every row with its baseline, a line each, for the terminal; see {@link comparedWithFirst}. */
export function comparisonLines(rows: readonly ReportRow[]): readonly string[] {
  const { compared, left } = comparedWithFirst(rows);
  const between = (row: ReportRow, against: ReportRow) =>
    `${sanitize(row.name)} against ${sanitize(against.name)}`;
  const tested = compared.map(({ row, against, comparison }) => {
    const { examples, difference, onlyFirst, onlySecond } = comparison;
    const said = `${points(difference.value)} points kept ${pointsInterval(difference)}`.trim();
    const p = saidP(comparison, compared.length).replace(/^(?!<)/, '= ');
    return (
      `${between(row, against)}, on the ${examples === 1 ? 'one text' : `${examples} texts`} that both had right: ` +
      `${said}; ${onlySecond} by it alone, ${onlyFirst} by the other; McNemar p ${p}.`
    );
  });
  return [
    ...tested,
    ...left.map(({ row, against, why }) => `${between(row, against)}: not tested, ${sanitize(why)}.`),
  ];
}
