import { type Outcome, outcomeOf } from '../evaluation/outcome.ts';
import { type EndedAttackFolder, hasErrors, readEndedAttack, readTrained } from './cell-folder.ts';
import type { CellResult } from './cell-result.ts';
import { type Cell, foldersOf } from './cells.ts';
import { readOutcomes } from './outcomes-file.ts';

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
