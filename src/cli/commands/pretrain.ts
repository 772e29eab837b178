import { VdaError } from '../../base/error.ts';
import { readLines } from '../../data/text-lines.ts';
import { contentHashOf } from '../../files/content-hash.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { hashFile } from '../../files/hash-file.ts';
import type { Architecture } from '../../models/architecture.ts';
import type { ModelConfig } from '../../models/config.ts';
import { familyOf } from '../../models/family-of.ts';
import type { StoredWeights } from '../../models/match-weights.ts';
import { parseConfig } from '../../models/parse-config.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import type { pretrainSpec } from '../../options/pretrain.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { checkVocabulary } from '../../pretrained/check-vocabulary.ts';
import { loadMaskedLm } from '../../pretrained/load-masked-lm.ts';
import { loadTokenizer } from '../../pretrained/load-tokenizer.ts';
import { loadModelFolder } from '../../pretrained/model-folder.ts';
import { modelFolderIdentity } from '../../pretrained/model-folder-identity.ts';
import { resolveModel } from '../../pretrained/resolve-model.ts';
import { requireTiedDecoder } from '../../pretrained/tied-decoder.ts';
import { cooccurrenceEmbeddings, logFrequencies } from '../../pretraining/cooccurrence.ts';
import { type MlmCorpus, packCorpus } from '../../pretraining/mlm-corpus.ts';
import { positionDimensions, startAtNeighbours } from '../../pretraining/neighbour-attention.ts';
import { newMaskedLmOf } from '../../pretraining/new-masked-lm.ts';
import { runPretraining } from '../../pretraining/run-pretraining.ts';
import { teacherFor } from '../../pretraining/teacher.ts';
import { teacherEmbeddings } from '../../pretraining/teacher-embeddings.ts';
import { teacherWeights } from '../../pretraining/teacher-layers.ts';
import { checkpointToResume } from '../../runs/resume-run.ts';
import { openRunFolder } from '../../runs/run-folder.ts';
import { recordOf } from '../../runs/run-record.ts';
import { runtimeRemarks } from '../../runtime/node/runtime-remarks.ts';
import { createTrainableModel, type TrainableModel } from '../../strategies/trainable-model.ts';
import { subVocabularyFiles } from '../../text/sub-vocabulary.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import { tokenizerFromFiles } from '../../text/tokenizer-from-files.ts';
import { requireEncoder } from '../../training/require-encoder.ts';
import type { Run } from '../command.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { hooksOf } from '../terminal/hooks.ts';
import type { CommandIo } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { resumeArguments } from '../terminal/resume.ts';
import { sayTo } from '../terminal/say.ts';
import { pretrainingIdentity } from './pretraining-identity.ts';

type Options = OptionsOf<typeof pretrainSpec>;

/** Learns a vocabulary where none is given, packs the texts, and trains a masked LM on them. */
export const run: Run<typeof pretrainSpec> = (options, io) =>
  holdFolder(options.outputDir, { work: 'a pre-training' }, () => pretrain(options, io));

const pretrain: Run<typeof pretrainSpec> = async (options, io) => {
  const texts = await Promise.all(options.trainFiles.map(hashFile));
  const data = {
    ...Object.fromEntries(options.trainFiles.map((path, i) => [path, texts[i]!])),
    ...(options.validationFile && { [options.validationFile]: await hashFile(options.validationFile) }),
  };
  const modelFolder = options.model && (await resolveModel(options.model, modelAccess(io)));
  const teacherFolder = options.teacher && (await resolveModel(options.teacher, modelAccess(io)));
  const identity = pretrainingIdentity(options, {
    texts: { id: 'texts', content: contentHashOf(texts) },
    model: modelFolder ? await modelFolderIdentity(modelFolder) : undefined,
    teacher: teacherFolder ? await modelFolderIdentity(teacherFolder) : undefined,
  });
  const record = recordOf({ command: 'pretrain', options, data, identity });
  openRunFolder(options.outputDir, {
    record,
    model: options.model,
    resume: options.resumeFromCheckpoint !== undefined,
  });

  const taught = teacherFolder ? await loadMaskedLm(teacherFolder) : undefined;
  const { tokenizer, config, found } = await startingPoint(options, { io, modelFolder, teacher: taught });
  const architecture = familyOf(config.modelType);
  const teacher = taught && teacherFor({ tokenizer, config }, taught);
  const longest = teacher ? teacher.architecture.positions(teacher.config) : Number.POSITIVE_INFINITY;
  const length = Math.min(options.maxSeqLength, architecture.positions(config), longest);
  const corpus = await pack(options.trainFiles, { tokenizer, length, io, label: 'Packing texts' });
  const held = options.validationFile
    ? await pack([options.validationFile], { tokenizer, length, io, label: 'Packing held-out text' })
    : undefined;
  if (held?.sequences === 0) {
    throw new VdaError(
      'bad-input',
      `${options.validationFile} has less text than a sequence of ${length} tokens, so no loss could be measured on it. Give more text, or a smaller --max-seq-length.`,
    );
  }
  io.stderr.write(`${corpus.sequences} sequences of ${length} tokens; vocabulary ${tokenizer.vocabSize}.\n`);

  const model = createTrainableModel({
    architecture,
    config,
    head: 'maskedLm',
    numLabels: 0,
    found: options.encoderInit === 'teacher' ? teacherWeights({ architecture, config }, teacher!) : found,
    seed: options.seed,
  });
  if (options.model !== undefined) {
    requireEncoder(model.missing, {
      folder: options.model,
      family: architecture,
      config,
      found,
      say: sayTo(io),
      allowMissing: options.allowMissing ?? false,
    });
  }
  const resumeFrom = checkpointToResume(options);
  if (resumeFrom === undefined) {
    const start = { architecture, config, seed: options.seed };
    if (options.embeddingInit !== 'random') {
      io.stderr.write(`Starting embeddings from the ${embeddingSources[options.embeddingInit]} …\n`);
      const forPositions = options.attentionInit === 'neighbours' ? positionDimensions(config) : 0;
      const sizes = { ...start, vocabSize: config.vocabSize, hiddenSize: config.hiddenSize - forPositions };
      const embeddings =
        options.embeddingInit === 'teacher'
          ? teacherEmbeddings(teacher!, sizes)
          : cooccurrenceEmbeddings(corpus, sizes);
      startEmbeddings(model, { ...start, embeddings, logFrequencies: logFrequencies(corpus, sizes) });
    }
    if (options.attentionInit === 'neighbours') startAtNeighbours(model.store, start);
  }
  for (const remark of await runtimeRemarks(runtimeOf(options))) sayTo(io)(remark);
  const { steps, interrupted, evalLoss } = await runPretraining({
    options,
    architecture,
    config,
    tokenizer,
    model,
    corpus,
    teacher,
    held,
    resumeFrom,
    identity,
    runtime: runtimeOf(options),
    hooks: hooksOf(io),
  });
  if (interrupted) {
    io.stderr.write(`Saved after step ${steps}. Go on with: vda ${resumeArguments(io)}\n`);
    throw io.signal.reason;
  }
  if (evalLoss !== undefined) {
    const perplexity = Math.exp(evalLoss).toFixed(1);
    const loss = Number.isNaN(evalLoss)
      ? 'none, for no token of the text was hidden'
      : `${evalLoss.toFixed(3)} nats (perplexity ${perplexity})`;
    io.stderr.write(`Held-out masked-LM loss ${loss}.\n`);
  }
  io.stdout.write(`${options.outputDir}\n`);
};

