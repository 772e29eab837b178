import { z } from 'zod';
import { largestVocabulary } from '../pretraining/cooccurrence.ts';
import { newMaskedLmOf, newMaskedLms } from '../pretraining/new-masked-lm.ts';
import { pretrainRules } from '../pretraining/pretrain-options.ts';
import { maxSeqLength, path } from './data.ts';
import { allowMissing, device, dropout, modelOption, numThreads, seed } from './model.ts';
import type { CommandSpec } from './spec.ts';
import { choice, number, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { loggingSteps, optimizationOptions, savingOptions } from './training.ts';
import { usageError } from './usage-error.ts';
import { warmupProblems } from './warmup-problems.ts';

/** Number formats of saved weights; training itself is in float32. */
const weightTypes = { float16: 'half the size', float32: 'as trained' } as const;

/** What word embeddings start from, where no model is given. */
const embeddingInits = {
  random: 'random numbers, as BERT',
  cooccurrence: 'the neighbours of each token in the texts: falls faster at the start',
  teacher: "the teacher's embeddings, or where the model is narrower their principal components",
} as const;

/** What attention starts from, where no model is given. */
const attentionInits = {
  random: 'random numbers, as BERT',
  neighbours: 'heads of the lower layers look at tokens beside: small models learn many times sooner',
} as const;

/** What all of a new model starts from, where one thing says it. */
const encoderInits = {
  own: 'what --embedding-init and --attention-init say',
  teacher:
    "the teacher's embeddings and head, and of its layers one from each part: equal in width and heads",
} as const;

/** What is pre-trained where no model is given. */
const newArchitectures: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(newMaskedLms).map(([modelType, { summary }]) => [modelType, summary]),
);

const group = 'Model';

const schema = z.strictObject({
  trainFiles: option(z.array(path()).min(1), {
    description: 'Plain texts to learn from, one document or paragraph a line; each may be gzipped (.gz).',
    group: 'Data',
    value: 'FILE',
    expected: 'a list of at least one file',
    knownAs: ['train-file'],
  }),
  validationFile: option(path().optional(), {
    description: 'Plain texts to measure the loss on; never trained on.',
    group: 'Data',
    value: 'FILE',
    knownAs: ['eval-file', 'dev-file'],
  }),
  maxSeqLength,
  mlmProbability: option(number(pretrainRules.mlmProbability).default(0.15), {
    description: 'Fraction of the tokens that are masked, and must be guessed (Devlin et al. 2019, §3.1).',
    group: 'Data',
  }),
  model: modelOption(
    'Go on from this masked language model rather than from random weights.',
    path().optional(),
  ),
  allowMissing,
  teacher: option(path().optional(), {
    description:
      'Knowledge distillation: also learn what this masked language model predicts at the masked places. A new model gets a part of its WordPiece vocabulary. A folder in Hugging Face format, or the name of a model on the hub.',
    group,
    value: 'MODEL',
    knownAs: ['teacher-model', 'teacher-name-or-path', 'distill-from'],
  }),
  teacherTemperature: option(number(pretrainRules.teacherTemperature).default(2), {
    description:
      'Temperature that softens the predictions of teacher and model (Hinton et al. 2015); the default is that of Sanh et al. 2019.',
    group,
    knownAs: ['distillation-temperature'],
  }),
  teacherWeight: option(number(pretrainRules.teacherWeight).default(0.7), {
    description:
      "The teacher's part of the loss, the rest being that of the texts; the default is about the 5 to 2 of Sanh et al. 2019. At 0 the teacher is not asked, and gives its vocabulary alone.",
    group,
    knownAs: ['distillation-alpha', 'alpha-ce'],
  }),
  architecture: option(choice(newArchitectures).default(Object.keys(newArchitectures)[0]!), {
    description: 'Family of the model that starts from random weights.',
    group,
    knownAs: ['model-type'],
  }),
  vocabSize: option(z.int().min(100).default(8192), {
    description:
      "Pieces of the tokenizer learnt from the texts, or with --teacher those of the teacher's that the texts need most; a byte-level vocabulary needs at least 261, for the bytes.",
    group,
    unit: 'pieces',
  }),
  hiddenSize: option(z.int().min(1).default(128), {
    description:
      'Width of the model; a multiple of --num-attention-heads. The default, with two layers, is BERT-tiny (Turc et al. 2019).',
    group,
  }),
  numHiddenLayers: option(z.int().min(1).default(2), { description: 'Layers of the encoder.', group }),
  numAttentionHeads: option(z.int().min(1).default(2), { description: 'Attention heads in a layer.', group }),
  intermediateSize: option(z.int().min(1).default(512), {
    description: 'Width of the feed-forward part; usually four times --hidden-size.',
    group,
  }),
  embeddingInit: option(choice(embeddingInits).default('random'), {
    description:
      'What word embeddings start from; cooccurrence is a decomposition of the counts of neighbours (Levy et al. 2015).',
    group,
  }),
  attentionInit: option(choice(attentionInits).default('random'), {
    description:
      'What attention starts from; with neighbours, heads of the lower half of the layers begin by looking at tokens one or more places away, and learn on from there.',
    group,
  }),
  encoderInit: option(choice(encoderInits).default('own'), {
    description:
      'What the whole encoder starts from; with teacher, layers are those in the middle of as many equal parts (Sanh et al. 2019), and a smaller --intermediate-size keeps the neurons of largest weights.',
    group,
  }),
  dropout,
  dtype: option(choice(weightTypes).default('float32'), {
    description: 'Number format of the saved weights.',
    group: 'Output',
  }),
  ...optimizationOptions,
  // A model from scratch wants other settings than fine-tuning: those of RoBERTa (Liu et al. 2019, table 9) and of small BERTs.
  learningRate: option(number(pretrainRules.learningRate).default(5e-4), {
    description: 'Peak learning rate of AdamW. Small models bear 1e-3, large ones want 1e-4.',
    group: 'Optimization',
    knownAs: ['lr'],
  }),
  perDeviceTrainBatchSize: option(number(pretrainRules.perDeviceTrainBatchSize).default(32), {
    description: 'Sequences in a training batch.',
    group: 'Optimization',
    unit: 'sequences',
    knownAs: ['batch-size', 'train-batch-size', 'per-gpu-train-batch-size'],
  }),
  adamBeta2: option(number(pretrainRules.adamBeta2).default(0.98), {
    description:
      'Decay of the mean of squared gradients; the default is that of RoBERTa (Liu et al. 2019, §3.1).',
    group: 'Optimization',
  }),
  adamEpsilon: option(number(pretrainRules.adamEpsilon).default(1e-6), {
    description:
      'Added to the denominator of Adam; the default is that of RoBERTa (Liu et al. 2019, table 9).',
    group: 'Optimization',
    knownAs: ['adam-eps', 'eps'],
  }),
  timeLimit: option(number(pretrainRules.timeLimit).optional(), {
    description: 'Stop, save and finish after this time; the learning rate falls as if it were the end.',
    group: 'Optimization',
    unit: 'seconds',
  }),
  ...savingOptions,
  loggingSteps: loggingSteps(
    'Steps between lines of metrics.jsonl, each with the mean loss of the steps since the last.',
  ),
  device,
  numThreads,
  seed,
});

