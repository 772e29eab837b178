import { emitModel } from '../graph/emit-model.ts';
import { constant } from '../graph/ops/constant.ts';
import { input } from '../graph/ops/input.ts';
import { reshape } from '../graph/ops/reshape.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { forward } from './forward.ts';

/** Where transformers.js looks for a model inside its folder. */
export const onnxFile = 'onnx/model.onnx';

/** Weights of this many bytes and more don't fit into one protobuf message (2 GiB). */
const largestModel = 2 ** 31 - 2 ** 24;

/**
 * A classifier as an ONNX model, the bytes of {@link onnxFile}, for transformers.js's `pipeline('text-classification', folder)` and any other
 * user of ONNX Runtime: int64 inputs `input_ids`, `attention_mask` and, where the family reads token types, `token_type_ids`
 * `[batch, length]`, output `logits` `[batch, C]`, weights inside. Uses Gelu and FusedMatMul of ONNX Runtime's own domain (com.microsoft).
 * @returns undefined where the weights are too large for one file, and for a model with a prompt, which no user of the file would put
 *   around the text
 */
export function exportOnnx(
  model: Pick<PretrainedModel, 'architecture' | 'config' | 'weights'>,
): Uint8Array | undefined {
  if (model.config.prompt) return undefined;
  const bytes = Object.values(model.weights).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > largestModel) return undefined;
  const text = (name: string) => input(name, { dtype: 'int64', shape: ['batch', 'length'] });
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, value]) => [name, constant(value)]),
  );
  const inputs = {
    ids: text('input_ids'),
    attentionMask: text('attention_mask'),
    typeIds: text('token_type_ids'),
  };
  const first = forward(model, { weights, inputs, firstTokenOnly: true });
  const states = reshape(first, ['batch', model.config.hiddenSize]);
  const { architecture, config } = model;
  const logits = architecture.classify(weights, states, { config, dropout: noDropout });
  return encodeModel(emitModel({ logits }));
}