const embeddingSources = { cooccurrence: 'neighbours of each token', teacher: "teacher's" } as const;

/** Replaces the random word embeddings, in their first dimensions, and the output bias by what is known of the tokens. */
function startEmbeddings(
  { store }: TrainableModel,
  p: {
    readonly architecture: Architecture;
    readonly config: ModelConfig;
    /** Row-major `[V, ≤ H]`; the last dimensions are left empty. */
    readonly embeddings: Float32Array;
    readonly logFrequencies: Float32Array;
  },
): void {
  const { vocabSize, hiddenSize: width } = p.config;
  const filled = p.embeddings.length / vocabSize;
  const table = new Float32Array(vocabSize * width);
  for (let token = 0; token < vocabSize; token++) {
    table.set(p.embeddings.subarray(token * filled, (token + 1) * filled), token * width);
  }
  store.write(p.architecture.wordEmbeddingName, { values: table });
  store.write(p.architecture.decoderBiasName, { values: p.logFrequencies });
}

interface StartingPoint {
  readonly tokenizer: Tokenizer;
  readonly config: ModelConfig;
  readonly found: StoredWeights;
}

/** A checkpoint's tokenizer, configuration and weights, or a new vocabulary and an empty model of the asked size. */
async function startingPoint(
  options: Options,
  {
    io,
    modelFolder: folder,
    teacher,
  }: {
    readonly io: CommandIo;
    readonly modelFolder: string | undefined;
    readonly teacher: PretrainedModel | undefined;
  },
): Promise<StartingPoint> {
  if (folder !== undefined) {
    const { config, weights } = loadModelFolder(folder);
    requireTiedDecoder(config, folder);
    const tokenizer = await loadTokenizer(folder);
    checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: config.vocabSize });
    return { tokenizer, config, found: weights };
  }
  const tokenizer = await vocabularyFor(options, { io, teacher });
  const config = parseConfig(
    {
      model_type: options.architecture,
      architectures: [familyOf(options.architecture).classNames.maskedLm],
      ...newMaskedLmOf(options.architecture).config(tokenizer, options),
    },
    { path: 'the options of vda pretrain' },
  );
  return { tokenizer, config, found: new Map() };
}

/**
 * The vocabulary learnt from the texts, or the part of a teacher's that they need; kept by the first checkpoint, so a resumed run
 * reads it from there.
 */
async function vocabularyFor(
  options: Options,
  { io, teacher }: { readonly io: CommandIo; readonly teacher: PretrainedModel | undefined },
): Promise<Tokenizer> {
  const from = checkpointToResume(options);
  if (from !== undefined) return loadTokenizer(from);
  const sizes = { size: options.vocabSize, maxLength: options.maxSeqLength };
  const lines = linesOf(options.trainFiles);
  if (teacher !== undefined) {
    io.stderr.write(`Choosing ${options.vocabSize} pieces of the teacher's vocabulary …\n`);
    const files = await subVocabularyFiles(teacher.tokenizer, lines, { ...sizes, where: teacher.folder });
    return tokenizerFromFiles(files, { where: options.outputDir });
  }
  io.stderr.write(`Learning a vocabulary of ${options.vocabSize} pieces …\n`);
  const files = await newMaskedLmOf(options.architecture).learnTokenizer(lines, sizes);
  return tokenizerFromFiles(files, { where: options.outputDir });
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
