import { nextTurn } from '../base/next-turn.ts';
import { hasMethods, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import { constant } from '../graph/ops/constant.ts';
import type { Value, ValueType } from '../graph/value.ts';
import type { Weights } from '../models/architecture.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { compile, type Program, type Results } from '../runtime/compile.ts';
import { type Runtime, type RuntimeOptions, runtimeRules } from '../runtime/runtime.ts';
import type { PaddedBatch } from '../text/pad-encodings.ts';
import type { EqualLengthBatch } from './equal-length-batches.ts';
import { inputSpecs } from './forward.ts';

/** Where a model runs, and in how many processes. */
export interface ModelRuntimeOptions extends RuntimeOptions {
  /** What opens sessions: Node's, or a browser's ({@link webRuntime}). */
  readonly runtime: Runtime;
  /** The model is in training: its weights are read at each call. Default: they are as they were when it was opened. */
  readonly weightsChange?: boolean;
  /**
   * Batches go to worker processes, as many as there are threads and memory for, each with a copy of the weights: for many
   * texts. No influence on results; without effect in training, off the CPU and in browsers. Default false.
   */
  readonly workerProcesses?: boolean;
  /** Told, once each, that a worker process ended (its work is done again), and that none is left. */
  readonly onRemark?: (remark: string) => void;
}

/** What {@link ModelRuntimeOptions} may be, and the length that texts are cut to. */
export const modelRuntimeRules = ({ devices }: Runtime) =>
  ({
    ...runtimeRules(devices),
    weightsChange: { kind: 'flag', optional: true },
    workerProcesses: { kind: 'flag', optional: true },
    maxLength: { kind: 'integer', min: 1, optional: true },
  }) as const satisfies SettingRules;

/** @throws VdaError `usage` for what opens no sessions */
export function requireRuntime(owner: string, runtime: Runtime): void {
  const fits = hasMethods(runtime, ['openSession', 'contentHash', 'parallelism']);
  const expected = 'a runtime, as webRuntime gives';
  requireArgument(fits, { owner, name: 'runtime', expected, got: runtime });
}

/** What a model says of batches. */
export interface ModelProgram<R> {
  /**
   * Each batch with the model's outputs for it, in order. Lets signals in between batches.
   * @throws the reason of `signal` once it is aborted
   */
  answers(
    batches: readonly EqualLengthBatch[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly [EqualLengthBatch, Results<R>]>;
  /** Batches under way at once, of one call or of several. */
  readonly atOnce: number;
  release(): Promise<void>;
}

/** Weights of more bytes stay outside of the program: opening it takes several times their memory for a moment. */
const mostBytesInside = 2 ** 30;
/** Bounds what the worker processes' copies of the weights take together. */
const mostBytesInWorkers = 2 ** 30;
const mostWorkers = 8;

/**
 * Compiles what a model says of a batch: one program for every batch size and length.
 *
 * Weights that don't change are written into the program. ONNX Runtime then lays each matrix out for its kernels once, not
 * at each call, which is a fifth of the time of products with some hundred rows, and on a GPU nothing but the texts
 * crosses over.
 * @throws what `compile` throws
 */
export async function compileModel<R extends Readonly<Record<string, Value>>>(
  { weights }: Pick<PretrainedModel, 'weights'>,
  outputs: (p: { readonly weights: Weights; readonly inputs: BatchValues }) => R,
  { weightsChange = false, workerProcesses: spread = false, ...runtime }: ModelRuntimeOptions,
): Promise<ModelProgram<R>> {
  const bytes = Object.values(weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (weightsChange || bytes > mostBytesInside) {
    const specs = { weights: weights as Record<string, ValueType>, inputs: inputSpecs };
    const program = await compile(outputs, specs, runtime);
    return modelProgram({ run: (inputs) => program.run({ weights, inputs }), release: program.release });
  }
  const { workerProcesses, numThreads } = spread
    ? workersFor({ ...runtime, bytes })
    : { workerProcesses: 1, ...runtime };
  const inside = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, constant(value)]));
  const program: Program<{ inputs: typeof inputSpecs }, R> = await compile(
    ({ inputs }) => outputs({ weights: inside, inputs }),
    { inputs: inputSpecs },
    { ...runtime, workerProcesses, ...(numThreads && { numThreads }) },
  );
  return modelProgram({
    run: (inputs) => program.run({ inputs }),
    release: program.release,
    workerProcesses,
  });
}

type BatchValues = Readonly<Record<keyof typeof inputSpecs, Value>>;

/** A worker process a thread, within the bounds; the other threads work inside of them. */
function workersFor({
  runtime,
  device = runtime.devices[0],
  numThreads,
  bytes,
}: Pick<ModelRuntimeOptions, 'runtime' | 'device' | 'numThreads'> & { readonly bytes: number }): {
  readonly workerProcesses: number;
  readonly numThreads?: number | undefined;
} {
  if (device !== 'cpu') return { workerProcesses: 1, numThreads };
  const threads = numThreads ?? runtime.parallelism();
  const workerProcesses = Math.max(1, Math.min(threads, mostWorkers, Math.floor(mostBytesInWorkers / bytes)));
  return { workerProcesses, numThreads: threads };
}

function modelProgram<R>({
  run,
  release,
  workerProcesses = 1,
}: {
  readonly run: (inputs: PaddedBatch) => Promise<Results<R>>;
  readonly release: () => Promise<void>;
  readonly workerProcesses?: number;
}): ModelProgram<R> {
  const ahead = workerProcesses === 1 ? 1 : 2 * workerProcesses; // so that a process that is done finds the next batch waiting
  return {
    release,
    atOnce: ahead,
    async *answers(batches, signal) {
      const asked: Promise<Results<R>>[] = [];
      let next = 0;
      for (const [i, batch] of batches.entries()) {
        await nextTurn(); // a run in this thread blocks the event loop
        signal?.throwIfAborted();
        for (; next < Math.min(i + ahead, batches.length); next++) {
          const answer = run(batches[next]!.inputs);
          answer.catch(() => {}); // thrown where it is awaited, unless an earlier one throws first
          asked.push(answer);
        }
        yield [batch, await asked.shift()!];
      }
    },
  };
}
