import { VdaError } from '../base/error.ts';
import { checkSettings } from '../base/setting-rules.ts';
import { emitModel } from '../graph/emit-model.ts';
import { constant } from '../graph/ops/constant.ts';
import { input } from '../graph/ops/input.ts';
import { reshape } from '../graph/ops/reshape.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { halfModel } from '../onnx/half-model.ts';
import type { OnnxModel } from '../onnx/onnx-model.ts';
import { quantizedModel } from '../onnx/quantized-model.ts';
import { operatorsOfOnnxRuntime, standardModel } from '../onnx/standard-model.ts';
import { forward } from './forward.ts';
import { type OnnxDtype, onnxDtypes } from './onnx-dtypes.ts';
import { requireHead } from './require-model.ts';

/** What becomes of the graph in float32. */
const rewriteTo = {
  fp32: (model) => model,
  fp16: halfModel,
  q8: (model) => quantizedModel(model),
  uint8: (model) => quantizedModel(model, { weights: 'uint8' }),
} as const satisfies Record<OnnxDtype, (model: OnnxModel) => OnnxModel>;

/** How a model is exported. */
export interface ExportOptions {
  /** Default `fp32`. */
  readonly dtype?: OnnxDtype;
}

/** Weights of this many bytes and more don't fit into one protobuf message (2 GiB). */
const largestModel = 2 ** 31 - 2 ** 24;

/** Why a model cannot be exported, as the end of a sentence; undefined where it can. */
export function exportObstacle(
  model: PretrainedModel,
  { dtype = 'fp32' }: ExportOptions = {},
): string | undefined {
  if (model.config.prompt)
    return 'it was trained with a prompt, which no user of the file would put around the text';
  const elements = Object.values(model.weights).reduce((sum, { data }) => sum + data.length, 0);
  if (elements * onnxDtypes[dtype].bytes <= largestModel) return undefined;
  return `its ${elements} weights do not fit into one ONNX file of 2 GiB as ${dtype}`;
}

/**
 * A classifier as an ONNX model, the bytes of `onnxDtypes[dtype].file`, for transformers.js's
 * `pipeline('text-classification', folder, { dtype })` and any other user of ONNX: int64 inputs `input_ids`, `attention_mask` and,
 * where the family reads token types, `token_type_ids` `[batch, length]`, output `logits` `[batch, C]` in float32, weights inside.
 * Its operators are ONNX's own (opset 20), its weights have their names of Hugging Face, and every value has a type, so that tools
 * which quantise or convert models can go on from it.
 * @throws VdaError `unsupported` as {@link exportObstacle} says; `usage` for an unknown dtype, and a model without a classification head
 */
export function exportOnnx(model: PretrainedModel, options: ExportOptions = {}): Uint8Array {
  const owner = 'exportOnnx';
  requireHead(owner, model, 'classifier');
  checkSettings(owner, options, {
    rules: { dtype: { kind: 'choice', choices: onnxDtypes, optional: true } },
  });
  const obstacle = exportObstacle(model, options);
  if (obstacle !== undefined)
    throw new VdaError('unsupported', `${owner}: the model cannot be exported: ${obstacle}.`);
  const { architecture, config } = model;
  const text = (name: string) => input(name, { dtype: 'int64', shape: ['batch', 'length'] });
  const inputs = {
    ids: text('input_ids'),
    attentionMask: text('attention_mask'),
    typeIds: text('token_type_ids'),
  };
  const named = Object.entries(model.weights);
  const weights = Object.fromEntries(named.map(([name, value]) => [name, constant(value)]));
  const first = forward(model, { weights, inputs, firstTokenOnly: true, plainAttention: true });
  const states = reshape(first, ['batch', config.hiddenSize]);
  const logits = architecture.classify(weights, states, { config, dropout: noDropout });
  const program = emitModel({ logits }, { lacks: operatorsOfOnnxRuntime });
  const standard = standardModel(program, { names: new Map(named.map(([name, { data }]) => [data, name])) });
  return encodeModel(rewriteTo[options.dtype ?? 'fp32'](standard), { types: true });
}
