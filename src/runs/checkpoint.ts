import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import type { Tensor } from '../base/tensor.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { readJsonFile } from '../files/json-file.ts';
import { makeFolder } from '../files/make-folder.ts';
import type { ModelConfig } from '../models/config.ts';
import { type ParameterStore, readAll } from '../optim/parameter-store.ts';
import { saveModelFolder } from '../pretrained/model-folder.ts';
import {
  readFloat32,
  readSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from '../pretrained/safetensors.ts';
import type { Identity } from './identity.ts';
import { identityShape } from './identity-shape.ts';

/** Where a run stands, as `trainer_state.json` has it: the Trainer's field names, so that its users can read it. */
export interface TrainerState {
  /** Optimizer steps done. */
  readonly global_step: number;
  readonly max_steps: number;
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  readonly best_metric: number | null;
  readonly best_model_checkpoint: string | null;
  readonly log_history: readonly Readonly<Record<string, number>>[];
  /** Seed of the run. Every random number is keyed by it and by (step, epoch, example), so this is the generator's whole state. */
  readonly seed: number;
  /** What decides the outcome of the run: a resume under another one is refused. Absent in those of earlier versions. */
  readonly identity?: Identity;
  /** Bytes of metrics.jsonl at this point: a resumed run cuts off what was logged later. */
  readonly metrics_bytes: number;
  /** On how many ranks the run was, in turn; absent where it never was on several. */
  readonly ranks?: readonly RanksOfRun[];
}

/** The ranks of a run from a step on. They decide no more than rounding, and of that only by the number of parts. */
export interface RanksOfRun {
  /** Steps done before. */
  readonly from_step: number;
  readonly ranks: number;
  /** Parts of a step whose gradients are summed by themselves, each rank having as many. */
  readonly parts: number;
}

/** A count of steps: far beyond any run, and safe in arithmetic. */
const steps = z.int().nonnegative().max(1e12);
/** Far beyond any job. */
const rankCount = z.int().positive().max(1e5);
/** JSON has no NaN: a loss that is none is written as null. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const trainerState = z.looseObject({
  global_step: steps,
  max_steps: steps,
  epoch: z.number().nonnegative(),
  best_metric: z.number().nullable(),
  best_model_checkpoint: z
    .string()
    .regex(/^checkpoint-\d{1,12}$/)
    .nullable(),
  log_history: z.array(z.record(z.string(), figure)),
  seed: z.number(),
  identity: identityShape.exactOptional(),
  metrics_bytes: z.int().nonnegative(),
  ranks: z
    .array(
      z
        .object({ from_step: steps, ranks: rankCount, parts: rankCount })
        .refine(({ ranks, parts }) => parts % ranks === 0, 'the ranks have unlike numbers of parts'),
    )
    .exactOptional(),
}) satisfies z.ZodType<TrainerState>;

export interface CheckpointContents {
  readonly store: ParameterStore;
  readonly config: ModelConfig;
  readonly tokenizerFiles: Readonly<Record<string, string>>;
  readonly state: TrainerState;
  /** What the strategy remembers from step to step. */
  readonly strategyState?: StrategyState | undefined;
}

export type StrategyState = Readonly<Record<string, Tensor<'float32'>>>;

/** The optimizer's moments in a checkpoint: only a resume needs them. */
export const optimizerFile = 'optimizer.safetensors';
/** The moments by the names that PyTorch's AdamW has for them. */
const momentNames = [
  ['firstMoments', 'exp_avg'],
  ['secondMoments', 'exp_avg_sq'],
] as const;
const strategyFile = 'method.safetensors';
const stateFile = 'trainer_state.json';

/** Name of the checkpoint folder after `step` optimizer steps. */
export const checkpointName = (step: number): string => `checkpoint-${step}`;

/**
 * Writes `checkpoint-N` in a run folder: a loadable model, the optimizer's moments and the trainer's state. It is made
 * under another name and renamed when complete, so a checkpoint that exists is whole; after that the oldest beyond
 * `limit` are removed, never `keep`.
 * @throws VdaError `no-space` when the disk is full; earlier checkpoints stay
 */
export function saveCheckpoint(
  runFolder: string,
  contents: CheckpointContents & { readonly limit?: number; readonly keep?: string | null },
): string {
  const { store, config, tokenizerFiles, state, strategyState, limit, keep } = contents;
  const target = join(runFolder, checkpointName(state.global_step));
  makeWhole(target, (folder) => {
    saveModelFolder(folder, { config, weights: readAll(store, 'weights'), tokenizerFiles });
    const moments = momentNames.flatMap(([part, prefix]) => [...named(readAll(store, part), prefix)]);
    writeSafetensors(join(folder, optimizerFile), new Map(moments));
    if (strategyState) writeSafetensors(join(folder, strategyFile), new Map(Object.entries(strategyState)));
    writeFilesAtomically([
      { path: join(folder, stateFile), chunks: [`${JSON.stringify(state, null, 2)}\n`] },
    ]);
  });
  if (limit !== undefined)
    removeOldest(runFolder, { limit, keep: [target, ...(keep ? [join(runFolder, keep)] : [])] });
  return target;
}

