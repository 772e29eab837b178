import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRecord, AttackStatus } from '../../src/attacks/record.ts';
import { type Outcome, outcomeOf } from '../../src/evaluation/outcome.ts';
import type { Cell, Place } from '../../src/experiments/cells.ts';
import type { Grid, GridRow } from '../../src/experiments/grid.ts';
import { resultLine } from '../../src/runs/results-file.ts';
import { makeRecord } from '../evaluation/make-record.ts';

/** A row with what it must have. */
export const toyRow = (row: Partial<GridRow> & Pick<GridRow, 'name'>): GridRow => ({
  curves: false,
  train: {},
  paper: {},
  ...row,
});

/** Two rows of one group, one data set, two seeds. */
export const toyGrid = (grid: Partial<Grid> = {}): Grid => ({
  title: 'Reviews',
  train: {},
  attack: {},
  rows: [toyRow({ name: 'BERT', group: 'BERT' }), toyRow({ name: 'BERT + VDA', group: 'BERT' })],
  columns: [{ name: 'MR', train: {}, attack: {} }],
  seeds: [1, 2],
  sweeps: [],
  ...grid,
});

/** A cell whose commands say where it belongs. */
export const toyCell = (place: Partial<Place> = {}, cell: Partial<Cell> = {}): Cell => {
  const { row = 'BERT', column = 'MR', seed = 1 } = place;
  return {
    place: { ...place, row, column, seed },
    trainHash: `${row}-${column}-${seed}`.replaceAll(' ', ''),
    attackHash: 'a',
    curves: false,
    trainArguments: ['--seed', String(seed)],
    attackArguments: [],
    ...cell,
  };
};

/** `trainer_state.json` of a checkpoint. */
export const toyState = ({ step, epoch }: { readonly step: number; readonly epoch: number }): string =>
  JSON.stringify({
    ...{ global_step: step, max_steps: 8, epoch, best_metric: null, best_model_checkpoint: null },
    ...{ log_history: [], seed: 1, metrics_bytes: 0 },
  });

/** Records of an attack that ended in this way for each example. */
export const records = (statuses: readonly AttackStatus[]): readonly AttackRecord[] =>
  statuses.map((status, id) => makeRecord({ id, status }));

export const outcomes = (statuses: readonly AttackStatus[]): readonly Outcome[] =>
  records(statuses).map((record) => outcomeOf(record));

/** Does what `vda train` and `vda attack` leave in their folders, and keeps what it was asked. */
export function fakeRunner(outcome: (argv: readonly string[]) => readonly AttackStatus[] = () => ['failed']) {
  const asked: string[] = [];
  return {
    asked,
    perform: async (argv: readonly string[]): Promise<void> => {
      const folder = argv[argv.indexOf('--output-dir') + 1]!;
      asked.push(argv.filter((word) => word !== folder && word !== '--output-dir').join(' '));
      const statuses = outcome(argv);
      mkdirSync(folder, { recursive: true });
      if (argv[0] === 'train') {
        writeFileSync(join(folder, 'model.safetensors'), '');
        return;
      }
      writeFileSync(join(folder, 'results.jsonl'), records(statuses).map(resultLine).join(''));
      const summary = { preset: 'bert-attack (default)', filters: ['similarity'] };
      writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary));
    },
  };
}