/** `vda pretrain`: options, help and rules. */
export const pretrainSpec: CommandSpec<typeof schema> = {
  name: 'pretrain',
  summary: summaries.pretrain,
  schema,
  examples: [
    {
      what: 'A small model within an hour:',
      command:
        'vda pretrain --train-files books.txt reviews.txt.gz --embedding-init cooccurrence --attention-init neighbours --time-limit 3600 --output-dir models/small',
    },
    {
      what: 'A small model that learns from a large one:',
      command:
        'vda pretrain --teacher bert-base-uncased --train-files books.txt --embedding-init teacher --attention-init neighbours --time-limit 3600 --output-dir models/distilled',
    },
    {
      what: 'Go on with the texts of a new domain:',
      command:
        'vda pretrain --model bert-base-uncased --train-files notes.txt --max-steps 2000 --output-dir models/notes',
    },
  ],
  check(options, given) {
    const problems: string[] = [...warmupProblems(options, given)];
    if (options.teacher === undefined) {
      const unread = { teacherTemperature: '--teacher-temperature', teacherWeight: '--teacher-weight' };
      for (const [key, flag] of Object.entries(unread)) {
        if (given.has(key)) problems.push(`${flag} has no effect without --teacher.`);
      }
      if (options.embeddingInit === 'teacher') {
        problems.push('--embedding-init teacher needs a --teacher.');
      }
      if (options.encoderInit === 'teacher') {
        problems.push('--encoder-init teacher needs a --teacher.');
      }
    } else if (options.model === undefined) {
      const { pieces } = newMaskedLmOf(options.architecture);
      if (pieces !== 'WordPiece') {
        problems.push(
          `--teacher gives a part of its WordPiece vocabulary, and --architecture ${options.architecture} has a ${pieces} one; leave out one of the two.`,
        );
      }
    }
    if (options.encoderInit === 'teacher') {
      for (const key of ['embeddingInit', 'attentionInit'] as const) {
        if (options[key] === 'random') continue;
        const flag = key === 'embeddingInit' ? '--embedding-init' : '--attention-init';
        problems.push(`with --encoder-init teacher all is the teacher's; leave out ${flag}.`);
      }
    }
    if (options.model !== undefined) {
      const shape = [
        'architecture',
        'vocabSize',
        'hiddenSize',
        'numHiddenLayers',
        'numAttentionHeads',
        'intermediateSize',
      ];
      if (shape.some((key) => given.has(key))) {
        problems.push(
          'with --model the sizes are those of the model; leave out --architecture, --vocab-size, --hidden-size and the like.',
        );
      }
      if (given.has('embeddingInit')) {
        problems.push('with --model the embeddings are those of the model; leave out --embedding-init.');
      }
      if (given.has('encoderInit')) {
        problems.push('with --model the encoder is that of the model; leave out --encoder-init.');
      }
      if (given.has('attentionInit')) {
        problems.push('with --model attention is that of the model; leave out --attention-init.');
      }
    } else if (options.hiddenSize % options.numAttentionHeads !== 0) {
      problems.push(
        `--hidden-size: expected a multiple of --num-attention-heads ${options.numAttentionHeads}, got ${options.hiddenSize}.`,
      );
    }
    if (options.embeddingInit === 'cooccurrence' && options.vocabSize > largestVocabulary) {
      problems.push(
        `--embedding-init cooccurrence counts pairs of tokens: expected a --vocab-size of at most ${largestVocabulary}, got ${options.vocabSize}.`,
      );
    }
    if (given.has('allowMissing') && options.model === undefined) {
      problems.push('--allow-missing has no effect without --model.');
    }
    if (given.has('saveSteps') && options.saveStrategy !== 'steps') {
      problems.push('--save-steps has no effect without --save-strategy steps.');
    }
    if (problems.length > 0) throw usageError('pretrain', problems);
  },
};
