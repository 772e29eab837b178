import { z } from 'zod';
import { argument, VdaError } from '../base/error.ts';
import { lossOptions } from '../strategies/classification-loss.ts';
import { parseCandidateSources } from '../strategies/vda/candidate-sources.ts';
import { asksMaskedLm } from '../strategies/vda/options.ts';
import { attacksAskMaskedLm, defaultAdaRecipe } from '../training/attacks-of-training.ts';
import { trainRules } from '../training/train-rules.ts';
import {
  columnOptions,
  dataProblems,
  datasetOptions,
  datasetPreset,
  labelsOption,
  maxSeqLength,
  maxTrainSamples,
  padToMaxLength,
  path,
  testFile,
  trainFile,
  validationFile,
} from './data.ts';
import { distributedOptions, distributedProblems } from './distributed.ts';
import { unreadByMixture } from './mixture-options.ts';
import { allowMissing, device, dropout, modelOption, numThreads, seed } from './model.ts';
import { oneRecipe } from './recipes.ts';
import { type CommandSpec, choice, number, type OptionsOf, option } from './spec.ts';
import { settingsOfOthers, strategyOptions, strategyPresets, unreadByOfficial } from './strategies.ts';
import { summaries } from './summaries.ts';
import { optionsFrom } from './table-options.ts';
import { trainPreset, trainPresetValues } from './train-presets.ts';
import { trainerOptions } from './trainer-options.ts';
import {
  evaluationOptions,
  loggingSteps,
  optimizationOptions,
  perDeviceEvalBatchSize,
  savingOptions,
  shuffle,
} from './training.ts';
import { usageError } from './usage-error.ts';
import { strategyOf, strategyOption, vda, vdaOptions } from './vda.ts';
import { warmupProblems } from './warmup-problems.ts';

const lossFlags = optionsFrom(lossOptions, { group: 'Loss' });

const schema = z.strictObject({
  model: modelOption('Pre-trained encoder to fine-tune.', path()),
  dropout,
  allowMissing,
  ...datasetOptions,
  trainFile,
  validationFile,
  testFile: testFile('Labelled texts to report on at the end; they decide nothing.', path().optional()),
  maxTrainSamples,
  augmentFiles: option(z.array(path()).min(1).optional(), {
    description:
      'results.jsonl of attacks on the training texts: their successes are trained on too, under their true labels (adversarial data augmentation, ADA).',
    group: 'Data',
    value: 'FILE',
    expected: 'a list of at least one file',
    knownAs: ['augment-file', 'ada', 'adv-file'],
  }),
  adaExamples: option(number(trainRules.adaExamples).default(0), {
    description:
      'Training texts to attack before each epoch but the first, with the model as it is then; those that fool it join the epoch (iterative ADA). Where --ada-recipe asks one, needs --mlm or a masked language model as --model.',
    group: 'Data',
    unit: 'texts',
    knownAs: ['num-adv', 'iterative'],
  }),
  adaRecipe: option(choice(oneRecipe).default(defaultAdaRecipe), {
    description:
      'The attack of --ada-examples. a2t, made for training, ranks words by one gradient and asks no masked language model.',
    group: 'Data',
  }),
  adaModel: option(path().optional(), {
    description:
      'Classifier to attack with --ada-examples training texts once before training, in place of the model in training: those that fool it are trained on in every epoch (static ADA).',
    group: 'Data',
    value: 'MODEL',
    knownAs: ['static', 'attacked-model'],
  }),
  ...columnOptions,
  labels: labelsOption,
  maxSeqLength,
  padToMaxLength,
  promptTemplate: option(z.string().min(1).optional(), {
    description:
      'Classify by the masked language model, with no head that starts at random (MVP, Raman et al. 2023): a sentence with {text} and [MASK], such as "{text} It was [MASK].". Needs --label-words.',
    group: 'Model',
    value: 'TEXT',
    knownAs: ['prompt', 'template', 'mvp'],
  }),
  labelWords: option(z.array(z.string().min(1)).min(2).optional(), {
    description:
      'The word that stands for each class at the mask of --prompt-template, in the order of the labels; several of a class with commas between them, of which the likeliest counts.',
    group: 'Model',
    value: 'WORDS',
    expected: 'a list of words, one for each class',
    knownAs: ['verbalizer', 'verbaliser'],
  }),
  strategy: strategyOption,
  vda,
  preset: trainPreset,
  ...vdaOptions,
  ...strategyOptions,
  ...optimizationOptions,
  ...lossFlags,
  shuffle,
  ...evaluationOptions,
  perDeviceEvalBatchSize,
  ...savingOptions,
  onnx: option(z.boolean().default(true), {
    description:
      'Write the classifier as onnx/model.onnx too, for ONNX Runtime and transformers.js: as large as the model. vda export does it later.',
    group: 'Output',
    knownAs: ['export-onnx', 'save-onnx'],
  }),
  loggingSteps: loggingSteps(
    'Steps between points of the curves for TensorBoard; metrics.jsonl has every step. Also between evaluations with --eval-strategy steps, unless --eval-steps says otherwise.',
  ),
  device,
  numThreads,
  ...distributedOptions,
  seed,
});

