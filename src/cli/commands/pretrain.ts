import { type ModelConfig, parseConfig } from '../../checkpoints/config.ts';
import { checkVocabulary, loadModelFolder, saveModelFolder } from '../../checkpoints/model-folder.ts';
import { resolveModel } from '../../checkpoints/resolve-model.ts';
import type { StoredWeights } from '../../checkpoints/weights.ts';
import { readLines } from '../../data/text-lines.ts';
import type { Architecture } from '../../models/architecture.ts';
import { architectureOf } from '../../models/index.ts';
import { withDropout } from '../../models/with-dropout.ts';
import { loadTokenizer } from '../../text/load-tokenizer.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import { tokenizerFromFiles } from '../../text/tokenizer-from-files.ts';
import { trainWordPiece } from '../../text/train-wordpiece.ts';
import { wordPieceTokenizerFiles } from '../../text/wordpiece-files.ts';
import { restoreCheckpoint, saveCheckpoint } from '../../training/checkpoint.ts';
import { cooccurrenceEmbeddings } from '../../training/cooccurrence.ts';
import { explainDivergence } from '../../training/explain-divergence.ts';
import { hashFile } from '../../training/hash-file.ts';
import { isDue } from '../../training/is-due.ts';
import { type MlmCorpus, packCorpus } from '../../training/mlm-corpus.ts';
import { createMaskedLmEvaluation } from '../../training/mlm-evaluation.ts';
import { createTrainableModel, type TrainableModel } from '../../training/parameters.ts';
import { type PretrainOptions, pretrain } from '../../training/pretrain.ts';
import { openMetricsLog, openRunFolder } from '../../training/run-folder.ts';
import type { Run } from '../command-table.ts';
import type { CommandIo } from '../io.ts';
import { modelAccess, runtimeOf } from '../model-access.ts';
import type { pretrainSpec } from '../options/pretrain.ts';
import { createProgress } from '../progress.ts';
import { checkpointToResume, resumeArguments } from '../resume.ts';
import { recordOf } from '../run-record.ts';
import type { OptionsOf } from '../spec.ts';

type Options = OptionsOf<typeof pretrainSpec>;

/** Learns a vocabulary where none is given, packs the texts, and trains a masked LM on them. */
export const run: Run<typeof pretrainSpec> = async (options, io) => {
  const data: Record<string, string> = {};
  for (const path of options.trainFiles) data[path] = await hashFile(path);
  if (options.validationFile) data[options.validationFile] = await hashFile(options.validationFile);
  const record = recordOf({ command: 'pretrain', options, data });
  openRunFolder(options.outputDir, { record, resume: options.resumeFromCheckpoint !== undefined });

  const { tokenizer, config, found } = await startingPoint(options, io);
  const length = Math.min(options.maxSeqLength, config.maxPositionEmbeddings);
  const corpus = await pack(options.trainFiles, { tokenizer, length, io, label: 'Packing texts' });
  const held = options.validationFile
    ? await pack([options.validationFile], { tokenizer, length, io, label: 'Packing held-out text' })
    : undefined;
  io.stderr.write(`${corpus.sequences} sequences of ${length} tokens; vocabulary ${tokenizer.vocabSize}.\n`);

  const architecture = architectureOf(config.modelType);
  const model = createTrainableModel({
    architecture,
    config,
    head: 'maskedLm',
    numLabels: 0,
    found,
    seed: options.seed,
  });
  const runtime = runtimeOf(options);
  const batchSize = options.perDeviceTrainBatchSize * options.gradientAccumulationSteps;
  const perEpoch = Math.floor(corpus.sequences / batchSize);
  const totalSteps = options.maxSteps ?? Math.ceil(options.numTrainEpochs * perEpoch);

  const from = checkpointToResume(options);
  if (options.embeddingInit === 'cooccurrence' && from === undefined) {
    io.stderr.write('Starting embeddings from the neighbours of each token …\n');
    startFromNeighbours(model, { architecture, config, corpus, seed: options.seed });
  }
  const state = from === undefined ? undefined : restoreCheckpoint(from, model.store);
  const metrics = openMetricsLog(options.outputDir, { keepBytes: state?.metrics_bytes ?? 0 });
  const training: PretrainOptions = { ...options, batchSize, totalSteps };
  const fromStep = state?.global_step ?? 0;
  const progress = createProgress(io, {
    label: 'Pre-training',
    total: totalSteps,
    from: fromStep,
    unit: 'step',
  });
  const started = io.now();
  // A resumed run goes on with the line of the log that its checkpoint stands in.
  const { windowLoss = 0, windowSteps = 0 } = state?.log_history.at(-1) ?? {};
  let recent = { loss: windowLoss, steps: windowSteps, at: started };
  const save = (step: number) =>
    saveCheckpoint(options.outputDir, {
      store: model.store,
      config,
      tokenizerFiles: tokenizer.files,
      state: {
        global_step: step,
        max_steps: totalSteps,
        epoch: step / perEpoch,
        best_metric: null,
        best_model_checkpoint: null,
        log_history: [{ step, windowLoss: recent.loss, windowSteps: recent.steps }],
        seed: options.seed,
        configuration: record.configuration,
        metrics_bytes: metrics.bytes(),
      },
      ...(options.saveTotalLimit ? { limit: options.saveTotalLimit } : {}),
    });

  let done = fromStep;
  const limit = options.timeLimit;
  const steps = pretrain({
    ...{ architecture, tokenizer, model, corpus, runtime, fromStep },
    config: withDropout(config, options.dropout),
    options: training,
    ...(limit === undefined ? {} : { timeSpent: () => (io.now() - started) / (limit * 1000) }),
  });
  for await (const { step, loss, lr, gradNorm } of explaining(steps, options.outputDir)) {
    done = step;
    recent = { ...recent, loss: recent.loss + loss, steps: recent.steps + 1 };
    if (step % options.loggingSteps === 0 || step === totalSteps) {
      const seconds = (io.now() - recent.at) / 1000;
      const mean = recent.loss / recent.steps;
      const tokensPerSecond = (recent.steps * batchSize * length) / seconds;
      metrics.write({ step, epoch: step / perEpoch, loss: mean, lr, gradNorm, tokensPerSecond });
      progress.update(step, { loss: mean, 'tokens/s': Math.round(tokensPerSecond) });
      recent = { loss: 0, steps: 0, at: io.now() };
    } else {
      progress.update(step);
    }
    const moment = { step, stepsPerEpoch: perEpoch, totalSteps, every: options.saveSteps };
    if (isDue(options.saveStrategy, moment) && step < totalSteps) save(step);
    if (io.signal.aborted && step < totalSteps) {
      save(step);
      progress.finish();
      io.stderr.write(`Saved after step ${step}. Go on with: vda ${resumeArguments(io)}\n`);
      throw io.signal.reason;
    }
    await new Promise(setImmediate); // lets signals in: a session run blocks the event loop
  }
  progress.finish();
  saveModelFolder(options.outputDir, {
    config: { ...config, architectures: ['BertForMaskedLM'] },
    weights: model.store.weights,
    tokenizerFiles: tokenizer.files,
    dtype: options.dtype === 'float16' ? 'F16' : 'F32',
  });
  if (held) {
    const evaluate = await createMaskedLmEvaluation({
      architecture,
      config,
      tokenizer,
      parameters: model.parameters,
      runtime,
    });
    const loss = await evaluate(held, { probability: options.mlmProbability, seed: options.seed });
    metrics.write({ step: done, epoch: done / perEpoch, evalLoss: loss });
    io.stderr.write(
      `Held-out masked-LM loss ${loss.toFixed(3)} nats (perplexity ${Math.exp(loss).toFixed(1)}).\n`,
    );
  }
  io.stdout.write(`${options.outputDir}\n`);
};

