import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.ts';
import { sampleExamples } from '../../data/sample-examples.ts';
import { isLeader } from '../../distributed/communicator.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { isFolder } from '../../files/paths.ts';
import { exportObstacle, exportOnnx } from '../../inference/export-onnx.ts';
import { longestInput } from '../../inference/longest-input.ts';
import { onnxDtypes } from '../../inference/onnx-dtypes.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import { unreadByMixture } from '../../options/mixture-options.ts';
import type { OptionsOf } from '../../options/spec.ts';
import type { trainSpec } from '../../options/train.ts';
import { trainOptionsOf } from '../../options/train-defaults.ts';
import { presetLines } from '../../options/train-presets.ts';
import { strategyOf } from '../../options/vda.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import type { ResolveModelOptions } from '../../pretrained/resolve-model.ts';
import { modelCard } from '../../report/model-card.ts';
import { checkSameKind } from '../../runs/input-kind.ts';
import { runtimeRemarks } from '../../runtime/node/runtime-remarks.ts';
import { createEvaluation, type Evaluation } from '../../training/evaluation.ts';
import { fineTune } from '../../training/fine-tune.ts';
import type { TrainingGiven } from '../../training/prepare-training.ts';
import type { TrainingResult } from '../../training/run-training.ts';
import type { Run } from '../command.ts';
import { overrideRemarks, setReader, setRemarks } from '../inputs/load-sets.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { hooksOf } from '../terminal/hooks.ts';
import type { CommandIo } from '../terminal/io.ts';
import { quoted } from '../terminal/quoted.ts';
import { onRanks, type Ranked } from '../terminal/ranks.ts';
import { resumeArguments } from '../terminal/resume.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof trainSpec>;

/** Fine-tunes a classifier, plainly or with VDA, and saves it with its run's record and a model card. */
export const run: Run<typeof trainSpec> = (options, io) =>
  onRanks(options, io, (ranked) => {
    const { numThreads = ranked.numThreads } = options;
    const work = () => train({ ...options, numThreads }, ranked);
    return isLeader(ranked.communicator)
      ? holdFolder(options.outputDir, { work: 'a training' }, work)
      : work();
  });

async function train(options: Options, { io, communicator }: Ranked): Promise<void> {
  const say = sayTo(io);
  const sets = await loadSets(options, modelAccess(io));
  for (const remark of [...overrideRemarks(options, io.given), ...setRemarks({ ...sets })]) say(remark);
  checkSameKind(Object.values(sets).filter((data) => data !== undefined));
  for (const line of presetLines(options)) say(line);
  for (const remark of await runtimeRemarks(runtimeOf(options))) say(remark);

  const result = await fineTune({
    ...(await givenOf(options, { sets, access: modelAccess(io) })),
    hooks: hooksOf(io),
    say,
    record: { options, data: sets.test ? { testFile: sets.test.sha256 } : {} },
    communicator,
  });
  if (result.interrupted) {
    say(`Saved after step ${result.steps}. Go on with: vda ${resumeArguments(io)}`);
    io.signal.throwIfAborted();
    return; // another rank got the signal, and says so to whoever started the job
  }
  await communicator.fromLeader(() => conclude({ options, io, sets, result }));
}

/** The model's export and card, what it scores on the test texts, and the figures for programs. */
async function conclude(p: {
  readonly options: Options;
  readonly io: CommandIo;
  readonly sets: Sets;
  readonly result: TrainingResult;
}): Promise<void> {
  const { options, io, sets, result } = p;
  const say = sayTo(io);
  if (result.bestCheckpoint) say(`Best checkpoint: ${result.bestCheckpoint}.`);

  const model = await loadClassifier(options.outputDir);
  const hasOnnx = options.onnx && exportObstacle(model) === undefined;
  if (hasOnnx) {
    const path = join(options.outputDir, onnxDtypes.fp32.file);
    writeFilesAtomically([{ path, chunks: [exportOnnx(model)] }]);
  }
  const card = { options, model, io, hasOnnx, validation: result.evaluation };
  const write = cardWriter(options.outputDir, say);
  write([cardOf(card)], { isLast: sets.test === undefined });
  const onTest = sets.test && (await evaluationOn(sets.test, { options, model, say }));
  if (onTest !== undefined) write([cardOf({ ...card, test: onTest }), cardOf(card)], { isLast: true });
  const { outputDir } = options;
  for (const [set, evaluation] of [
    ['validation', result.evaluation],
    ['test', onTest],
  ] as const) {
    if (evaluation?.problem) say(`The saved model on the ${set} texts: ${evaluation.problem.remark}.`);
  }
  const figures = { ...prefixed('validation', result.evaluation), ...prefixed('test', onTest) };
  io.stdout.write(`${JSON.stringify({ outputDir, steps: result.steps, ...figures })}\n`);
}

