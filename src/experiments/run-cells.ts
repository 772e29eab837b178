import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { holdFolder } from '../files/folder-lock.ts';
import { lastCheckpoint } from '../runs/checkpoint.ts';
import { finishTraining, isToBeAttacked, readTrained, stateOf, type Trained } from './cell-folder.ts';
import { type Cell, foldersOf } from './cells.ts';
import { readOutcomes } from './outcomes-file.ts';

/** What cells are run with. */
export interface CellRunner {
  /** Folder of all cells. */
  readonly output: string;
  /** Runs one command line of `vda`; throws what it threw. */
  readonly perform: (argv: readonly string[]) => Promise<void>;
  /** Once aborted, no further cell is begun; `perform` is expected to stop by itself. */
  readonly signal: AbortSignal;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
  /** A cell is about to be done, the `number`-th of all from 1; the time left is known once one was done here. */
  readonly onStart?: (start: {
    readonly cell: Cell;
    readonly number: number;
    readonly secondsLeft: number | undefined;
  }) => void;
  /** A cell has ended, well or not. */
  readonly onEnd?: (end: { readonly cell: Cell; readonly error?: unknown }) => void;
}

/** A cell that ended with an error. */
export interface Failure {
  readonly cell: Cell;
  readonly error: unknown;
}

/**
 * Runs the experiments that are not done, one after the other. One that was interrupted resumes; one that fails does not
 * stop the others.
 * @returns the failures
 * @throws the reason of the signal, once it was aborted
 */
export async function runCells(cells: readonly Cell[], runner: CellRunner): Promise<readonly Failure[]> {
  const { output, signal, now } = runner;
  const failures: Failure[] = [];
  const stored = readOutcomes(output);
  const left = new Set(cells.filter((cell) => stateOf(output, cell, stored) !== 'done'));
  const started = now();
  let ended = 0;
  for (const [i, cell] of cells.entries()) {
    if (!left.has(cell)) continue;
    signal.throwIfAborted();
    const each = ended === 0 ? undefined : (now() - started) / 1000 / ended;
    const secondsLeft = each === undefined ? undefined : each * left.size;
    runner.onStart?.({ cell, number: i + 1, secondsLeft });
    try {
      await runCell(cell, runner);
      runner.onEnd?.({ cell });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      failures.push({ cell, error });
      runner.onEnd?.({ cell, error });
    }
    left.delete(cell);
    ended++;
  }
  return failures;
}

/** The command lines that finish a cell from where it stands, for people to read; those of later epochs are not known yet. */
export function commandsOf(output: string, cell: Cell): readonly (readonly string[])[] {
  const { folder, attack } = foldersOf(output, cell);
  const training = readTrained(folder) === undefined ? [trainCommand(output, cell)] : [];
  return [...training, ...(isToBeAttacked(attack) ? [attackCommand(output, cell)] : [])];
}

/** Shards, grids and seeds share an output folder; a cell's folder is for one process at a time. */
const runCell = (cell: Cell, runner: CellRunner): Promise<void> =>
  holdFolder(foldersOf(runner.output, cell).folder, { work: 'a cell of a grid' }, () =>
    runCellAlone(cell, runner),
  );

async function runCellAlone(cell: Cell, runner: CellRunner): Promise<void> {
  const { output, perform } = runner;
  const { attack, attackOn } = foldersOf(output, cell);
  const ended = await trainCell(cell, runner);
  if (isToBeAttacked(attack)) await perform(attackCommand(output, cell));
  for (const { name } of ended.checkpoints) {
    if (isToBeAttacked(attackOn(name))) await perform(attackCommand(output, cell, name));
  }
}

/** Trains a cell that is not trained yet, and before it the one whose model it attacks. */
async function trainCell(cell: Cell, runner: CellRunner): Promise<Trained> {
  const { output, perform, now } = runner;
  const { folder, train } = foldersOf(output, cell);
  const ended = readTrained(folder);
  if (ended !== undefined) return ended;
  const { attacks } = cell;
  if (attacks !== undefined) {
    const needed = foldersOf(output, attacks).folder;
    await holdFolder(needed, { work: 'a cell of a grid' }, () => trainCell(attacks, runner));
  }
  // Without a checkpoint nothing can be gone on with; vda train would refuse a model that is in its way.
  if (lastCheckpoint(train) === undefined) rmSync(train, { recursive: true, force: true });
  const started = now();
  await perform(trainCommand(output, cell));
  return finishTraining(cell, { output, seconds: (now() - started) / 1000 });
}

function trainCommand(output: string, cell: Cell): readonly string[] {
  const { train } = foldersOf(output, cell);
  const resume = lastCheckpoint(train) === undefined ? [] : ['--resume-from-checkpoint', 'last'];
  const attacked = cell.attacks ? ['--ada-model', foldersOf(output, cell.attacks).train] : [];
  return ['train', ...cell.trainArguments, ...attacked, '--output-dir', train, ...resume];
}

/** The attack on the cell's model, or on that of one of its checkpoints. */
function attackCommand(output: string, cell: Cell, checkpoint?: string): readonly string[] {
  const { train, attack, attackOn } = foldersOf(output, cell);
  const [model, folder] =
    checkpoint === undefined ? [train, attack] : [join(train, checkpoint), attackOn(checkpoint)];
  return ['attack', '--model', model, ...cell.attackArguments, '--output-dir', folder];
}