/** Copies a checkpoint into another run folder. @throws VdaError `no-space` when the disk is full */
export const copyCheckpoint = (from: string, to: string): void =>
  makeWhole(to, (folder) => cpSync(from, folder, { recursive: true }));

/** Fills a folder under another name and renames it when complete. */
function makeWhole(target: string, write: (folder: string) => void): void {
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    makeFolder(unfinished);
    write(unfinished);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw withSpaceExplained(error, dirname(target));
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
}

/**
 * Fills the store, and what the strategy remembers, from a checkpoint.
 * @throws VdaError when a file is missing or damaged; `bad-input` when a tensor has another shape than the model's
 */
export function restoreCheckpoint(
  folder: string,
  { store, strategyState = {} }: Pick<CheckpointContents, 'store' | 'strategyState'>,
): void {
  try {
    const model = readSafetensors(join(folder, 'model.safetensors'));
    const optimizer = readSafetensors(join(folder, optimizerFile));
    for (const { name, shape } of store.parameters) {
      store.write(name, { values: valuesOf(model, { name, shape }) });
      for (const [part, prefix] of momentNames) {
        store.write(name, { part, values: valuesOf(optimizer, { name: `${prefix}.${name}`, shape }) });
      }
    }
    const remembered = Object.entries(strategyState);
    const strategy = remembered.length > 0 ? readSafetensors(join(folder, strategyFile)) : undefined;
    for (const [name, { shape, data }] of remembered) data.set(valuesOf(strategy!, { name, shape }));
  } catch (thrown) {
    if (!(thrown instanceof VdaError)) throw thrown;
    throw new VdaError(
      thrown.code,
      `${folder} is not whole, so the run cannot go on from it. ${thrown.message} Or resume from ${otherCheckpoints(folder) || 'another checkpoint'}, or start anew.`,
      { cause: thrown },
    );
  }
}

/** The values of a tensor of a file. @throws VdaError `bad-input` when it is of another shape */
function valuesOf(
  file: SafetensorsFile,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
): Float32Array {
  const found = readFloat32(file, name);
  if (found.shape.join() === shape.join()) return found.data;
  throw new VdaError(
    'bad-input',
    `${file.path}: ${name} has the shape [${found.shape.join(', ')}], expected the model's [${shape.join(', ')}]. Resume from a checkpoint of this model.`,
  );
}

/** The newest whole checkpoint of a run folder, or undefined. */
export function lastCheckpoint(runFolder: string): string | undefined {
  const last = checkpoints(runFolder).at(-1);
  return last && join(runFolder, last.name);
}

/** The state kept in a checkpoint. @throws VdaError `bad-input` where there is none, or it is damaged */
export function readState(folder: string): TrainerState {
  const path = join(folder, stateFile);
  const remedy = `Resume from ${otherCheckpoints(folder) || 'another checkpoint'}, or start anew.`;
  const what = 'the state of a training';
  const state = readJsonFile(path, { schema: trainerState, what, remedy });
  if (state === undefined) {
    throw new VdaError(
      'bad-input',
      `${folder} is not a checkpoint of a vda run: there is no ${path}. Give a checkpoint-N folder, or "last".`,
    );
  }
  const named = stepOf(basename(folder));
  const { global_step: step, max_steps: most } = state;
  const contradiction =
    step > most
      ? `it stands at step ${step} of ${most}`
      : named !== undefined && named !== step
        ? `it stands at step ${step}`
        : undefined;
  if (contradiction === undefined) return state;
  throw new VdaError('bad-input', `${path} is not ${what}: ${contradiction}. ${remedy}`);
}

/** Steps that a checkpoint's name tells; undefined where it is no such name. */
function stepOf(name: string): number | undefined {
  const step = /^checkpoint-(\d{1,12})$/.exec(name)?.[1];
  return step === undefined ? undefined : Number(step);
}

/** The checkpoints beside one, for whoever can't go on from it: "checkpoint-20 or checkpoint-10". */
const otherCheckpoints = (folder: string): string =>
  checkpoints(dirname(resolve(folder)))
    .map(({ name }) => name)
    .filter((name) => name !== basename(folder))
    .reverse()
    .slice(0, 2)
    .join(' or ');

/** The whole checkpoints of a run folder, oldest first. */
export function checkpoints(runFolder: string): { readonly name: string; readonly step: number }[] {
  if (!existsSync(runFolder)) return [];
  return readdirSync(runFolder)
    .flatMap((name) => {
      const step = stepOf(name);
      return step === undefined ? [] : [{ name, step }];
    })
    .sort((a, b) => a.step - b.step);
}

function removeOldest(
  runFolder: string,
  { limit, keep }: { readonly limit: number; readonly keep: readonly string[] },
): void {
  const folders = checkpoints(runFolder).map(({ name }) => join(runFolder, name));
  const removable = folders.filter((folder) => !keep.includes(folder));
  for (const folder of removable.slice(0, Math.max(0, folders.length - limit))) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* named<T>(tensors: ReadonlyMap<string, T>, prefix: string): Generator<[string, T]> {
  for (const [name, value] of tensors) yield [`${prefix}.${name}`, value];
}

function withSpaceExplained(error: unknown, folder: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new VdaError(
    'no-space',
    `The disk is full: no checkpoint could be written in ${folder}. Earlier ones are intact.`,
    {
      cause: error,
    },
  );
}
