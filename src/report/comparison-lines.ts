import { formatPValue } from '../attacks/result-row.ts';
import { sanitize } from '../base/sanitize.ts';
import { comparedWithFirst, points } from './comparison.ts';
import type { ReportRow } from './report-input.ts';

/** The paired comparison of every row with the first, a line each, for the terminal; see {@link comparedWithFirst}. */
export const comparisonLines = (rows: readonly ReportRow[]): readonly string[] =>
  comparedWithFirst(rows).map(
    ({ row, comparison: { examples, difference, onlyFirst, onlySecond, pValue } }) => {
      const { value, low, high } = difference;
      return (
        `${sanitize(row.name)} against ${sanitize(rows[0]!.name)}, on the ${examples} texts that both had right: ` +
        `${points(value)} points kept [${points(low)}, ${points(high)}]; ${onlySecond} by it alone, ${onlyFirst} by the other; ` +
        `McNemar p ${formatPValue(pValue).replace(/^(?!<)/, '= ')}.`
      );
    },
  );