/** Replaces the random word embeddings and output bias by what the corpus says of the tokens. */
function startFromNeighbours(
  { parameters }: TrainableModel,
  p: {
    readonly architecture: Architecture;
    readonly config: ModelConfig;
    readonly corpus: MlmCorpus;
    readonly seed: number;
  },
): void {
  const found = cooccurrenceEmbeddings(p.corpus, { ...p.config, seed: p.seed });
  parameters.weights[p.architecture.wordEmbeddingName]!.data.set(found.embeddings);
  parameters.weights[p.architecture.decoderBiasName]!.data.set(found.logFrequencies);
}

/** The steps, and where they diverge an error that says what to go back to. */
async function* explaining<T>(steps: AsyncIterable<T>, outputDir: string): AsyncGenerator<T> {
  try {
    yield* steps;
  } catch (error) {
    throw explainDivergence(error, outputDir);
  }
}

interface StartingPoint {
  readonly tokenizer: Tokenizer;
  readonly config: ModelConfig;
  readonly found: StoredWeights;
}

/** A checkpoint's tokenizer, configuration and weights, or a new vocabulary and an empty model of the asked size. */
async function startingPoint(options: Options, io: CommandIo): Promise<StartingPoint> {
  if (options.model !== undefined) {
    const folder = await resolveModel(options.model, modelAccess(io));
    const { config, weights } = loadModelFolder(folder);
    const tokenizer = await loadTokenizer(folder);
    checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: config.vocabSize });
    return { tokenizer, config, found: weights };
  }
  const tokenizer = await vocabularyFor(options, io);
  const config = parseConfig(
    {
      model_type: 'bert',
      architectures: ['BertForMaskedLM'],
      vocab_size: tokenizer.vocabSize,
      hidden_size: options.hiddenSize,
      num_hidden_layers: options.numHiddenLayers,
      num_attention_heads: options.numAttentionHeads,
      intermediate_size: options.intermediateSize,
      max_position_embeddings: options.maxSeqLength,
      pad_token_id: tokenizer.padId,
    },
    'the options of vda pretrain',
  );
  return { tokenizer, config, found: new Map() };
}

/** The vocabulary learnt from the texts; kept by the first checkpoint, so a resumed run reads it from there. */
async function vocabularyFor(options: Options, io: CommandIo): Promise<Tokenizer> {
  const from = checkpointToResume(options);
  if (from !== undefined) return loadTokenizer(from);
  io.stderr.write(`Learning a vocabulary of ${options.vocabSize} pieces …\n`);
  const vocabulary = await trainWordPiece(linesOf(options.trainFiles), { size: options.vocabSize });
  return tokenizerFromFiles(
    wordPieceTokenizerFiles(vocabulary, { maxLength: options.maxSeqLength }),
    options.outputDir,
  );
}

async function* linesOf(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) yield* readLines(path);
}

async function pack(
  paths: readonly string[],
  p: {
    readonly tokenizer: Tokenizer;
    readonly length: number;
    readonly io: CommandIo;
    readonly label: string;
  },
): Promise<MlmCorpus> {
  const progress = createProgress(p.io, { label: p.label, total: 0, unit: 'character' });
  const corpus = await packCorpus(paths, { ...p, onProgress: (characters) => progress.update(characters) });
  progress.finish();
  return corpus;
}
