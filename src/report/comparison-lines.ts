import { pairedComparison } from '../attacks/paired-comparison.ts';
import { formatDifference, formatPValue } from '../attacks/result-row.ts';
import { sanitize } from '../base/sanitize.ts';
import type { ReportRow } from './report-input.ts';

/**
 * The paired comparison of every row with the first, a line each, for the terminal; rows that share no example that both
 * had right before the attack are left out.
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export const comparisonLines = (rows: readonly ReportRow[]): readonly string[] =>
  rows.slice(1).flatMap((row) => {
    const { examples, difference, onlyFirst, onlySecond, pValue } = pairedComparison(
      rows[0]!.records,
      row.records,
    );
    if (examples === 0) return [];
    const { value, low, high } = difference;
    return [
      `${sanitize(row.name)} against ${sanitize(rows[0]!.name)}, on the ${examples} texts that both had right: ` +
        `${points(value)} points kept [${points(low)}, ${points(high)}]; ${onlySecond} by it alone, ${onlyFirst} by the other; ` +
        `McNemar p ${formatPValue(pValue).replace(/^(?!<)/, '= ')}.`,
    ];
  });

const points = (difference: number) => formatDifference(difference, 'percent');
