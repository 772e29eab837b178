import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AttackRecord, type AttackStatus, attackStatuses } from '../attacks/record.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { checkJsonFile, readJsonFile } from '../files/json-file.ts';
import { attackFiles, readManifest } from '../runs/attack-run.ts';
import { checkpointName, checkpoints, lastCheckpoint, optimizerFile, readState } from '../runs/checkpoint.ts';
import { readResults } from '../runs/results-file.ts';
import { type AttackOrigin, attackOrigin } from './cell-result.ts';
import { type Cell, foldersOf } from './cells.ts';
import type { StoredOutcomes } from './outcomes-file.ts';

/** How far a cell is. */
export type CellState = 'done' | 'begun' | 'to do';

/** `cell.json`, written when the training has ended. */
const trained = z.object({
  /** The first place that asked for it: a folder named by a hash should say what it is. */
  place: z.unknown(),
  seconds: z.number().nonnegative(),
  /** Where every epoch's model was kept: its folder's name and the epochs done. */
  checkpoints: z.array(
    z.object({ name: z.string().regex(/^checkpoint-\d{1,12}$/), epoch: z.number().nonnegative() }),
  ),
});

/** The end of a training, as its cell's folder tells it. */
export type Trained = z.output<typeof trained>;

const trainedFile = 'cell.json';

/**
 * Reads whether a cell's training has ended; undefined where it has not.
 * @throws VdaError `bad-input` for a file that is not vda's
 */
export const readTrained = (folder: string): Trained | undefined =>
  readJsonFile(join(folder, trainedFile), {
    schema: trained,
    what: 'the end of a training',
    remedy: `Remove ${folder} to do this cell again.`,
  });

/**
 * Marks a training as ended and removes what only a resume would need: the checkpoints, or where the model of each
 * epoch is to be attacked the optimizer's moments in them.
 */
export function finishTraining(
  cell: Cell,
  { output, seconds }: { readonly output: string; readonly seconds: number },
): Trained {
  const { folder, train } = foldersOf(output, cell);
  const found = checkpoints(train).map(({ step }) => checkpointName(step));
  const epochModels = found
    .map((name) => ({ name, epoch: readState(join(train, name)).epoch }))
    .filter(({ epoch }) => cell.curves && Number.isInteger(epoch)); // one saved at an interruption is within an epoch
  const isEpochModel = (checkpoint: string) => epochModels.some(({ name }) => name === checkpoint);
  const ended: Trained = { place: cell.place, seconds, checkpoints: epochModels };
  writeFilesAtomically([
    { path: join(folder, trainedFile), chunks: [`${JSON.stringify(ended, undefined, 2)}\n`] },
  ]);
  for (const name of found) {
    rmSync(join(train, name, isEpochModel(name) ? optimizerFile : ''), { recursive: true, force: true });
  }
  return ended;
}

/** How far a cell is, by what is stored of it and what its folders hold. */
export function stateOf(output: string, cell: Cell, stored: StoredOutcomes): CellState {
  const { folder, train, attack, attackOn } = foldersOf(output, cell);
  const known = stored.find(cell);
  // Texts that ended as errors are asked again as long as their model is there.
  if (known !== undefined && !(hasErrors(known.outcomes) && isAttacked(attack))) return 'done';
  const ended = readTrained(folder);
  const attacks = [attack, ...(ended?.checkpoints ?? []).map(({ name }) => attackOn(name))];
  if (ended !== undefined && !attacks.some(isToBeAttacked)) return 'done';
  const begun =
    ended !== undefined ||
    lastCheckpoint(train) !== undefined ||
    existsSync(join(attack, attackFiles.results));
  return begun ? 'begun' : 'to do';
}

const summaryShape = z.object({
  preset: z.string(),
  filters: z.array(z.string()),
  ...attackOrigin,
  /** Absent in summaries of before endings were told apart. */
  metrics: z.object({ robustEndings: z.array(z.enum(attackStatuses)).optional() }).optional(),
});

/** What an attack that has ended left. */
export interface EndedAttackFolder {
  /** What stands behind its results. */
  readonly summary: AttackOrigin;
  readonly records: readonly AttackRecord[];
}

/**
 * What `vda attack` left in a folder; undefined where it has not written its last file, the summary, or what it wrote is not
 * whole any more: the attack, done again, keeps the results that are.
 */
export function readEndedAttack(folder: string): EndedAttackFolder | undefined {
  const summary = checkJsonFile(join(folder, attackFiles.summary), summaryShape);
  if (!summary?.ok) return undefined;
  const { records, badLines, repeatedLines } = readResults(join(folder, attackFiles.results));
  const found = new Set(records.map(({ id }) => id));
  const ids = readManifest(folder)?.ids ?? [];
  if (badLines + repeatedLines > 0 || records.length === 0 || ids.some((id) => !found.has(id)))
    return undefined;
  const { metrics, ...origin } = summary.value;
  const { robustEndings } = metrics ?? {};
  return { summary: { ...origin, ...(robustEndings && { robustEndings }) }, records };
}

/** Whether some text ended as an error: that says nothing of the model, so it is asked again. */
export const hasErrors = (endings: readonly { readonly status: AttackStatus }[]): boolean =>
  endings.some(({ status }) => status === 'error');

/** Whether `vda attack` has something to do in a folder. */
export function isToBeAttacked(folder: string): boolean {
  const ended = readEndedAttack(folder);
  return ended === undefined || hasErrors(ended.records);
}

/** Whether an attack has ended in a folder, and all of it is there. */
const isAttacked = (folder: string): boolean => readEndedAttack(folder) !== undefined;