/** `vda train`: options, help and rules. */
export const trainSpec: CommandSpec<typeof schema> = {
  name: 'train',
  summary: summaries.train,
  schema,
  insteadOf: trainerOptions,
  examples: [
    {
      what: 'Fine-tune plainly, as a baseline:',
      command:
        'vda train --model bert-base-uncased --train-file train.tsv --validation-file dev.tsv --output-dir runs/plain',
    },
    {
      what: 'The same with virtual data augmentation, three virtual texts each:',
      command:
        'vda train --model bert-base-uncased --train-file train.tsv --validation-file dev.tsv --output-dir runs/vda --vda --num-virtual 3',
    },
    {
      what: 'On a data set of the paper, by name:',
      command:
        'vda train --model bert-base-uncased --dataset mrpc --data-dir data --output-dir runs/mrpc --vda',
    },
    {
      what: 'Options from a file, one of them changed, going on where a run stopped:',
      command: 'vda train --config runs/vda.yaml --seed 7 --resume-from-checkpoint last',
    },
  ],
  presets: [
    { option: 'preset', values: trainPresetValues },
    ...strategyPresets,
    datasetPreset(({ maxSeqLength, labels }) => ({ maxSeqLength, labels: [...labels] })),
  ],
  check(options, given) {
    const files = ['trainFile', 'validationFile', 'testFile'] as const;
    const problems = [
      ...dataProblems(options, { given, files, needed: 'trainFile' }),
      ...withoutEffectOnVda(options, given),
      ...candidateSourceProblems(options),
      ...settingsOfOthers(strategyOf(options).base, given),
      ...(options.preset === 'official' ? unreadByOfficial(strategyOf(options).base, given) : []),
      ...withoutValidation(options, given),
      ...warmupProblems(options, given),
      ...withoutEvaluations(options, given),
      ...distributedProblems(options, given),
    ];
    if ((options.promptTemplate === undefined) !== (options.labelWords === undefined)) {
      const [given, lacking] =
        options.promptTemplate === undefined
          ? (['labelWords', 'promptTemplate'] as const)
          : (['promptTemplate', 'labelWords'] as const);
      problems.push(`${argument(given)} needs ${argument(lacking)}.`);
    }
    if (options.adaModel !== undefined && options.adaExamples === 0) {
      problems.push(
        `${argument('adaModel')} needs ${argument('adaExamples')}, the number of texts to attack it with.`,
      );
    }
    if (given.has('adaRecipe') && options.adaExamples === 0) {
      problems.push(`${argument('adaRecipe')} has no effect without ${argument('adaExamples')}.`);
    }
    if (given.has('evalSteps') && options.evalStrategy !== 'steps') {
      problems.push(`${argument('evalSteps')} has no effect without ${argument('evalStrategy')} steps.`);
    }
    if (given.has('saveSteps') && options.saveStrategy !== 'steps') {
      problems.push(`${argument('saveSteps')} has no effect without ${argument('saveStrategy')} steps.`);
    }
    if (problems.length > 0) throw usageError('train', problems);
  },
};

function withoutEffectOnVda(options: OptionsOf<typeof trainSpec>, given: ReadonlySet<string>): string[] {
  const { vda } = strategyOf(options);
  const where = vda ? `with ${argument('mixture')} ${options.mixture}` : `without ${argument('vda')}`;
  const unread = (vda ? unreadByMixture(options) : Object.keys(vdaOptions))
    .filter((key) => given.has(key) && !(key === 'mlm' && readsMaskedLm(options)))
    .map((key) => `${argument(key)} has no effect ${where}.`);
  const isHeld = vda && given.has('cleanGradient') && options.consistency === 'ce';
  return [
    ...unread,
    ...(isHeld ? [`${argument('cleanGradient')} has no effect with ${argument('consistency')} ce.`] : []),
  ];
}

/** What is wrong about the sources of substitutes. */
function candidateSourceProblems({ candidateSources = [] }: OptionsOf<typeof trainSpec>): string[] {
  try {
    parseCandidateSources(candidateSources);
    return [];
  } catch (thrown) {
    if (thrown instanceof VdaError) return [thrown.marked];
    throw thrown;
  }
}

/** Whether a training asks a masked language model: VDA does with most mixtures, and so do most attacks in training. */
export const readsMaskedLm = (options: OptionsOf<typeof trainSpec>): boolean =>
  (strategyOf(options).vda && asksMaskedLm(options)) || attacksAskMaskedLm(options);

function withoutValidation(options: OptionsOf<typeof trainSpec>, given: ReadonlySet<string>): string[] {
  if (options.validationFile !== undefined || options.dataset !== undefined) return [];
  const asksToEvaluate = given.has('evalStrategy') && options.evalStrategy !== 'no';
  return (['evalStrategy', 'earlyStoppingPatience', 'loadBestModelAtEnd', 'metricForBestModel'] as const)
    .filter((key) => (key === 'evalStrategy' ? asksToEvaluate : given.has(key) && options[key] !== false))
    .map((key) => `${argument(key)} needs ${argument('validationFile')}.`);
}

/** Complaints about options that choose among evaluations, where there are none; presets may set them. */
function withoutEvaluations(options: OptionsOf<typeof trainSpec>, given: ReadonlySet<string>): string[] {
  if (options.evalStrategy !== 'no') return [];
  return (['earlyStoppingPatience', 'loadBestModelAtEnd', 'metricForBestModel'] as const)
    .filter((key) => given.has(key) && options[key] !== false && options[key] !== 'accuracy')
    .map((key) => `${argument(key)} needs evaluations; got ${argument('evalStrategy')} no.`);
}