/** What a training is given, from the command line's options. */
export async function givenOf(
  options: Options,
  p: { readonly sets?: Sets; readonly access: ResolveModelOptions },
): Promise<TrainingGiven> {
  const { access } = p;
  const sets = p.sets ?? (await loadSets(options, access));
  return {
    options: trainOptionsOf(options),
    train: sets.train,
    validation: sets.validation,
    runtime: runtimeOf(options),
    access,
  };
}

interface Sets {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
}

/** The training texts say which labels there are; the others must keep to them. */
async function loadSets(options: Options, access: ResolveModelOptions): Promise<Sets> {
  const read = setReader(options, access);
  const all = (await read('train', { labels: options.labels, requireClasses: 2 }))!; // the options are checked to name it
  const train = sampleExamples(all, options.maxTrainSamples);
  const { labels } = train;
  return { train, validation: await read('validation', { labels }), test: await read('test', { labels }) };
}

/** Accuracy and loss of the saved model, loaded as anybody would. */
async function evaluationOn(
  { examples }: Dataset,
  p: { readonly options: Options; readonly model: PretrainedModel; readonly say: (line: string) => void },
) {
  const { options, model, say } = p;
  const evaluate = await createEvaluation(model, {
    examples,
    runtime: runtimeOf(options),
    maxLength: options.maxSeqLength,
    batchSize: options.perDeviceEvalBatchSize,
    name: 'test',
    say,
  });
  return evaluate();
}

/**
 * Writes README.md beside the model. One that is there already, of a training that had ended before, is replaced where vda wrote
 * it: what a person wrote there, or `vda push` of attacks, stays.
 */
function cardWriter(folder: string, say: (line: string) => void) {
  const path = join(folder, 'README.md');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const butForCommand = (text: string) => text.replace(/^vda .*$/gm, '');
  /** @param cards what is to be written, and what else vda may have written in its place */
  return (cards: readonly [string, ...string[]], { isLast }: { readonly isLast: boolean }): void => {
    const [card] = cards;
    if (before === undefined || cards.some((own) => butForCommand(own) === butForCommand(before))) {
      writeFilesAtomically([{ path, chunks: [card] }]);
    } else if (isLast) {
      say(
        `${path} is no longer as vda train wrote it, and stays as it is. For a new one move it away, and give the same command again.`,
      );
    }
  };
}

/** What README.md says: how the model was made. `vda push` puts in what attacks find later. */
function cardOf(p: {
  readonly options: Options;
  readonly model: PretrainedModel;
  readonly io: CommandIo;
  readonly hasOnnx: boolean;
  readonly validation: Evaluation | undefined;
  readonly test?: Evaluation;
}): string {
  const { options, model, io, hasOnnx } = p;
  const { base, vda } = strategyOf(options);
  const shown = [
    'preset',
    'learningRate',
    'numTrainEpochs',
    'perDeviceTrainBatchSize',
    'maxSeqLength',
    'seed',
  ] as const;
  const ofVda = [
    'mixture',
    'noiseStd',
    'temperature',
    'topK',
    'virtualBudget',
    'numVirtual',
    'lambda',
  ] as const;
  const unread = unreadByMixture(options);
  const shownOfVda = ofVda.filter((name) => !unread.includes(name));
  return modelCard({
    name: basename(resolve(options.outputDir)),
    baseModel: options.model,
    baseIsFolder: isFolder(options.model),
    dataset: textsOf(options, 'train'),
    labels: Object.values(model.config.id2label),
    method: vda ? `${base} + vda` : base,
    command: `vda ${quoted(io.argv)}`,
    options: Object.fromEntries([...shown, ...(vda ? shownOfVda : [])].map((name) => [name, options[name]])),
    evaluations: (['validation', 'test'] as const).flatMap((role) => {
      const found = p[role];
      if (found === undefined) return [];
      const { accuracy, f1 } = found;
      return [{ role, dataset: textsOf(options, role), accuracy, f1 }];
    }),
    rows: [],
    maxTokens: Math.min(options.maxSeqLength, longestInput(model)),
    positions: model.architecture.positions(model.config),
    hasOnnx,
    ...(model.config.prompt && { prompt: model.config.prompt.template }),
  });
}

/** What the texts of a role are called: their file, or the data set that stands for it. */
const textsOf = (options: Options, role: 'train' | 'validation' | 'test'): string => {
  const file = options[`${role}File`];
  return file === undefined ? options.dataset! : basename(file);
};

/** Figures under the name of their texts; of a problem its kind. */
const prefixed = (prefix: string, values: Evaluation | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...values, ...(values?.problem && { problem: values.problem.kind }) }).map(
      ([name, value]) => [`${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`, value],
    ),
  );
