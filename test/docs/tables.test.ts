import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AttackStatus } from '../../src/attacks/record.ts';
import { outcomeFrom } from '../../src/evaluation/outcome.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import { nameOf, placesOf } from '../../src/experiments/cells.ts';
import { readGrid } from '../../src/experiments/grid-file.ts';
import { tableOf } from '../../src/experiments/table.ts';
import { writeMarkdown } from '../../src/experiments/write-markdown.ts';
import type { Provenance } from '../../src/runs/provenance.ts';
import { root } from './markdown.ts';

// The full tables of docs/results, from what became of each text. Written anew by: npx vitest run test/docs/tables.test.ts -u

const mr = { model: 'MINILM', mr: 'MR', 'train-texts': '1500' };
const small = { model: 'MINILM', roberta: 'ROBERTA' };
const test2 = ['10cfa7574a2d1324', 'a8c7621bc97fdb66']; // on test texts; words by MiniLM and by RoBERTa
const dev = ['0954173c88ade333'];

const tables = [
  { file: 'mixtures/table.md', recipe: 'mixtures-mr', set: mr, seeds: [1, 2, 3], attacks: test2 },
  {
    file: 'mr/table2.md',
    recipe: 'table2-mr',
    set: { ...mr, roberta: 'ROBERTA' },
    seeds: [1, 2],
    attacks: test2,
  },
  { file: 'mr/table4.md', recipe: 'table4-mr', set: mr, seeds: [1], attacks: dev },
  { file: 'mr/table5.md', recipe: 'table5-mr', set: mr, seeds: [1], attacks: dev },
  {
    ...{ file: 'ag/table2.md', recipe: 'table2-ag', seeds: [1] },
    set: { ...small, ag: 'AG', 'train-texts': '5000', epochs: '1' },
  },
  {
    ...{ file: 'qnli/table3.md', recipe: 'table3-qnli', seeds: [1] },
    set: { ...small, qnli: 'QNLI', epochs: '2' },
  },
  {
    ...{ file: 'mrpc/table3.md', recipe: 'table3-mrpc', seeds: [1, 2] },
    set: { ...small, mrpc: 'MRPC', epochs: '3' },
  },
];

interface Line {
  readonly cell: string;
  readonly train: string;
  readonly attack: string;
  readonly preset: string;
  readonly filters: readonly string[];
  readonly provenance: Provenance;
  readonly outcomes: readonly (readonly [number, boolean, AttackStatus, number, number, number])[];
  readonly epochs: readonly unknown[];
}

describe.each(tables)('$file', ({ file, recipe, set, seeds, attacks }) => {
  test('follows from what became of each text', async () => {
    const path = join(root, 'docs/results', file);
    const lines = readFileSync(join(path, '../outcomes.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const grid = {
      ...(await readGrid(join(root, 'recipes', `${recipe}.yaml`), new Map(Object.entries(set)))),
      seeds,
    };
    const results = placesOf({ ...grid, sweeps: [] }).flatMap((place): readonly CellResult[] => {
      // A training is named by the first place that asked for it; Figure 4's has more epochs.
      const trainings = lines.filter(({ cell, epochs }) => cell === nameOf(place) && epochs.length === 0);
      const line = lines.find(
        ({ train, attack }) =>
          trainings.some((one) => one.train === train) && (attacks === undefined || attacks.includes(attack)),
      );
      if (line === undefined) return [];
      const { train: trainHash, attack: attackHash, preset, filters, provenance } = line;
      const cell = { place, trainHash, attackHash, curves: false, trainArguments: [], attackArguments: [] };
      const outcomes = line.outcomes.map(([id, correct, status, queries, changed, words]) =>
        outcomeFrom({ id, correct, status, queries, changed, words }),
      );
      return [{ cell, outcomes, attack: { preset, filters, provenance }, epochs: [] }];
    });
    await expect(writeMarkdown(tableOf(grid, results))).toMatchFileSnapshot(path);
  });
});
