import { sanitize } from '../base/sanitize.ts';
import { comparedWithFirst, points, pointsInterval, saidP } from './comparison.ts';
import type { ReportRow } from './report-input.ts';

/** The paired comparison of every row with the first, a line each, for the terminal; see {@link comparedWithFirst}. */
export function comparisonLines(rows: readonly ReportRow[]): readonly string[] {
  const { compared, left } = comparedWithFirst(rows);
  const against = (row: ReportRow) => `${sanitize(row.name)} against ${sanitize(rows[0]!.name)}`;
  const tested = compared.map(({ row, comparison }) => {
    const { examples, difference, onlyFirst, onlySecond } = comparison;
    const said = `${points(difference.value)} points kept ${pointsInterval(difference)}`.trim();
    const p = saidP(comparison, compared.length).replace(/^(?!<)/, '= ');
    return (
      `${against(row)}, on the ${examples === 1 ? 'one text' : `${examples} texts`} that both had right: ` +
      `${said}; ${onlySecond} by it alone, ${onlyFirst} by the other; McNemar p ${p}.`
    );
  });
  return [...tested, ...left.map(({ row, why }) => `${against(row)}: not tested, ${sanitize(why)}.`)];
}
