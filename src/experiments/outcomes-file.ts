import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { attackStatuses } from '../attacks/record.ts';
import { VdaError } from '../base/error.ts';
import { type Outcome, outcomeFrom } from '../evaluation/outcome.ts';
import { checkJson } from '../files/json-file.ts';
import { attackOrigin, type CellResult } from './cell-result.ts';
import { type Cell, cellKey, nameOf } from './cells.ts';

/** Results of finished cells without texts and models: small, and enough for every table and figure. */
export const outcomesFile = 'outcomes.jsonl';

const count = z.int().nonnegative();

/** An outcome as a row of its values, in this order. */
const rows = z.array(
  z
    .tuple([count, z.boolean(), z.enum(attackStatuses), count, count, count])
    .transform(([id, correct, status, queries, changed, words]) => ({
      id,
      correct,
      status,
      queries,
      changed,
      words,
    })),
);
const rowOf = ({ id, correct, status, queries, changed, words }: Outcome) =>
  [id, correct, status, queries, changed, words] as const;

const line = z.object({
  cell: z.string().optional(),
  train: z.string(),
  attack: z.string(),
  preset: z.string(),
  filters: z.array(z.string()),
  /** Absent in lines of before endings were told apart. */
  robustEndings: z.array(z.enum(attackStatuses)).exactOptional(),
  ...attackOrigin,
  outcomes: rows,
  epochs: z.array(z.object({ epoch: z.number().nonnegative(), outcomes: rows })),
});

/** Finished cells that a file knows, by the fingerprints of their training and attack. */
export interface StoredOutcomes {
  /** Undefined for a cell that is not there. */
  find(cell: Cell): Omit<CellResult, 'cell'> | undefined;
  /** The lines of all cells but these, as they stand in the file. */
  linesWithout(cells: readonly Cell[]): readonly string[];
}

/**
 * Reads the finished cells of an output folder; none where it has no such file.
 * @throws VdaError `bad-input` naming the line that is not vda's
 */
export function readOutcomes(output: string): StoredOutcomes {
  const path = join(output, outcomesFile);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const stored = new Map<string, { readonly text: string; readonly result: Omit<CellResult, 'cell'> }>();
  for (const [i, text] of lines.entries()) {
    if (text === '') continue;
    const found = checkJson(text, line);
    if (!found.ok) {
      throw new VdaError(
        'bad-input',
        `${path}, line ${i + 1}, is not what became of a cell: ${found.problem}. Remove the line to do its cell again.`,
      );
    }
    const { cell: _, train, attack, outcomes, epochs, ...origin } = found.value;
    const read = (parts: z.output<typeof rows>) => parts.map((one) => outcomeFrom(one, origin.robustEndings));
    const result = {
      outcomes: read(outcomes),
      epochs: epochs.map((one) => ({ epoch: one.epoch, outcomes: read(one.outcomes) })),
      attack: origin,
    };
    stored.set(cellKey({ trainHash: train, attackHash: attack }), { text, result });
  }
  return {
    find: (cell) => stored.get(cellKey(cell))?.result,
    linesWithout: (cells) => {
      const left = new Set(cells.map(cellKey));
      return [...stored].filter(([key]) => !left.has(key)).map(([, { text }]) => text);
    },
  };
}

/** The line of a finished cell. */
export const outcomesLine = ({ cell, attack, outcomes, epochs }: CellResult): string =>
  JSON.stringify({
    cell: nameOf(cell.place), // for people; the fingerprints decide
    train: cell.trainHash,
    attack: cell.attackHash,
    ...attack,
    outcomes: outcomes.map(rowOf),
    epochs: epochs.map((one) => ({ epoch: one.epoch, outcomes: one.outcomes.map(rowOf) })),
  });
