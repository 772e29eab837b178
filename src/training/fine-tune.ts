import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { once } from '../base/once.ts';
import { labelMaps } from '../checkpoints/config.ts';
import { holdFolder } from '../checkpoints/folder-lock.ts';
import { checkVocabulary, loadModelFolder } from '../checkpoints/model-folder.ts';
import { resolveModel } from '../checkpoints/resolve-model.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadMaskedLm } from '../inference/load-masked-lm.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { longestInput } from '../inference/longest-input.ts';
import { withTokenTypesOf } from '../inference/token-types.ts';
import { architectureOf } from '../models/index.ts';
import { withDropout } from '../models/with-dropout.ts';
import type { Identity } from '../runs/identity.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { createStep } from '../strategies/index.ts';
import type { StrategySetup, TrainStep } from '../strategies/strategy.ts';
import { loadTokenizer } from '../text/load-tokenizer.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { createAdversarialEpochs } from './adversarial-epochs.ts';
import { type Attack, attackAccuracyOn, createAttack } from './attack-in-training.ts';
import { createEvaluation } from './evaluation.ts';
import { headByName } from './head-by-name.ts';
import type { RunHooks } from './hooks.ts';
import { attacksFolder } from './kept-attack.ts';
import { createTrainableModel } from './parameters.ts';
import { requireEncoder } from './require-encoder.ts';
import { resumeRun } from './resume-run.ts';
import { type Evaluation, runTraining, type TrainingResult } from './run-training.ts';
import { withStaticAdversaries } from './static-ada.ts';
import { readsMaskedLm, trainIdentityOfFolders } from './train-identity.ts';
import { checkTrainOptions, type TrainOptions } from './train-options.ts';
import {
  type EncodedExamples,
  encodeExamples,
  everyEpoch,
  planSteps,
  sayTruncated,
} from './training-data.ts';
import { createVdaSources, type VdaSources } from './vda-sources.ts';

export interface FineTuning {
  readonly options: TrainOptions;
  /** Folder of the encoder to start from. */
  readonly modelFolder: string;
  /** Folder or hub name of the masked LM; needed by VDA but for its `mean` mixture, and for `attack_accuracy`. */
  readonly maskedLm?: string | undefined;
  readonly train: Dataset;
  readonly validation?: Dataset | undefined;
  readonly runtime: RuntimeOptions;
  /** What decides the outcome; worked out from the rest where it is not given. */
  readonly identity?: Identity | undefined;
  readonly resumeFrom?: string | undefined;
  readonly hooks: RunHooks;
  /** Says something worth knowing: truncated texts, parameters that start at random. */
  readonly say: (line: string) => void;
}

/**
 * Fine-tunes a classifier from an encoder's folder: weights, data, strategy and evaluation put together, then
 * {@link runTraining}.
 * @throws VdaError `conflict` where another process works in the output folder; for files that don't fit together; and
 *   what running throws
 */
export const fineTune = async (p: FineTuning): Promise<TrainingResult> => {
  checkTrainOptions('fineTune', p.options);
  return holdFolder(p.options.outputDir, { work: 'a training' }, () => fineTuneAlone(p));
};

async function fineTuneAlone(p: FineTuning): Promise<TrainingResult> {
  const { options, runtime, say, resumeFrom } = p;
  const { outputDir, loadBestModelAtEnd: endsWithBest } = options;
  const identity = p.identity ?? (await identityOfTuning(p));
  const resumed =
    resumeFrom === undefined ? undefined : resumeRun(resumeFrom, { outputDir, identity, endsWithBest });
  const { config: stored, weights } = loadModelFolder(p.modelFolder);
  const architecture = architectureOf(stored.modelType);
  const parts = { architecture, config: stored, folder: p.modelFolder };
  const tokenizer = withTokenTypesOf(parts, await loadTokenizer(p.modelFolder));
  checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: stored.vocabSize });
  const maskedLm = once(() => maskedLmOf(p, tokenizer));
  const { adaExamples: count, adaModel, seed, maxSeqLength } = options;
  const { signal } = p.hooks;
  const adversaries = { count, seed, folder: join(outputDir, attacksFolder), signal, say };
  const train = adaModel
    ? await withStaticAdversaries(p.train, {
        ...{ ...adversaries, model: adaModel, resumed: resumed !== undefined },
        ...{ maskedLm, maxLength: maxSeqLength, runtime },
      })
    : p.train;
  const config = {
    ...stored,
    ...labelMaps(train.labels),
    architectures: [architecture.classNames.classifier],
    problemType: 'single_label_classification', // whatever the checkpoint was: the loss is that of one class a text
  };
  const numLabels = train.labels.length;
  const found = headByName(weights, { architecture, stored, labels: train.labels, say });
  const model = createTrainableModel({
    ...{ architecture, config, head: 'classifier', numLabels, found },
    ...{ seed: options.seed, decayAll: options.officialCode ?? false },
  });
  requireEncoder(model.missing, {
    ...{ folder: p.modelFolder, architecture, config, found: weights, say },
    allowMissing: options.allowMissing ?? false,
  });

  const maxLength = Math.min(options.maxSeqLength, longestInput({ architecture, config, tokenizer }));
  const encoded = encodeExamples(train.examples, { tokenizer, maxLength });
  sayTruncated(encoded, { name: 'training', maxLength, say });
  const setup: StrategySetup = {
    ...{ architecture, numLabels, parameters: model.parameters, runtime, seed: options.seed },
    config: withDropout(config, options.dropout),
  };
  const trained: PretrainedModel = {
    ...{ folder: p.modelFolder, architecture, config, tokenizer },
    ...{ weights: model.parameters.weights, unexpected: [] },
  };
  const attack = once(async () => {
    const created = createAttack(trained, {
      maskedLm: await maskedLm(),
      maxLength: maxSeqLength,
      runtime,
      weightsChange: true,
    });
    return (await created).attack;
  });
  const { takeStep, learn, close } = await createStrategy(p, { setup, tokenizer, encoded, maskedLm });
  try {
    const texts =
      count === 0 || adaModel
        ? everyEpoch(encoded)
        : createAdversarialEpochs({
            ...{ ...adversaries, clean: encoded, learn },
            encode: (examples) => encodeExamples(examples, { tokenizer, maxLength }),
            attack: await attack(),
          });
    return await runTraining({
      ...{ options, store: model.store, config, tokenizerFiles: tokenizer.files, takeStep },
      ...{ identity, resumed, hooks: p.hooks },
      plan: planSteps(texts, {
        ...options,
        padId: tokenizer.padId,
        padTo: options.padToMaxLength ? maxLength : undefined,
      }),
      evaluate: await evaluationOf(p, { model: trained, attack }),
    });
  } finally {
    close();
  }
}

