import { constant } from '../graph/ops/constant.ts';
import type { Value, ValueType } from '../graph/value.ts';
import type { Weights } from '../models/architecture.ts';
import { compile, type Program, type Results, type RuntimeOptions } from '../runtime/compile.ts';
import type { PaddedBatch } from '../text/pad-encodings.ts';
import { inputSpecs } from './forward.ts';
import type { PretrainedModel } from './load-pretrained.ts';

export interface ModelRuntimeOptions extends RuntimeOptions {
  /** The model is in training: its weights are read at each call. Default: they are as they were when it was opened. */
  readonly weightsChange?: boolean;
}

/** Weights of more bytes stay outside of the program: opening it takes several times their memory for a moment. */
const mostBytesInside = 2 ** 30;

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
  { weightsChange = false, ...runtime }: ModelRuntimeOptions,
): Promise<{ run(inputs: PaddedBatch): Promise<Results<R>>; release(): Promise<void> }> {
  const bytes = Object.values(weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (weightsChange || bytes > mostBytesInside) {
    const specs = { weights: weights as Record<string, ValueType>, inputs: inputSpecs };
    const program = await compile(outputs, specs, runtime);
    return { run: (inputs) => program.run({ weights, inputs }), release: program.release };
  }
  const inside = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, constant(value)]));
  const program: Program<{ inputs: typeof inputSpecs }, R> = await compile(
    ({ inputs }) => outputs({ weights: inside, inputs }),
    { inputs: inputSpecs },
    runtime,
  );
  return { run: (inputs) => program.run({ inputs }), release: program.release };
}

type BatchValues = Readonly<Record<keyof typeof inputSpecs, Value>>;
