import { z } from 'zod';
import { argument } from '../base/error.ts';
import { columnOptions, dataFormats, path, readingMaxSeqLength } from './data.ts';
import { device, numThreads } from './model.ts';
import { type CommandSpec, choice, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

/** Where the words of variants come from. */
export const augmentations = {
  synonyms: 'words replaced by WordNet synonyms, but not by opposites (as PWWS)',
  misspellings: 'words misspelt by one letter (as DeepWordBug)',
  'masked-lm': 'words replaced by proposals of a masked language model that WordNet relates (as BERT-Attack)',
  adversarial: 'texts that fooled a model, from the results of vda attack on the file',
} as const;

const group = 'Augmentation';

const schema = z.strictObject({
  inputFile: option(path(), {
    description: `Labelled texts: ${dataFormats}.`,
    group: 'Data',
    value: 'FILE',
    knownAs: ['input-csv', 'train-file', 'data-file'],
  }),
  ...columnOptions,
  method: option(choice(augmentations), {
    description: `What the variants are: ${Object.entries(augmentations)
      .map(([name, said]) => `${name}, ${said}`)
      .join('; ')}.`,
    group,
    knownAs: ['augmenter', 'recipe'],
  }),
  mlm: option(path().optional(), {
    description: 'Masked language model that proposes words. Required with --method masked-lm.',
    group,
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  results: option(z.array(path()).min(1).optional(), {
    description: 'results.jsonl of attacks on the texts. Required with --method adversarial.',
    group,
    value: 'FILE',
  }),
  pctWordsToSwap: option(z.number().gt(0).max(1).default(0.1), {
    description: "Proportion of a text's words that are replaced, one at least. The default is TextAttack's.",
    group,
  }),
  transformationsPerExample: option(z.int().min(1).max(1000).default(1), {
    description: "Variants to make of each text. The default is TextAttack's.",
    group,
    unit: 'variants',
  }),
  excludeOriginal: option(z.boolean().default(false), {
    description: 'Write the variants alone, without the texts that they were made of.',
    group,
  }),
  seed: option(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(42),
    { description: 'Seed of the words and of what comes in their place.', group },
  ),
  maxSeqLength: readingMaxSeqLength,
  outputFile: option(path(), {
    description: 'The file to write, .tsv or .jsonl, with the columns of the input.',
    group: 'Output',
    value: 'DATA-FILE',
    knownAs: ['output-csv', 'output'],
  }),
  device,
  numThreads,
});

/** Options that only some methods read. */
const readBy: Readonly<Record<string, readonly (keyof typeof augmentations)[]>> = {
  mlm: ['masked-lm'],
  maxSeqLength: ['masked-lm'],
  device: ['masked-lm'],
  numThreads: ['masked-lm'],
  results: ['adversarial'],
  pctWordsToSwap: ['synonyms', 'misspellings', 'masked-lm'],
  transformationsPerExample: ['synonyms', 'misspellings', 'masked-lm'],
  seed: ['synonyms', 'misspellings', 'masked-lm'],
};

/** `vda augment`: options and help. */
export const augmentSpec: CommandSpec<typeof schema> = {
  name: 'augment',
  summary: summaries.augment,
  schema,
  examples: [
    {
      what: 'Two variants of each text with a fifth of the words replaced by synonyms, beside the originals:',
      command:
        'vda augment --input-file train.tsv --method synonyms --pct-words-to-swap 0.2 --transformations-per-example 2 --output-file train-augmented.tsv',
    },
    {
      what: 'The texts that fooled a model, alone:',
      command:
        'vda augment --input-file train.tsv --method adversarial --results runs/plain/attack/results.jsonl --exclude-original --output-file adversarial.tsv',
    },
  ],
  check(options, given) {
    const { method } = options;
    const needed = { 'masked-lm': 'mlm', adversarial: 'results' } as const;
    const key = method === 'masked-lm' || method === 'adversarial' ? needed[method] : undefined;
    const problems = [
      ...Object.entries(readBy)
        .filter(([name, methods]) => given.has(name) && !methods.includes(method))
        .map(([name]) => `${argument(name)} has no effect with ${argument('method')} ${method}.`),
      ...(key !== undefined && options[key] === undefined
        ? [`${argument(key)} is required with ${argument('method')} ${method}.`]
        : []),
    ];
    if (problems.length > 0) throw usageError('augment', problems);
  },
};
