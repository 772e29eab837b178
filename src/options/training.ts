import { z } from 'zod';
import { trainRules } from '../training/train-rules.ts';
import { path } from './data.ts';
import { choice, number, option } from './spec.ts';

/** Courses of the learning rate after warm-up; names of the Hugging Face Trainer. */
export const lrSchedulers = {
  linear: 'falls to 0 in a straight line',
  cosine: 'falls to 0 along half a cosine',
  cosine_with_restarts: 'cosine that starts again at each cycle; one cycle is the published VDA code',
  constant: 'no warm-up and no fall',
  constant_with_warmup: 'no fall',
} as const;

/** When evaluation or saving happens. */
export const intervalStrategies = {
  no: 'never',
  epoch: 'after each epoch',
  steps: 'each so many steps',
} as const;

/** What can decide the best checkpoint. */
export const bestModelMetrics = {
  accuracy: 'fraction of validation texts classified correctly',
  f1: 'F1 of class 1 where there are two, else the mean over the classes, as f1_macro; as in scikit-learn',
  f1_macro: "mean of the classes' F1 (macro F1), for classes of unlike size",
  loss: 'mean cross-entropy of the validation texts; the lowest is best',
  attack_accuracy:
    'robust accuracy: the fraction still right after an attack on a sample of the validation texts; slower',
} as const;

/** How long and at what pace training goes. */
export const optimizationOptions = {
  numTrainEpochs: option(number(trainRules.numTrainEpochs).default(3), {
    description:
      'Passes over the training texts; may be a fraction. Default of the Hugging Face Trainer; the code of the VDA paper trains 10 to 30.',
    group: 'Optimization',
    unit: 'epochs',
    knownAs: ['epochs', 'num-epochs'],
  }),
  maxSteps: option(number(trainRules.maxSteps).optional(), {
    description: 'Stop after so many optimizer steps, whatever --num-train-epochs says.',
    group: 'Optimization',
    unit: 'steps',
    knownAs: ['steps', 'max-train-steps'],
  }),
  perDeviceTrainBatchSize: option(number(trainRules.perDeviceTrainBatchSize).default(16), {
    description: 'Texts in a training batch. The published VDA code uses 4 to 20.',
    group: 'Optimization',
    unit: 'texts',
    knownAs: ['batch-size', 'train-batch-size', 'per-gpu-train-batch-size'],
  }),
  gradientAccumulationSteps: option(number(trainRules.gradientAccumulationSteps).default(1), {
    description: 'Batches whose gradients are summed before an optimizer step.',
    group: 'Optimization',
    unit: 'batches',
  }),
  learningRate: option(number(trainRules.learningRate).default(2e-5), {
    description:
      'Peak learning rate of AdamW. The default is the usual one for BERT-base (Devlin et al. 2019, appendix A.3); the VDA paper uses 1e-5.',
    group: 'Optimization',
    knownAs: ['lr'],
  }),
  lrSchedulerType: option(choice(lrSchedulers).default('linear'), {
    description: 'Course of the learning rate after warm-up.',
    group: 'Optimization',
    knownAs: ['scheduler', 'lr-scheduler', 'lr-schedule'],
  }),
  warmupRatio: option(number(trainRules.warmupRatio).default(0.05), {
    description:
      "Fraction of the steps in which the learning rate rises from 0. The default is the VDA paper's 5%.",
    group: 'Optimization',
    knownAs: ['warmup', 'warmup-proportion'],
  }),
  warmupSteps: option(number(trainRules.warmupSteps).optional(), {
    description: 'Steps in which the learning rate rises from 0, in place of --warmup-ratio.',
    group: 'Optimization',
    unit: 'steps',
    knownAs: ['num-warmup-steps', 'warmup-iters'],
  }),
  weightDecay: option(number(trainRules.weightDecay).default(0.01), {
    description:
      'Decoupled weight decay of AdamW. The default is that of BERT and of the published VDA code.',
    group: 'Optimization',
  }),
  maxGradNorm: option(number(trainRules.maxGradNorm).default(1), {
    description:
      'Longer gradients are scaled to this norm; 0 for no clipping. The default is that of the Hugging Face Trainer.',
    group: 'Optimization',
    knownAs: ['clip', 'gradient-clipping', 'grad-clip'],
  }),
  adamBeta1: option(number(trainRules.adamBeta1).default(0.9), {
    description: 'Decay of the mean of gradients (Kingma and Ba 2015).',
    group: 'Optimization',
  }),
  adamBeta2: option(number(trainRules.adamBeta2).default(0.999), {
    description: 'Decay of the mean of squared gradients (Kingma and Ba 2015).',
    group: 'Optimization',
  }),
  adamEpsilon: option(number(trainRules.adamEpsilon).default(1e-8), {
    description: 'Added to the denominator of Adam (Kingma and Ba 2015).',
    group: 'Optimization',
    knownAs: ['adam-eps', 'eps'],
  }),
};

