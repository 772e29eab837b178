import { describe, expect, it } from 'vitest';
import { cellsOfShard, distinctCells, nameOf, placesOf } from '../../src/experiments/cells.ts';
import { toyCell, toyGrid } from './toy-cells.ts';

describe('placesOf', () => {
  it('fills the table seed by seed, points of figures after the rows', () => {
    const sweeps = [{ row: 'BERT', option: 'noise-std', values: [0, 0.5] }];
    expect(placesOf(toyGrid({ sweeps })).map(nameOf)).toEqual([
      ...['BERT, MR, seed 1', 'BERT + VDA, MR, seed 1'],
      ...['BERT, noise-std 0, MR, seed 1', 'BERT, noise-std 0.5, MR, seed 1'],
      ...['BERT, MR, seed 2', 'BERT + VDA, MR, seed 2'],
      ...['BERT, noise-std 0, MR, seed 2', 'BERT, noise-std 0.5, MR, seed 2'],
    ]);
  });
});

describe('shards', () => {
  const cells = [1, 2, 3].flatMap((seed) => [
    toyCell({ seed }),
    toyCell({ seed }, { attackHash: 'another' }),
    toyCell({ seed, row: 'the same, under another name' }, { trainHash: toyCell({ seed }).trainHash }),
  ]);

  it('share a cell that two places ask for', () => {
    expect(distinctCells(cells)).toHaveLength(6);
  });

  it('cover every cell once and never part attacks on one training', () => {
    const parts = [0, 1].map((index) => cellsOfShard(distinctCells(cells), { index, count: 2 }));
    expect(parts.flat()).toHaveLength(6);
    expect(parts.map((part) => [...new Set(part.map(({ place }) => place.seed))])).toEqual([[1, 3], [2]]);
  });

  it('have a cell together with the one whose model it attacks', () => {
    const base = toyCell({ row: 'BERT' });
    const cells = [base, toyCell({ row: 'other' }), toyCell({ row: 'ADA' }, { attacks: base })];
    const parts = [0, 1].map((index) => cellsOfShard(cells, { index, count: 2 }));
    expect(parts.map((part) => part.map(({ place }) => place.row))).toEqual([['BERT', 'ADA'], ['other']]);
  });
});
