import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Outcome } from '../../src/attacks/outcome.ts';
import type { Estimate } from '../../src/base/statistics.ts';
import { poolSeeds } from '../../src/experiments/pool-seeds.ts';

const docs = join(import.meta.dirname, '../../docs');
const results = readFileSync(join(docs, 'results.md'), 'utf8');
const lines = readFileSync(join(docs, 'results/mr/outcomes.jsonl'), 'utf8').trimEnd().split('\n');

interface Line {
  readonly cell: string;
  readonly attack: string;
  readonly filters: readonly string[];
  readonly outcomes: readonly (readonly [number, boolean, Outcome['status'], number, number, number])[];
}

/** What a method came to under its seeds: of its attacks with the filters of Table 2 the one that two seeds share. */
function runsOf(method: string): readonly (readonly Outcome[])[] {
  const own = lines
    .map((line) => JSON.parse(line) as Line)
    .filter(
      ({ cell, filters }) => cell.startsWith(`${method}, MR, seed `) && filters[1]?.startsWith('related'),
    );
  const { attack } = own.find((one) => one.cell.endsWith('seed 2'))!; // validation texts were attacked under one seed
  return own
    .filter((one) => one.attack === attack)
    .map(({ outcomes }) =>
      outcomes.map(
        ([id, correct, status, queries, changed, words]): Outcome => ({
          ...{ id, correct, status, queries, changed, words },
        }),
      ),
    );
}

const tableTwo = results.slice(
  results.indexOf('### Table 2, MR'),
  results.indexOf('### Against other filters'),
);
const rows = [
  ...tableTwo.matchAll(/^\| ([^|]+) \| ([\d.]+ \[.*?\]) \| ([\d.]+ \[.*?\]) \| ([\d.]+) \| ([\d.]+) \|/gm),
];

test('Table 2 of the results has its eleven rows', () => expect(rows).toHaveLength(11));

test.each(rows.map((row) => row.slice(1)))(
  'Table 2: the figures of %s follow from what became of each text',
  (method, ...printed) => {
    const percent = ({ value, low, high }: Estimate) =>
      `${(100 * value).toFixed(1)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
    const runs = runsOf(method!);
    expect(runs).toHaveLength(2);
    const { oriAcc, attAcc, qNum, perturb } = poolSeeds(runs);
    const exact = [percent(oriAcc), percent(attAcc), qNum.value.toFixed(1), (100 * perturb.value).toFixed(1)];
    expect(printed).toEqual(exact);
  },
);
