import { messageOf } from '../base/error.ts';
import { modelType } from './schema.ts';

/** What a model is fed with and what comes out, by name, and what to know of asking it. */
export interface ModelNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whether activations are quantised by all that is in the batch, so that an answer depends on what it is asked with. */
  readonly quantizesByBatch: boolean;
}

/** Operators whose scale is that of the whole tensor they are given. */
const dynamicOperators = ['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'QAttention'];

/**
 * The names of an ONNX model's inputs and outputs, and whether it quantises by batch. Weights that older files list among the inputs are none.
 * @throws Error with a reason of one line where the bytes are no ONNX model
 */
export function modelNames(bytes: Uint8Array): ModelNames {
  let graph: {
    readonly [list in 'input' | 'output' | 'initializer']?: readonly { readonly name: string }[];
  } & {
    readonly node?: readonly { readonly opType: string }[];
  };
  try {
    ({ graph = {} } = modelType.decode(bytes) as { graph?: typeof graph });
  } catch (thrown) {
    throw new Error(`it is no ONNX model (${messageOf(thrown)})`, { cause: thrown });
  }
  const weights = new Set(graph.initializer?.map(({ name }) => name));
  const names = {
    inputs: (graph.input ?? []).map(({ name }) => name).filter((name) => !weights.has(name)),
    outputs: (graph.output ?? []).map(({ name }) => name),
    quantizesByBatch: (graph.node ?? []).some(({ opType }) => dynamicOperators.includes(opType)),
  };
  if (names.inputs.length === 0 || names.outputs.length === 0)
    throw new Error('it is no ONNX model: it has no inputs or no outputs');
  return names;
}
