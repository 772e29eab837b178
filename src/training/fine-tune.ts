import { mkdirSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { labelMaps, type ModelConfig } from '../checkpoints/config.ts';
import { checkVocabulary, loadModelFolder } from '../checkpoints/model-folder.ts';
import type { StoredWeights } from '../checkpoints/weights.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadMaskedLm } from '../inference/load-masked-lm.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { longestInput } from '../inference/longest-input.ts';
import { createMaskedLm, type TopCandidates } from '../inference/masked-lm.ts';
import { architectureOf } from '../models/index.ts';
import { withDropout } from '../models/with-dropout.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { standard } from '../strategies/standard.ts';
import type { StrategySetup, TrainStep } from '../strategies/strategy.ts';
import { vda } from '../strategies/vda.ts';
import { storedCandidates, type VdaFeedSources } from '../strategies/vda-feeds.ts';
import { needsCandidates, needsMaskedLmLogits, type VdaOptions } from '../strategies/vda-options.ts';
import { loadTokenizer } from '../text/load-tokenizer.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { createAttackAccuracy } from './attack-accuracy.ts';
import { openCandidates } from './candidate-file.ts';
import { createEvaluation } from './evaluation.ts';
import type { RunHooks } from './hooks.ts';
import { createTrainableModel } from './parameters.ts';
import { type Evaluation, runTraining, type TrainingResult } from './run-training.ts';
import type { TrainOptions } from './train-options.ts';
import { type EncodedExamples, encodeExamples, planSteps } from './training-data.ts';

export interface FineTuning {
  readonly options: TrainOptions;
  /** Folder of the encoder to start from. */
  readonly modelFolder: string;
  /** Folder or hub name of the masked LM; needed by VDA but for its `mean` mixture, and for `attack_accuracy`. */
  readonly maskedLm?: string | undefined;
  readonly train: Dataset;
  readonly validation?: Dataset | undefined;
  readonly runtime: RuntimeOptions;
  readonly configuration: string;
  readonly resumeFrom?: string | undefined;
  readonly hooks: RunHooks;
  /** Says something worth knowing: truncated texts, parameters that start at random. */
  readonly say: (line: string) => void;
}

/**
 * Fine-tunes a classifier from an encoder's folder: weights, data, strategy and evaluation put together, then
 * {@link runTraining}.
 * @throws VdaError for files that don't fit together, and what running throws
 */
export async function fineTune(p: FineTuning): Promise<TrainingResult> {
  const { options, train, runtime, say } = p;
  mkdirSync(options.outputDir, { recursive: true });
  const { config: stored, weights } = loadModelFolder(p.modelFolder);
  const tokenizer = await loadTokenizer(p.modelFolder);
  checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: stored.vocabSize });
  const architecture = architectureOf(stored.modelType);
  const config = {
    ...stored,
    ...labelMaps(train.labels),
    architectures: [architecture.classNames.classifier],
  };
  const numLabels = train.labels.length;
  const found = withoutOtherClasses(weights, { architecture, config, numLabels, say });
  const model = createTrainableModel({
    ...{ architecture, config, head: 'classifier', numLabels, found },
    ...{ seed: options.seed, decayAll: options.decayAll },
  });
  if (model.missing.length > 0) say(`New parameters, at random: ${model.missing.join(', ')}.`);

  const maxLength = Math.min(options.maxSeqLength, longestInput({ architecture, config, tokenizer }));
  const encoded = encodeExamples(train.examples, { tokenizer, maxLength });
  if (encoded.truncated > 0)
    say(`${encoded.truncated} of ${train.examples.length} training texts are cut to ${maxLength} tokens.`);
  const setup: StrategySetup = {
    ...{ architecture, numLabels, parameters: model.parameters, runtime, seed: options.seed },
    config: withDropout(config, options.dropout),
  };
  const { takeStep, close } = await createStrategy(p, { setup, tokenizer, encoded });
  try {
    return await runTraining({
      ...{ options, store: model.store, config, tokenizerFiles: tokenizer.files, takeStep },
      ...{ configuration: p.configuration, resumeFrom: p.resumeFrom, hooks: p.hooks },
      plan: planSteps(encoded, {
        ...options,
        padId: tokenizer.padId,
        padTo: options.padToMaxLength ? maxLength : undefined,
      }),
      evaluate: await evaluationOf(p, {
        folder: p.modelFolder,
        ...{ architecture, config, tokenizer, weights: model.parameters.weights, unexpected: [] },
      }),
    });
  } finally {
    close();
  }
}

/** The checkpoint's weights; its classifier's last layer aside where that tells another number of classes apart. */
function withoutOtherClasses(
  weights: StoredWeights,
  p: Pick<StrategySetup, 'architecture' | 'config' | 'numLabels'> & Pick<FineTuning, 'say'>,
): StoredWeights {
  const { architecture, config, numLabels, say } = p;
  const parametersFor = (classes: number) =>
    architecture.parameters(config, { head: 'classifier', numLabels: classes });
  // The last layer is what another number of classes would give another shape.
  const ofMore = parametersFor(numLabels + 1);
  const lastLayer = parametersFor(numLabels).filter(
    ({ shape }, i) => shape.join() !== ofMore[i]!.shape.join(),
  );
  const other = new Set(
    lastLayer
      .map(({ name }) => name)
      .filter((name) => weights.has(name) && weights.get(name)!.shape[0] !== numLabels),
  );
  const [first] = other;
  if (first === undefined) return weights;
  const classes = weights.get(first)!.shape[0];
  say(
    `The checkpoint tells ${classes} classes apart, the data has ${numLabels}: its last layer starts anew.`,
  );
  return new Map([...weights].filter(([name]) => !other.has(name)));
}

