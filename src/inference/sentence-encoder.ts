import type { SentenceEncoder } from '../attacks/sentence-encoder.ts';
import { once, retried } from '../base/once.ts';
import { checkSettings } from '../base/setting-rules.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import {
  compileModel,
  type ModelRuntimeOptions,
  modelRuntimeRules,
  requireRuntime,
} from './compile-model.ts';
import { equalLengthBatches } from './equal-length-batches.ts';
import { forward } from './forward.ts';
import { longestInput } from './longest-input.ts';
import { modelIdentity } from './model-identity.ts';
import { requirePretrained } from './require-model.ts';
import { tokensAtOnce } from './tokens-at-once.ts';

/** Where a sentence encoder runs and how much of a text it reads. */
export interface SentenceEncoderOptions extends Omit<ModelRuntimeOptions, 'weightsChange'> {
  /** Tokens that a text is cut to, special ones included. Default, and at most: what the model can read. */
  readonly maxLength?: number;
  /** Looked at between batches; once aborted, `encode` throws its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a model as a sentence encoder: the mean of its last hidden states over the tokens of a text, special ones included,
 * brought to length 1.
 *
 *     v = (1/T) Σ_t h_t,   u = v / |v|
 *
 * Texts are batched by equal length, so that no padding takes part in the mean and an answer does not depend on what else is
 * asked ({@link equalLengthBatches}). The mean is taken in double precision.
 *
 * Source: Reimers and Gurevych 2019 (arXiv:1908.10084), §3: mean pooling over the attention mask.
 * @throws VdaError `usage` for an option out of range; what `compile` throws
 */
export function createSentenceEncoder(
  model: PretrainedModel,
  options: SentenceEncoderOptions,
): SentenceEncoder & { release(): Promise<void> } {
  const owner = 'createSentenceEncoder';
  requirePretrained(owner, model);
  requireRuntime(owner, options?.runtime);
  checkSettings(owner, options, { rules: modelRuntimeRules(options.runtime) });
  const { maxLength: asked, signal, ...running } = options;
  const { runtime, device = runtime.devices[0] } = running;
  const { tokenizer, config } = model;
  const width = config.hiddenSize;
  const maxTokens = tokensAtOnce(device);
  const maxLength = Math.min(asked ?? Number.POSITIVE_INFINITY, longestInput(model));
  const open = retried(() =>
    compileModel(model, ({ weights, inputs }) => ({ states: forward(model, { weights, inputs }) }), running),
  );
  return {
    async encode(texts) {
      const encodings = texts.map((text) => tokenizer.encode(text, { maxLength, wholeWords: true }));
      const vectors = new Array<Float32Array>(texts.length);
      const program = await open();
      const batches = equalLengthBatches(encodings, { padId: tokenizer.padId, maxTokens });
      for await (const [{ indices, length }, { states }] of program.answers(batches, signal)) {
        const values = states.data as Float32Array;
        for (const [row, index] of indices.entries()) {
          const own = values.subarray(row * length * width, (row + 1) * length * width);
          vectors[index] = meanOfLengthOne(own, width);
        }
      }
      return vectors;
    },
    identity: once(() => ({
      id: 'sentence encoder',
      version: 1,
      settings: { maxLength, device, pooling: 'mean' },
      parts: { model: modelIdentity(model, runtime) },
    })),
    async release() {
      const program = await open.made()?.catch(() => undefined);
      await program?.release();
    },
  };
}

/** Rows `[T, H]` → the direction of their mean, `[H]`. */
function meanOfLengthOne(rows: Float32Array, width: number): Float32Array {
  const sum = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) sum[i % width]! += rows[i]!;
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}
