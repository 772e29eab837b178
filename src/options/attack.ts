import { z } from 'zod';
import {
  columnOptions,
  dataProblems,
  datasetOptions,
  datasetPreset,
  fileLabelsOption,
  path,
  readingMaxSeqLength,
  testFile,
} from './data.ts';
import { device, modelOption, numThreads } from './model.ts';
import { shardOptions } from './shard.ts';
import type { CommandSpec } from './spec.ts';
import { choice, option } from './spec.ts';
import { usageError } from './usage-error.ts';
import { fidelity } from './vda.ts';

/** Attacks, by name. */
export const recipes = {
  'bert-attack':
    'words replaced by proposals of a masked language model, most important word first (Li et al. 2020)',
} as const;

/** What keeps an attacked text close to the original, with the option that sets each. */
export const constraints = {
  'max-change-rate': 'at most this share of the words is changed',
  similarity: 'a word may only become one of similar meaning, by word vectors or WordNet',
  antonyms: 'a word may not become its opposite',
  'stop-words': 'function words stay as they are',
} as const;

const group = 'Attack';
const constraintGroup = 'Constraints';

const schema = z.strictObject({
  model: modelOption('Classifier to attack.', path()),
  mlm: option(path().optional(), {
    description:
      'Masked language model that proposes words. By default the model that the classifier was fine-tuned from.',
    group: 'Model',
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  ...datasetOptions,
  testFile: testFile(
    'Labelled texts to attack: TSV, CSV or JSON Lines, each also gzipped (.gz). Required without --dataset.',
    path().optional(),
  ),
  ...columnOptions,
  labels: fileLabelsOption,
  numExamples: option(z.int().min(1).default(1000), {
    description:
      'Texts to attack, drawn from the file by a fixed shuffle, each class by its share: the same ones in every run, and among those of a larger number. The default is that of the VDA paper (300 for its long reviews).',
    group: 'Data',
    unit: 'texts',
  }),
  offset: option(z.int().min(0).default(0), {
    description: 'Texts to leave out at the beginning of the draw.',
    group: 'Data',
    unit: 'texts',
    knownAs: ['num-examples-offset'],
  }),
  maxSeqLength: readingMaxSeqLength,
  recipe: option(choice(recipes).default('bert-attack'), {
    description: 'The attack.',
    group,
    knownAs: ['attack', 'attack-recipe'],
  }),
  fidelity,
  maxCandidates: option(z.int().min(1).default(48), {
    description: 'Proposals tried for each word (K = 48: Li et al. 2020, and the VDA paper).',
    group,
    unit: 'words',
    knownAs: ['k', 'top-k'],
  }),
  queryBudget: option(z.int().min(1).optional(), {
    description:
      'Questions to the classifier for each text; an attack that would need more ends as out-of-queries. By default without limit.',
    group,
    unit: 'queries',
    knownAs: ['max-queries'],
  }),
  timeLimit: option(z.number().positive().optional(), {
    description:
      'Time for each text; one that runs out is counted apart, never as robust. By default without limit.',
    group,
    unit: 'seconds',
    knownAs: ['timeout'],
  }),
  batchSize: option(z.int().min(1).default(64), {
    description: 'Texts in a question to the classifier; no influence on results.',
    group,
    unit: 'texts',
    knownAs: ['per-device-eval-batch-size', 'model-batch-size'],
  }),
  maxChangeRate: option(z.number().min(0).max(1).default(0.4), {
    description: 'Largest share of words that may change (Li et al. 2020, and the VDA paper).',
    group: constraintGroup,
    knownAs: ['max-percent-words', 'change-threshold'],
  }),
  similarity: option(z.array(path()).min(1).default(['wordnet']), {
    description:
      'Sources of word similarity, each of which a replacement must pass: wordnet (the default), files of word vectors or neighbours, or none (as with --fidelity official).',
    group: constraintGroup,
    value: 'FILE|wordnet|none',
  }),
  similarityThreshold: option(z.number().min(-1).max(1).default(0.7), {
    description:
      'Least cosine of two words that may stand for each other, where both are in the file. The default is that of the attack in the VDA paper; BERT-Attack uses 0.4.',
    group: constraintGroup,
    value: 'COSINE',
  }),
  antonyms: option(path().default('wordnet'), {
    description:
      'Word pairs that may not stand for each other: wordnet (the default), a file, or none (as with --fidelity official).',
    group: constraintGroup,
    value: 'FILE|wordnet|none',
  }),
  stopWords: option(path().default('default'), {
    description:
      'Words that are never replaced: a file with one a line, default for the list within, or none.',
    group: constraintGroup,
    value: 'FILE|default|none',
  }),
  ...shardOptions({ what: 'Attack only part i of n', group: 'Parts' }),
  outputDir: option(path(), {
    description:
      'Folder of results.jsonl, to which each text is added as it ends, and of the summary. An attack that was stopped goes on there.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir', 'log-to-csv'],
  }),
  device,
  numThreads,
});

/** `vda attack`: options and help. */
export const attackSpec: CommandSpec<typeof schema> = {
  name: 'attack',
  summary: 'attack a classifier by replacing words, and count what still holds',
  schema,
  presets: [
    { option: 'fidelity', values: { official: { similarity: ['none'], antonyms: 'none' } } },
    datasetPreset(({ maxSeqLength, attacked }) => ({ maxSeqLength, numExamples: attacked })),
  ],
  check(options, given) {
    const problems = [
      ...dataProblems(options, { given, files: ['testFile'], needed: 'testFile' }),
      ...similarityProblems(options, given),
    ];
    if (problems.length > 0) throw usageError('attack', problems);
  },
  examples: [
    {
      what: 'BERT-Attack on 200 test texts, drawn from the file:',
      command:
        'vda attack --model ./runs/vda --mlm bert-base-uncased --test-file test.tsv --num-examples 200 --output-dir runs/vda/attack',
    },
    {
      what: 'Only words of similar meaning, at most a fifth of the text:',
      command:
        'vda attack --model ./runs/vda --test-file test.tsv --similarity vectors.txt --similarity-threshold 0.5 --max-change-rate 0.2 --output-dir runs/vda/attack-close',
    },
    {
      what: 'The test texts of a data set of the paper:',
      command: 'vda attack --model ./runs/mrpc --dataset mrpc --data-dir data --output-dir runs/mrpc/attack',
    },
    {
      what: 'The second of four parts, on any machine:',
      command:
        'vda attack --model ./runs/vda --test-file test.tsv --shard 1/4 --output-dir runs/vda/attack-1',
    },
  ],
};

/** What is wrong about the sources of word similarity. A file of neighbours has no threshold either, but is not read here. */
function similarityProblems(
  { similarity }: { readonly similarity: readonly string[] },
  given: ReadonlySet<string>,
): readonly string[] {
  const hasFile = similarity.some((source) => source !== 'wordnet' && source !== 'none');
  return [
    ...(similarity.length > 1 && similarity.includes('none')
      ? [`--similarity: none stands alone; got ${similarity.join(' ')}.`]
      : []),
    ...(given.has('similarityThreshold') && !hasFile
      ? ['--similarity-threshold has no effect without a file of word vectors in --similarity.']
      : []),
  ];
}
