import type { OriginalFile } from './original-files.ts';

/** Part of a data set: trained on, chosen by, reported on. */
export type Split = 'train' | 'dev' | 'test';

/** One way in which a data set is distributed. */
export interface Original {
  /** Whose files these are, for messages: `GLUE's`. */
  readonly source: string;
  /** Pools of examples, each from files that are read one after the other. */
  readonly pools: Readonly<Record<string, readonly OriginalFile[]>>;
  /** The pool that each split comes from. Splits that share a pool are drawn from it, see `drawSplits`. */
  readonly from: Readonly<Record<Split, string>>;
  /** What stands for something else in its texts: each occurrence of the first becomes the second. */
  readonly escapes?: readonly (readonly [string, string])[];
}

/** A data set that has a name. */
export interface NamedDataset {
  /** What it is, for `vda list`. */
  readonly title: string;
  /** Names of the classes; a file with numbers counts them from 0. */
  readonly labels: readonly string[];
  /** Columns of its files in the plain format (`train.tsv`, …), beside `label`. */
  readonly columns: { readonly text: string; readonly textPair?: string };
  /** Examples in each split. Source: Zhou et al. 2021, Table 1. */
  readonly sizes: Readonly<Record<Split, number>>;
  /** Tokens a text is cut to. Source: the code published with the paper; the paper does not say. */
  readonly maxSeqLength: number;
  /** Test texts that are attacked. Source: Zhou et al. 2021, §5.1.3. */
  readonly attacked: number;
  /** Names its folder may have inside `--data-dir`. */
  readonly folders: readonly string[];
  readonly originals: readonly Original[];
}

const sentiment = ['negative', 'positive'] as const;
const trainAndTest = { train: 'train', dev: 'train', test: 'test' } as const;

/** Character-level ConvNets for text classification (Zhang et al. 2015): class numbers from 1, no header. */
const zhang = (columns: { readonly header: readonly string[]; readonly classes: readonly string[] }) => {
  const file = (path: string): OriginalFile => ({
    kind: 'table',
    path,
    label: 'class index',
    text: columns.header.filter((name) => name !== 'class index'),
    ...columns,
  });
  return { train: [file('train.csv')], test: [file('test.csv')] };
};

/** The same texts as Kaggle gives them out: with a header. */
const kaggleAgFile = (path: string): OriginalFile => ({
  kind: 'table',
  path,
  label: 'Class Index',
  text: ['Title', 'Description'],
  classes: ['1', '2', '3', '4'],
});

const mrpcFile = (path: string): OriginalFile => ({
  kind: 'table',
  path,
  label: 'Quality',
  text: ['#1 String'],
  textPair: '#2 String',
  classes: ['0', '1'],
});

const qnliFile = (path: string): OriginalFile => ({
  kind: 'table',
  path,
  label: 'label',
  text: ['question'],
  textPair: 'sentence',
  classes: ['entailment', 'not_entailment'],
  alsoHas: 'index',
});

