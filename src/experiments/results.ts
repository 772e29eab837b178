import { join } from 'node:path';
import { attackFiles } from '../attacks/attack-run.ts';
import type { AttackRecord } from '../attacks/record.ts';
import { readResults } from '../attacks/results-file.ts';
import { isAttacked, readSummary, readTrained } from './cell-folder.ts';
import { type Cell, foldersOf } from './cells.ts';

/** The attack on the model of one epoch. */
export interface EpochResult {
  readonly epoch: number;
  readonly records: readonly AttackRecord[];
}

/** What came of a cell. */
export interface CellResult {
  readonly cell: Cell;
  readonly records: readonly AttackRecord[];
  /** The attack and its preset, e.g. `bert-attack (default)`, and the filters that were on. */
  readonly attack: { readonly preset: string; readonly filters: readonly string[] };
  /** Where the model of every epoch was attacked, by ascending epoch. */
  readonly epochs: readonly EpochResult[];
}

/** The results of those cells whose attack has ended, in their order. */
export const readCells = (output: string, cells: readonly Cell[]): readonly CellResult[] =>
  cells.flatMap((cell) => {
    const { folder, attack, attackOn } = foldersOf(output, cell);
    if (!isAttacked(attack)) return [];
    const recordsOf = (from: string) => readResults(join(from, attackFiles.results)).records;
    const epochs = (readTrained(folder)?.checkpoints ?? []).filter(
      ({ name }) => cell.curves && isAttacked(attackOn(name)),
    );
    return {
      cell,
      records: recordsOf(attack),
      attack: readSummary(attack),
      epochs: epochs
        .map(({ name, epoch }) => ({ epoch, records: recordsOf(attackOn(name)) }))
        .sort((a, b) => a.epoch - b.epoch),
    };
  });
