import { checkInputs } from '../attacks/check-arguments.ts';
import { retried } from '../base/once.ts';
import { checkSettings, type SettingRules } from '../base/setting-rules.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { labelNames } from '../models/config.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import type { Classifier } from './classifier.ts';
import { classifierOver } from './classifier-over.ts';
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
import { requireHead } from './require-model.ts';
import { tokensAtOnce } from './tokens-at-once.ts';
import { marginGradient, normsByWord } from './word-gradients.ts';

/** Where a classifier runs and how much of a text it reads. */
export interface ClassifierOptions extends ModelRuntimeOptions {
  /**
   * Tokens that a text is cut to, special ones included. Default: what the model was trained to read, where its
   * configuration says it; at most, and else, what it can read.
   */
  readonly maxLength?: number;
  /** Most texts in a batch; no influence on results. Default 64. */
  readonly maxRows?: number;
}

/**
 * Opens a classifier on a device: one program for every batch size and length.
 *
 * Each distinct token sequence of a call is worked out once, and a row's bits do not depend on the others
 * ({@link equalLengthBatches}).
 * @throws VdaError `usage` for an option out of range, and a model without a classification head; what `compile` throws
 */
export async function createClassifier(
  model: PretrainedModel,
  options: ClassifierOptions,
): Promise<Classifier> {
  requireHead('createClassifier', model, 'classifier');
  requireRuntime('createClassifier', options?.runtime);
  const rules: SettingRules = {
    ...modelRuntimeRules(options.runtime),
    maxRows: { kind: 'integer', min: 1, optional: true },
  };
  checkSettings('createClassifier', options, { rules });
  const { maxLength: asked, maxRows = 64, ...running } = options;
  const { runtime, device = runtime.devices[0] } = running;
  const { architecture, config, tokenizer } = model;
  const labels = labelNames(config);
  const maxTokens = tokensAtOnce(device);
  const maxLength = Math.min(asked ?? config.maxSeqLength ?? Number.POSITIVE_INFINITY, longestInput(model));
  const program = await compileModel(
    model,
    ({ weights, inputs }) => {
      const first = forward(model, { weights, inputs, firstTokenOnly: true });
      const states = reshape(first, ['batch', config.hiddenSize]);
      return { logits: architecture.classify(weights, states, { config, dropout: noDropout }) };
    },
    running,
  );
  const openGradient = retried(() =>
    compileModel(
      model,
      ({ weights, inputs }) => ({ gradients: marginGradient(model, { weights, inputs }) }),
      running,
    ),
  );

  const classifier = classifierOver({
    ...{ labels, maxLength, tokenizer, maxTokens, maxRows },
    ...{ answers: program.answers, atOnce: program.atOnce },
    identity: () => ({
      id: 'classifier',
      settings: { maxLength, device },
      parts: { model: modelIdentity(model, runtime) },
    }),
    release: async () => {
      const gradients = await openGradient.made()?.catch(() => undefined); // what failed has nothing to release
      await Promise.all([program.release(), gradients?.release()]);
    },
  });
  return {
    ...classifier,
    wordGradients: async (inputs, { onProgress, signal } = {}) => {
      checkInputs('classifier.wordGradients', inputs);
      const encodings = inputs.map(classifier.encode);
      const norms = new Array<readonly number[]>(inputs.length);
      const batches = equalLengthBatches(encodings, { padId: tokenizer.padId, maxTokens, maxRows });
      let done = 0;
      const { hiddenSize: width } = config;
      const asked = await openGradient();
      for await (const [{ indices, length }, answer] of asked.answers(batches, signal)) {
        const values = answer.gradients.data as Float32Array;
        for (const [row, index] of indices.entries()) {
          const gradients = values.subarray(row * length * width, (row + 1) * length * width);
          norms[index] = normsByWord(encodings[index]!, { gradients, width });
        }
        done += indices.length;
        onProgress?.(done);
      }
      return norms;
    },
  };
}