/** The six data sets of the paper's tables; a seventh is one more entry. */
export const namedDatasets = {
  mr: {
    title: 'movie-review sentences (Pang and Lee 2005)',
    labels: sentiment,
    columns: { text: 'text' },
    sizes: { train: 8595, dev: 1000, test: 1000 },
    maxSeqLength: 256,
    attacked: 1000,
    folders: ['mr', 'MR', 'rt-polaritydata'],
    originals: [
      {
        source: "the authors'",
        pools: {
          all: [
            { kind: 'lines', path: 'rt-polarity.neg', class: 0 },
            { kind: 'lines', path: 'rt-polarity.pos', class: 1 },
          ],
        },
        from: { train: 'all', dev: 'all', test: 'all' },
      },
      {
        source: "TextFooler's",
        pools: {
          train: [{ kind: 'label-first', path: 'train.txt', classes: ['0', '1'] }],
          test: [{ kind: 'label-first', path: 'test.txt', classes: ['0', '1'] }],
        },
        from: trainAndTest,
      },
    ],
  },
  ag: {
    title: "AG's News, title and description (Zhang et al. 2015)",
    labels: ['World', 'Sports', 'Business', 'Sci/Tech'],
    columns: { text: 'text' },
    sizes: { train: 120_000, dev: 3000, test: 3000 },
    maxSeqLength: 512,
    attacked: 1000,
    folders: ['ag', 'ag_news', 'ag_news_csv'],
    originals: [
      {
        source: "the authors'",
        pools: zhang({ header: ['class index', 'title', 'description'], classes: ['1', '2', '3', '4'] }),
        from: { train: 'train', dev: 'test', test: 'test' },
        escapes: [['\\', ' ']], // a line break lost all but its backslash
      },
      {
        source: "Kaggle's",
        pools: { train: [kaggleAgFile('train.csv')], test: [kaggleAgFile('test.csv')] },
        from: { train: 'train', dev: 'test', test: 'test' },
        escapes: [['\\', ' ']],
      },
    ],
  },
  imdb: {
    title: 'movie reviews (Maas et al. 2011)',
    labels: sentiment,
    columns: { text: 'text' },
    sizes: { train: 25_000, dev: 5000, test: 5000 },
    maxSeqLength: 512,
    attacked: 300,
    folders: ['imdb', 'IMDB', 'aclImdb'],
    originals: [
      {
        source: "the authors'",
        pools: {
          train: [
            { kind: 'folder', path: 'train/neg', class: 0 },
            { kind: 'folder', path: 'train/pos', class: 1 },
          ],
          test: [
            { kind: 'folder', path: 'test/neg', class: 0 },
            { kind: 'folder', path: 'test/pos', class: 1 },
          ],
        },
        from: { train: 'train', dev: 'test', test: 'test' },
        escapes: [['<br />', ' ']],
      },
    ],
  },
  yelp: {
    title: 'Yelp reviews, polarity (Zhang et al. 2015)',
    labels: sentiment,
    columns: { text: 'text' },
    sizes: { train: 25_000, dev: 5000, test: 5000 },
    maxSeqLength: 512,
    attacked: 300,
    folders: ['yelp', 'yelp_polarity', 'yelp_review_polarity_csv'],
    originals: [
      {
        source: "the authors'",
        pools: zhang({ header: ['class index', 'review'], classes: ['1', '2'] }),
        from: { train: 'train', dev: 'test', test: 'test' },
        escapes: [
          ['\\n', ' '],
          ['\\"', '"'],
        ],
      },
    ],
  },
  qnli: {
    title: 'does the sentence answer the question? (SQuAD as in GLUE)',
    labels: ['entailment', 'not_entailment'],
    columns: { text: 'question', textPair: 'sentence' },
    sizes: { train: 100_000, dev: 4743, test: 5463 },
    maxSeqLength: 256,
    attacked: 1000,
    folders: ['qnli', 'QNLI'],
    originals: [
      {
        source: "GLUE's", // whose own test split has no labels
        pools: { train: [qnliFile('train.tsv')], dev: [qnliFile('dev.tsv')] },
        from: { train: 'train', dev: 'train', test: 'dev' },
      },
    ],
  },
  mrpc: {
    title: 'do two sentences say the same? (Dolan and Brockett 2005)',
    labels: ['not_equivalent', 'equivalent'],
    columns: { text: 'sentence1', textPair: 'sentence2' },
    sizes: { train: 3668, dev: 408, test: 1725 },
    maxSeqLength: 256,
    attacked: 1000,
    folders: ['mrpc', 'MRPC'],
    originals: [
      {
        source: "GLUE's", // whose own test split has no labels
        pools: {
          train: [mrpcFile('train.tsv')],
          dev: [mrpcFile('dev.tsv')],
          test: [mrpcFile('msr_paraphrase_test.txt')],
        },
        from: { train: 'train', dev: 'dev', test: 'test' },
      },
      {
        source: "the authors'",
        pools: {
          train: [mrpcFile('msr_paraphrase_train.txt')],
          test: [mrpcFile('msr_paraphrase_test.txt')],
        },
        from: trainAndTest,
      },
    ],
  },
} as const satisfies Record<string, NamedDataset>;

/** Name of a data set, as `--dataset` takes it. */
export type DatasetName = keyof typeof namedDatasets;

/** A line about each data set, by its name. */
export const datasetSummaries = Object.fromEntries(
  Object.entries<NamedDataset>(namedDatasets).map(([name, { title, labels, sizes, maxSeqLength }]) => [
    name,
    `${title}: ${labels.join(', ')}; ${sizes.train} / ${sizes.dev} / ${sizes.test} texts; ${maxSeqLength} tokens`,
  ]),
) as Readonly<Record<DatasetName, string>>;