export const shuffle = option(z.boolean().default(true), {
  description: 'Visit the training texts in a new order each epoch. The published VDA code does not.',
  group: 'Optimization',
});

export const perDeviceEvalBatchSize = option(number(trainRules.perDeviceEvalBatchSize).default(32), {
  description: 'Texts in a batch of evaluation; no influence on results.',
  group: 'Evaluation',
  unit: 'texts',
  knownAs: ['eval-batch-size', 'per-gpu-eval-batch-size', 'batch-size'],
});

/** When to evaluate, and what to do with the outcome. */
export const evaluationOptions = {
  evalStrategy: option(choice(intervalStrategies).default('epoch'), {
    description: 'When to evaluate on --validation-file.',
    group: 'Evaluation',
    knownAs: ['evaluation-strategy'],
  }),
  evalSteps: option(number(trainRules.evalSteps).optional(), {
    description: 'Steps between evaluations with --eval-strategy steps. By default as --logging-steps.',
    group: 'Evaluation',
    unit: 'steps',
  }),
  metricForBestModel: option(choice(bestModelMetrics).default('accuracy'), {
    description: 'What decides the best checkpoint: the highest, of loss the lowest.',
    group: 'Evaluation',
    valuesElsewhere: {
      eval_accuracy: 'accuracy',
      eval_f1: 'f1',
      eval_loss: 'loss',
      macro_f1: 'f1_macro',
      eval_f1_macro: 'f1_macro',
    },
  }),
  loadBestModelAtEnd: option(z.boolean().default(false), {
    description: 'Finish with the best checkpoint rather than the last.',
    group: 'Evaluation',
  }),
  earlyStoppingPatience: option(number(trainRules.earlyStoppingPatience).optional(), {
    description: 'Stop after so many evaluations without a better one. By default never.',
    group: 'Evaluation',
    unit: 'evaluations',
    knownAs: ['patience'],
  }),
};

/** `--logging-steps`, of which each command says what it paces. */
export const loggingSteps = (description: string) =>
  option(z.int().min(1).default(50), { description, group: 'Output', unit: 'steps' });

/** What is written, where and when. */
export const savingOptions = {
  outputDir: option(path(), {
    description: 'Folder of the run: model, checkpoints, log and the options as they were resolved.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir', 'save-dir'],
  }),
  resumeFromCheckpoint: option(path().optional(), {
    description:
      'Go on from a checkpoint-N folder, or from the last one in --output-dir with the word "last".',
    group: 'Output',
    value: 'DIR|last',
    knownAs: ['resume', 'checkpoint'],
  }),
  saveStrategy: option(choice(intervalStrategies).default('epoch'), {
    description: 'When to write a checkpoint.',
    group: 'Output',
  }),
  saveSteps: option(number(trainRules.saveSteps).default(500), {
    description: 'Steps between checkpoints with --save-strategy steps.',
    group: 'Output',
    unit: 'steps',
  }),
  saveTotalLimit: option(number(trainRules.saveTotalLimit).optional(), {
    description: 'Keep so many checkpoints, the best among them. By default all.',
    group: 'Output',
    unit: 'checkpoints',
  }),
};