/** Accuracy and loss on the validation texts, with accuracy after attack where the best model is chosen by it. */
async function evaluationOf(
  p: FineTuning,
  model: PretrainedModel,
): Promise<(() => Promise<Evaluation>) | undefined> {
  const { validation, options, runtime } = p;
  if (validation === undefined || (options.evalStrategy === 'no' && !options.loadBestModelAtEnd))
    return undefined;
  const { examples } = validation;
  const maxLength = options.maxSeqLength; // each of these cuts it to what its model reads
  const batchSize = options.perDeviceEvalBatchSize;
  const evaluate = await createEvaluation(model, { examples, maxLength, batchSize, runtime });
  if (options.metricForBestModel === 'accuracy') return evaluate;
  const maskedLm = await maskedLmOf(p, model.tokenizer);
  const attackAccuracy = await createAttackAccuracy(model, { maskedLm, examples, maxLength, runtime });
  return async () => ({ ...(await evaluate()), attackAccuracy: await attackAccuracy() });
}

interface StrategyInputs {
  readonly setup: StrategySetup;
  readonly tokenizer: Tokenizer;
  readonly encoded: EncodedExamples;
}

async function createStrategy(
  p: FineTuning,
  { setup, tokenizer, encoded }: StrategyInputs,
): Promise<{ readonly takeStep: TrainStep; readonly close: () => void }> {
  const options = p.options.vda;
  if (options === undefined) return { takeStep: await standard(setup), close: () => {} };
  const { sources, close } = await vdaSources(p, { options, config: setup.config, tokenizer, encoded });
  return { takeStep: await vda({ ...setup, vda: options, sources }), close };
}

/** What the mixture needs of the masked LM: its weights inside the step, or its candidates worked out before. */
async function vdaSources(
  p: FineTuning,
  q: { readonly options: VdaOptions; readonly config: ModelConfig } & Omit<StrategyInputs, 'setup'>,
): Promise<{ readonly sources: VdaFeedSources; readonly close: () => void }> {
  const { options, config, tokenizer, encoded } = q;
  const { specialIds } = tokenizer;
  const inStep = needsMaskedLmLogits(options.mixture) || options.embeddingTable === 'mlm';
  if (!inStep && !needsCandidates(options.mixture)) return { sources: { specialIds }, close: () => {} };
  const maskedLm = await maskedLmOf(p, tokenizer);
  requireFit(maskedLm, { options, config });
  const sources: VdaFeedSources = inStep ? { specialIds, maskedLm } : { specialIds };
  if (!needsCandidates(options.mixture)) return { sources, close: () => {} };
  const { candidatesOf, close } = await openCandidates(p.options.outputDir, {
    configuration: p.configuration,
    compute: () => candidates(p, { maskedLm, encoded, count: storedCandidates(options) }),
  });
  return { sources: { ...sources, candidatesOf }, close };
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

/** @throws VdaError `bad-input` when the masked LM's tables don't go with the model's, `usage` when it has too few tokens */
function requireFit(
  maskedLm: PretrainedModel,
  { options, config }: { readonly options: VdaOptions; readonly config: ModelConfig },
): void {
  const { vocabSize: rows, hiddenSize: width } = maskedLm.config;
  const sameWidth = options.embeddingTable === 'target' || width === config.hiddenSize;
  if (rows !== config.vocabSize || !sameWidth) {
    throw new VdaError(
      'bad-input',
      `The masked LM ${maskedLm.folder} has embeddings of ${rows} × ${width} (tokens × dimensions), the model ${config.vocabSize} × ${config.hiddenSize}: they can't be mixed with --embedding-table ${options.embeddingTable}. Take the masked LM the model comes from${sameWidth ? '' : ', or --embedding-table target'}.`,
    );
  }
  const count = storedCandidates(options);
  if (needsCandidates(options.mixture) && count > rows) {
    throw new VdaError(
      'usage',
      `--top-k ${options.topK}: expected at most ${rows - (count - options.topK)}, for the masked LM ${maskedLm.folder} knows ${rows} tokens. Lower it.`,
    );
  }
}

/** Candidates of all training texts, longest texts first, with progress. */
async function* candidates(
  p: FineTuning,
  q: { readonly maskedLm: PretrainedModel; readonly encoded: EncodedExamples; readonly count: number },
): AsyncGenerator<readonly [number, TopCandidates]> {
  const { examples, encodings } = q.encoded;
  const maskedLm = createMaskedLm(q.maskedLm, p.runtime);
  const order = encodings
    .map((_, i) => i)
    .sort((a, b) => encodings[b]!.ids.length - encodings[a]!.ids.length);
  const progress = p.hooks.progress({ label: 'Masked-LM candidates', total: order.length, unit: 'text' });
  for (let start = 0; start < order.length; start += textsAtOnce) {
    const chosen = order.slice(start, start + textsAtOnce);
    const found = await maskedLm.topCandidates(
      chosen.map((i) => encodings[i]!),
      { k: q.count, signal: p.hooks.signal, onProgress: (done) => progress.update(start + done) },
    );
    for (const [j, i] of chosen.entries()) yield [examples[i]!.id, found[j]!] as const;
  }
  progress.finish();
  await maskedLm.release();
}

/** Bounds what is held before it is written: some 40 MB for 128 tokens and 33 candidates. */
const textsAtOnce = 1024;
