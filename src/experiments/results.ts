import type { RobustEndings } from '../attacks/robust-endings.ts';
import { type Outcome, outcomeOf } from '../evaluation/outcome.ts';
import type { ResultRow } from '../report/result-row.ts';
import { type EndedAttackFolder, hasErrors, readEndedAttack, readTrained } from './cell-folder.ts';
import { type Cell, foldersOf } from './cells.ts';
import { readOutcomes } from './outcomes-file.ts';

/** The attack on the model of one epoch. */
export interface EpochResult {
  readonly epoch: number;
  readonly outcomes: readonly Outcome[];
}

/** What stands behind an attack. */
export interface AttackOrigin extends Pick<ResultRow, 'provenance' | 'problems'> {
  /** The attack and its preset, e.g. `bert-attack (default)`, and the filters that were on. */
  readonly preset: string;
  readonly filters: readonly string[];
  /** The endings that count as robust; absent: `failed` alone. */
  readonly robustEndings?: RobustEndings;
}

/** What came of a cell. */
export interface CellResult {
  readonly cell: Cell;
  readonly outcomes: readonly Outcome[];
  readonly attack: AttackOrigin;
  /** Where the model of every epoch was attacked, by ascending epoch. */
  readonly epochs: readonly EpochResult[];
}

/** The results of those cells whose attack has ended, in their order: from the folder's outcomes, else from the cell's. */
export function readCells(output: string, cells: readonly Cell[]): readonly CellResult[] {
  const stored = readOutcomes(output);
  return cells.flatMap((cell) => {
    const known = stored.find(cell);
    if (known !== undefined && !hasErrors(known.outcomes)) return [{ cell, ...known }];
    const { folder, attack, attackOn } = foldersOf(output, cell);
    const ended = readEndedAttack(attack);
    if (ended === undefined) return known === undefined ? [] : [{ cell, ...known }];
    const { summary } = ended;
    const outcomesOf = ({ records }: EndedAttackFolder): readonly Outcome[] =>
      records.map((record) => outcomeOf(record, summary.robustEndings));
    const epochs = (cell.curves ? (readTrained(folder)?.checkpoints ?? []) : []).flatMap(
      ({ name, epoch }) => {
        const ofEpoch = readEndedAttack(attackOn(name));
        return ofEpoch === undefined ? [] : [{ epoch, outcomes: outcomesOf(ofEpoch) }];
      },
    );
    return [
      {
        cell,
        outcomes: outcomesOf(ended),
        attack: summary,
        epochs: epochs.sort((a, b) => a.epoch - b.epoch),
      },
    ];
  });
}
