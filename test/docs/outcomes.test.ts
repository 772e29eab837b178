import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Estimate } from '../../src/base/statistics.ts';
import { metricsOverSeeds } from '../../src/evaluation/metrics.ts';
import { type Outcome, outcomeFrom } from '../../src/evaluation/outcome.ts';
import {
  correctedForNumber,
  pairedOverSeeds,
  type TestedComparison,
} from '../../src/evaluation/paired-comparison.ts';
import { formatDifference, formatPValue } from '../../src/report/result-row.ts';

const docs = join(import.meta.dirname, '../../docs');
const results = readFileSync(join(docs, 'results.md'), 'utf8');

interface Line {
  readonly cell: string;
  readonly attack: string;
  readonly filters: readonly string[];
  readonly outcomes: readonly (readonly [number, boolean, Outcome['status'], number, number, number])[];
}

/** What a method came to under each of its seeds, in their order, of one column's attacks with the filter of the tables. */
function runsOf(lines: readonly Line[], method: string, column: string): readonly (readonly Outcome[])[] {
  const own = lines.filter(
    ({ cell, filters }) =>
      cell.startsWith(`${method}, ${column}, seed `) && filters[1]?.startsWith('related'),
  );
  // On MR validation texts were attacked too, but under one seed.
  const { attack } = own.find(({ cell }) => cell.endsWith('seed 2')) ?? own[0]!;
  return own
    .filter((one) => one.attack === attack)
    .sort((a, b) => (a.cell < b.cell ? -1 : 1))
    .map(({ outcomes }) =>
      outcomes.map(
        ([id, correct, status, queries, changed, words]): Outcome =>
          outcomeFrom({ id, correct, status, queries, changed, words }),
      ),
    );
}

/** The rows of the first table under a heading: method, Ori Acc, Att Acc, Q Num, Perturb, and the comparison, empty for a base method. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = results.split(`### ${heading}\n`)[1]!.split('\n### ')[0]!;
  const row = /^\| ([^|]+) \| ([\d.]+ \[.*?\]) \| ([\d.]+ \[.*?\]) \| ([\d.]+) \| ([\d.]+) \| (.*?) ?\|$/gm;
  return [...section.matchAll(row)].map((match) => match.slice(1));
}

const percent = ({ value, low, high }: Estimate) =>
  `${(100 * value).toFixed(1)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;

/** As the table has it: bounds without a plus, Holm's p in two decimals, small ones in three. */
function worded({ difference: { value, low, high }, adjustedP: pValue }: TestedComparison): string {
  const [middle, ...bounds] = [value, low, high].map((one) => formatDifference(one, 'percent'));
  const p = pValue < 0.001 ? formatPValue(pValue) : `= ${Number(pValue.toFixed(pValue < 0.01 ? 3 : 2))}`;
  return `${middle} [${bounds.map((bound) => bound.replace('+', '')).join(', ')}], p ${p}`;
}

describe.each([
  { heading: 'MR', column: 'MR', folder: 'mixtures', rows: 6, seeds: 3 },
  { heading: 'Table 2, MR', column: 'MR', folder: 'mr', rows: 11, seeds: 2 },
  { heading: 'Table 2, AG', column: 'AG', folder: 'ag', rows: 11, seeds: 1 },
  { heading: 'Table 3, QNLI', column: 'QNLI', folder: 'qnli', rows: 11, seeds: 1 },
  { heading: 'Table 3, MRPC', column: 'MRPC', folder: 'mrpc', rows: 11, seeds: 2 },
])('$heading', ({ heading, column, folder, rows, seeds }) => {
  const file = join(docs, 'results', folder, 'outcomes.jsonl');
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const printedRows = rowsUnder(heading);
  const compared = printedRows.map(([name]) => name!).filter((name) => name.includes('VDA'));
  const tested = correctedForNumber(
    compared.map((method) => {
      const [base, runs] = [method.replace(/ \+ VDA.*/, ''), method].map((name) =>
        runsOf(lines, name, column),
      );
      return pairedOverSeeds(base!.map((first, seed) => ({ first, second: runs![seed]! })));
    }),
  );

  test(`has ${rows} rows`, () => expect(printedRows).toHaveLength(rows));

  test.each(printedRows)('the figures of %s follow from what became of each text', (method, ...printed) => {
    const runs = runsOf(lines, method!, column);
    expect(runs).toHaveLength(seeds);
    const { oriAcc, attAcc, qNum, perturb } = metricsOverSeeds(runs);
    const exact = [
      ...[percent(oriAcc), percent(attAcc), qNum.value.toFixed(1), (100 * perturb.value).toFixed(1)],
      method!.includes('VDA') ? worded(tested[compared.indexOf(method!)]!) : '',
    ];
    expect(printed).toEqual(exact);
  });
});
