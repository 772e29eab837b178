import { expect, it } from 'vitest';
import type { AttackStatus } from '../../src/attacks/record.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import { figuresOf } from '../../src/experiments/figures.ts';
import { outcomes, toyCell, toyGrid, toyRow } from './toy-cells.ts';

const attack = { preset: 'bert-attack (default)', filters: [] };
const point = (value: number, seed: number, statuses: readonly AttackStatus[]): CellResult => ({
  cell: toyCell({ seed, sweep: { option: 'noise-std', value } }),
  ...{ outcomes: outcomes(statuses), attack, epochs: [] },
});

it('a sweep is a line of both accuracies over its values, seeds pooled, what is not there left out', () => {
  const grid = toyGrid({ sweeps: [{ row: 'BERT', option: 'noise-std', values: [0.01, 0.1, 1] }] });
  const results = [
    point(0.01, 1, ['failed', 'success']),
    point(0.01, 2, ['success', 'skipped']),
    point(1, 1, ['failed', 'failed']),
  ];
  const [figure, ...others] = figuresOf(grid, results);
  expect(others).toEqual([]);
  expect(figure).toMatchObject({ file: 'figure-noise-std-bert-mr', x: 'noise-std', logarithmic: true });
  expect(figure!.series.map(({ name, points }) => [name, ...points.map(({ x, y }) => [x, y])])).toEqual([
    ['Ori Acc', [0.01, 3 / 4], [1, 1]],
    ['Att Acc', [0.01, 1 / 4], [1, 1]],
  ]);
});

it('epochs are a figure for each accuracy, with a line for each row that has curves', () => {
  const grid = toyGrid({ rows: [toyRow({ name: 'BERT', curves: true }), toyRow({ name: 'other' })] });
  const epochs = [
    { epoch: 1, outcomes: outcomes(['success']) },
    { epoch: 2, outcomes: outcomes(['failed']) },
  ];
  const results = [{ cell: toyCell(), outcomes: outcomes(['failed']), attack, epochs }];
  expect(
    figuresOf(grid, results).map(({ title, series }) => [
      title,
      ...series.map(({ name, points }) => [name, ...points.map(({ x, y }) => [x, y])]),
    ]),
  ).toEqual([
    ['MR: Ori Acc by epoch', ['BERT', [1, 1], [2, 1]]],
    ['MR: Att Acc by epoch', ['BERT', [1, 0], [2, 1]]],
  ]);
});

it('gives rows that differ by signs alone a file each', () => {
  const sweeps = ['BERT', 'BERT +', 'BERT − ε', '模型'].map((row) => ({
    row,
    option: 'noise-std',
    values: [1],
  }));
  const grid = toyGrid({ rows: sweeps.map(({ row }) => toyRow({ name: row })), sweeps });
  const results = sweeps.map(({ row }) => {
    const result = point(1, 1, ['failed']);
    return { ...result, cell: { ...result.cell, place: { ...result.cell.place, row } } };
  });
  expect(figuresOf(grid, results).map(({ file }) => file)).toEqual([
    'figure-noise-std-bert-mr',
    'figure-noise-std-bert-mr-2',
    'figure-noise-std-bert-ε-mr',
    'figure-noise-std-模型-mr',
  ]);
});
