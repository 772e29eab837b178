import { messageOf } from '../base/error.ts';
import { modelType } from './schema.ts';

/** What a model is fed with and what comes out, by name. */
export interface ModelNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The names of an ONNX model's inputs and outputs. Weights that older files list among the inputs are none.
 * @throws Error with a reason of one line where the bytes are no ONNX model
 */
export function modelNames(bytes: Uint8Array): ModelNames {
  let graph: { readonly [list in 'input' | 'output' | 'initializer']?: readonly { readonly name: string }[] };
  try {
    ({ graph = {} } = modelType.decode(bytes) as { graph?: typeof graph });
  } catch (thrown) {
    throw new Error(`it is no ONNX model (${messageOf(thrown)})`, { cause: thrown });
  }
  const weights = new Set(graph.initializer?.map(({ name }) => name));
  const names = {
    inputs: (graph.input ?? []).map(({ name }) => name).filter((name) => !weights.has(name)),
    outputs: (graph.output ?? []).map(({ name }) => name),
  };
  if (names.inputs.length === 0 || names.outputs.length === 0)
    throw new Error('it is no ONNX model: it has no inputs or no outputs');
  return names;
}