/** Models on the hub are known by the folder that they were fetched to, so these are resolved here. */
async function identityOfTuning(p: FineTuning): Promise<Identity> {
  const { options, modelFolder, train, validation, runtime, resumeFrom } = p;
  const asks = readsMaskedLm(options);
  const maskedLmFolder = asks ? await resolveModel(p.maskedLm ?? modelFolder) : modelFolder;
  return trainIdentityOfFolders({
    ...{ options, train, validation, modelFolder, maskedLmFolder, resumeFrom },
    device: runtime.device,
  });
}

/** Accuracy and loss on the validation texts, with accuracy after attack where the best model is chosen by it. */
async function evaluationOf(
  p: FineTuning,
  { model, attack }: { readonly model: PretrainedModel; readonly attack: () => Promise<Attack> },
): Promise<(() => Promise<Evaluation>) | undefined> {
  const { validation, options, runtime } = p;
  if (validation === undefined || options.evalStrategy === 'no') return undefined;
  const { examples } = validation;
  const maxLength = options.maxSeqLength; // each of these cuts it to what its model reads
  const batchSize = options.perDeviceEvalBatchSize;
  const evaluate = await createEvaluation(model, {
    ...{ examples, maxLength, batchSize, runtime },
    ...{ name: 'validation', say: p.say },
  });
  if (options.metricForBestModel === 'accuracy') return evaluate;
  const attackAccuracy = attackAccuracyOn(validation, await attack());
  return async () => ({ ...(await evaluate()), attackAccuracy: await attackAccuracy() });
}

async function createStrategy(
  p: FineTuning,
  q: {
    readonly setup: StrategySetup;
    readonly tokenizer: Tokenizer;
    readonly encoded: EncodedExamples;
    readonly maskedLm: () => Promise<PretrainedModel>;
  },
): Promise<Omit<VdaSources, 'sources'> & { readonly takeStep: TrainStep }> {
  const { vda: options, method = { name: 'standard' }, officialCode } = p.options;
  const setup = { ...q.setup, officialCode };
  if (options === undefined) {
    return { takeStep: await createStep(setup, method), learn: async () => {}, close: () => {} };
  }
  const { sources, ...rest } = await createVdaSources({
    ...{ options, config: setup.config, specialIds: q.tokenizer.specialIds, encoded: q.encoded },
    ...{ outputDir: p.options.outputDir, candidatesDir: p.options.candidatesDir },
    ...{ runtime: p.runtime, hooks: p.hooks },
    maskedLm: q.maskedLm,
  });
  return { takeStep: await createStep({ ...setup, vda: { options, sources } }, method), ...rest };
}

/** @throws VdaError `usage` when none is given, `bad-input` when its vocabulary isn't the model's */
async function maskedLmOf(p: FineTuning, tokenizer: Tokenizer): Promise<PretrainedModel> {
  if (p.maskedLm === undefined) {
    throw new VdaError(
      'usage',
      `A masked language model is needed, ${p.options.vda ? `for mixture "${p.options.vda.mixture}"` : 'for attacks'}: give one by --mlm.`,
    );
  }
  const maskedLm = await loadMaskedLm(p.maskedLm);
  if (maskedLm.tokenizer.files['tokenizer.json'] !== tokenizer.files['tokenizer.json']) {
    const sameSize = maskedLm.tokenizer.vocabSize === tokenizer.vocabSize;
    const differs =
      sameSize &&
      Array.from({ length: tokenizer.vocabSize }, (_, id) => id).some(
        (id) => tokenizer.tokenOf(id) !== maskedLm.tokenizer.tokenOf(id),
      );
    if (!sameSize || differs) {
      throw new VdaError(
        'bad-input',
        `The masked LM ${p.maskedLm} has another vocabulary (${maskedLm.tokenizer.vocabSize} tokens) than the model ${p.modelFolder} (${tokenizer.vocabSize}): its candidates would name the wrong embeddings. Take the masked LM the model comes from.`,
      );
    }
  }
  return maskedLm;
}
