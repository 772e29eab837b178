import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DatasetName, type NamedDataset, namedDatasets, type Split } from '../../src/data/datasets.ts';
import { drawExamples } from '../../src/data/draw-examples.ts';
import { openNamedDataset } from '../../src/data/named-dataset.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const splits = ['train', 'dev', 'test'] as const;

/** The examples of all splits of a folder as `class text` or `class text / second text`. */
function read(name: DatasetName, dataDir: string) {
  const open = openNamedDataset(name, { dataDir });
  const lines = (split: Split) =>
    open(split).examples.map(({ label, text, textPair }) =>
      textPair === undefined ? `${label} ${text}` : `${label} ${text} / ${textPair}`,
    );
  return { open, train: lines('train'), dev: lines('dev'), test: lines('test') };
}

const numbered = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');

/** Each original distribution in small, and all examples in it. */
const originals: readonly {
  readonly name: DatasetName;
  readonly of: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly examples: readonly string[];
}[] = [
  {
    name: 'mr',
    of: 'its authors (Latin-1)',
    files: {
      'rt-polarity.neg': Buffer.from(
        numbered(12, (i) => `a clich\u00e9 number ${i} `),
        'latin1',
      ),
      'rt-polarity.pos': Buffer.from(
        numbered(12, (i) => `charming number ${i}`),
        'latin1',
      ),
    },
    examples: [0, 1].flatMap((label) =>
      Array.from({ length: 12 }, (_, i) => `${label} ${label === 0 ? 'a cliché' : 'charming'} number ${i}`),
    ),
  },
  {
    name: 'mr',
    of: 'TextFooler',
    files: {
      'mr/train.txt': numbered(12, (i) => `${i % 2} film ${i}`),
      'mr/test.txt': numbered(4, (i) => `${i % 2} last ${i}`),
    },
    examples: [
      ...Array.from({ length: 12 }, (_, i) => `${i % 2} film ${i}`),
      ...Array.from({ length: 4 }, (_, i) => `${i % 2} last ${i}`),
    ],
  },
  {
    name: 'ag',
    of: 'its authors',
    files: {
      'ag_news_csv/train.csv': numbered(8, (i) => `"${(i % 4) + 1}","Title ${i}","Said ""yes"",\\then left"`),
      'ag_news_csv/test.csv': numbered(8, (i) => `"${(i % 4) + 1}","Late ${i}","None"`),
    },
    examples: [
      ...Array.from({ length: 8 }, (_, i) => `${i % 4} Title ${i} Said "yes", then left`),
      ...Array.from({ length: 8 }, (_, i) => `${i % 4} Late ${i} None`),
    ],
  },
  {
    name: 'ag',
    of: 'Kaggle, with a header',
    files: {
      'ag_news/train.csv': `Class Index,Title,Description\n${numbered(8, (i) => `${(i % 4) + 1},Title ${i},"Said ""yes"",\\then left"`)}`,
      'ag_news/test.csv': `"Class Index","Title","Description"\n${numbered(8, (i) => `${(i % 4) + 1},Late ${i},None`)}`,
    },
    examples: [
      ...Array.from({ length: 8 }, (_, i) => `${i % 4} Title ${i} Said "yes", then left`),
      ...Array.from({ length: 8 }, (_, i) => `${i % 4} Late ${i} None`),
    ],
  },
  {
    name: 'imdb',
    of: 'its authors',
    files: Object.fromEntries(
      ['train', 'test'].flatMap((split) =>
        ['neg', 'pos'].flatMap((label) =>
          [2, 10, 1].map((i) => [`aclImdb/${split}/${label}/${i}_7.txt`, `${split} ${label}<br />${i}`]),
        ),
      ),
    ),
    examples: ['train', 'test'].flatMap((split) =>
      ['neg', 'pos'].flatMap((label, c) => [1, 2, 10].map((i) => `${c} ${split} ${label} ${i}`)),
    ),
  },
  {
    name: 'yelp',
    of: 'its authors',
    files: {
      'train.csv': numbered(6, (i) => `"${(i % 2) + 1}","Meal ${i}\\nwas \\""fine\\"""`),
      'test.csv': numbered(6, (i) => `"${(i % 2) + 1}","Bar ${i}"`),
    },
    examples: [
      ...Array.from({ length: 6 }, (_, i) => `${i % 2} Meal ${i} was "fine"`),
      ...Array.from({ length: 6 }, (_, i) => `${i % 2} Bar ${i}`),
    ],
  },
  {
    name: 'qnli',
    of: 'GLUE, whose test split has no labels',
    files: {
      'QNLI/train.tsv': `index\tquestion\tsentence\tlabel\n${numbered(30, (i) => `${i}\twhy ${i}?\t"so\t${i % 2 ? 'not_entailment' : 'entailment'}`)}`,
      'QNLI/dev.tsv': `index\tquestion\tsentence\tlabel\n${numbered(3, (i) => `${i}\twho ${i}?\tme\tentailment`)}`,
      'QNLI/test.tsv': 'index\tquestion\tsentence\n0\twhat?\tno label\n',
    },
    examples: [
      ...Array.from({ length: 30 }, (_, i) => `${i % 2} why ${i}? / "so`),
      ...Array.from({ length: 3 }, (_, i) => `0 who ${i}? / me`),
    ],
  },
  ...(['GLUE', 'its authors'] as const).map((of) => {
    const header = 'Quality\t#1 ID\t#2 ID\t#1 String\t#2 String';
    const file = (count: number, what: string) =>
      `\uFEFF${header}\r\n${numbered(count, (i) => `${i % 2}\t1\t2\t${what} "${i}\tthe same\r`)}`;
    const of12 = Array.from({ length: 12 }, (_, i) => `${i % 2} old "${i} / the same`);
    const of3 = Array.from({ length: 3 }, (_, i) => `${i % 2} new "${i} / the same`);
    const glue = {
      'MRPC/train.tsv': file(12, 'old'),
      'MRPC/dev.tsv': file(3, 'new'),
      'MRPC/test.tsv': 'index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\ta\tb\n',
      'MRPC/msr_paraphrase_test.txt': file(3, 'new'),
    };
    const authors = {
      'MRPC/msr_paraphrase_train.txt': file(12, 'old'),
      'MRPC/msr_paraphrase_test.txt': file(3, 'new'),
    };
    return {
      name: 'mrpc' as const,
      of,
      files: of === 'GLUE' ? glue : authors,
      examples: of === 'GLUE' ? [...of12, ...of3, ...of3] : [...of12, ...of3],
    };
  }),
];

describe('openNamedDataset on an original distribution', () => {
  it.each(originals)('reads $name as of $of, each example once', ({ name, files, examples }) => {
    const { open, train, dev, test } = read(name, folderOf(files));
    expect([...train, ...dev, ...test].sort()).toEqual([...examples].sort());
    expect(Math.min(train.length, dev.length, test.length)).toBeGreaterThan(0);
    const { labels, columns } = namedDatasets[name] as NamedDataset;
    for (const split of splits) {
      const data = open(split);
      expect(data.labels).toEqual(labels);
      expect(data.columns).toEqual({ ...columns, label: 'label' });
      expect(data.examples.map(({ id }) => id)).toEqual(data.examples.map((_, i) => i));
      expect(data.warnings.join(' ')).toMatch(/in Table 1 of the VDA paper it has \d+/);
    }
    expect(new Set(splits.map((split) => open(split).sha256)).size).toBeGreaterThan(name === 'mrpc' ? 1 : 2);
  });

  it('draws the splits that an original does not have, says so, and draws the same again', () => {
    const { files } = originals[0]!;
    const [once, again] = [read('mr', folderOf(files)), read('mr', folderOf(files))];
    expect([once.dev, once.test]).toEqual([again.dev, again.test]);
    expect(once.open('dev').warnings[0]).toMatch(/dev is \d+ of 24 examples, drawn by a fixed shuffle/);
  });

  it('keeps the order drawn, each class by its share in any first part, of files sorted by class', () => {
    const files = Object.fromEntries(
      ['neg', 'pos'].flatMap((label) =>
        Array.from({ length: 400 }, (_, i) => [`aclImdb/test/${label}/${i}_1.txt`, `${label} ${i}`]),
      ),
    );
    const test = openNamedDataset('imdb', { dataDir: folderOf(files) })('test');
    expect(test.drawn).toBe(true);
    expect(test.examples).toHaveLength(400); // of 800; the other half is dev
    const positives = (count: number) =>
      test.examples.slice(0, count).filter(({ label }) => label === 1).length;
    expect(Math.abs(positives(300) - 150)).toBeLessThanOrEqual(15);
    for (const count of [2, 10, 300]) {
      expect(Math.abs(positives(count) - (count * positives(400)) / 400)).toBeLessThanOrEqual(0.5);
      expect(drawExamples(test, { count })).toEqual(test.examples.slice(0, count));
    }
    const numbers = test.examples.map(({ text }) => Number(text.split(' ')[1]));
    expect(numbers).not.toEqual([...numbers].sort((a, b) => a - b));
  });

  it('leaves a split that has a pool to itself in the order of its files, which is no draw', () => {
    const { files } = originals.find(({ of }) => of === 'TextFooler')!;
    const test = openNamedDataset('mr', { dataDir: folderOf(files) })('test');
    expect(test.drawn).toBeUndefined();
    expect(test.examples.map(({ text }) => text)).toEqual(['last 0', 'last 1', 'last 2', 'last 3']);
  });

  it('reads files of its documented encoding that someone converted to UTF-8', () => {
    const dataDir = folderOf({
      'rt-polarity.neg': numbered(12, (i) => `très cliché ${i}`),
      'rt-polarity.pos': Buffer.from(
        numbered(12, (i) => `caf\u00e9 ${i}`),
        'latin1',
      ),
    });
    const { train, dev, test } = read('mr', dataDir);
    const words = new Set([...train, ...dev, ...test].map((line) => line.replace(/ \d+$/, '')));
    expect(words).toEqual(new Set(['0 très cliché', '1 café']));
  });

  it('passes over files that macOS adds to a folder, whose names begin with a dot', () => {
    const { files, examples } = originals.find(({ name }) => name === 'imdb')!;
    const added = {
      'aclImdb/train/neg/._1_7.txt': Buffer.of(0, 5, 22, 7, 255, 254),
      'aclImdb/train/.DS_Store': 'x',
    };
    const { train, dev, test } = read('imdb', folderOf({ ...files, ...added }));
    expect([...train, ...dev, ...test].sort()).toEqual([...examples].sort());
  });

  it('names the file and line of a label that is none of the classes', () => {
    const dataDir = folderOf({ 'train.csv': '"1","a"\n"3","b"\n', 'test.csv': '"1","a"\n' });
    expect(() => openNamedDataset('yelp', { dataDir })('train')).toThrow(
      /train\.csv, line 2: expected a label of 1, 2, got "3"/,
    );
  });
});

describe('openNamedDataset on plain files', () => {
  const rows = ['good\t1', 'bad\t0'];
  const table = `text\tlabel\n${rows.map((row) => `${row}\n`).join('')}`;

  it.each<[string, string | Uint8Array]>([
    ['test.tsv', table],
    ['mr/test.tsv', table],
    ['mr/test.csv', 'label,text\n1,good\n0,bad\n'],
    ['test.jsonl.gz', gzipSync('{"label":1,"text":"good"}\n{"label":0,"text":"bad"}\n')],
    ['MR/test.jsonl', '{"label":"positive","text":"good"}\n{"label":"negative","text":"bad"}\n'],
  ])('reads %s', (path, content) => {
    const dataDir = folderOf({ [path]: content });
    const { examples, labels } = openNamedDataset('mr', { dataDir })('test');
    expect(labels).toEqual(['negative', 'positive']);
    expect(examples.map(({ text, label }) => `${label} ${text}`)).toEqual(['1 good', '0 bad']);
  });

  it('reads pairs, and needs no split but the one asked for', () => {
    const dataDir = folderOf({ 'qnli/dev.tsv': 'label\tquestion\tsentence\nentailment\twho?\tme\n' });
    const open = openNamedDataset('qnli', { dataDir });
    expect(open('dev').examples).toEqual([{ id: 0, text: 'who?', textPair: 'me', label: 0 }]);
    expect(() => open('test')).toThrow(/no test texts/);
  });

  it('names what it looked for where nothing is found', () => {
    const dataDir = folderOf({});
    expect(() => openNamedDataset('mr', { dataDir })('dev')).toThrow(
      `Data set mr: no dev texts in ${dataDir}, nor in ${join(dataDir, 'mr')}, ${join(dataDir, 'MR')}`,
    );
    expect(() => openNamedDataset('mr', { dataDir })('dev')).toThrow(
      /dev\.tsv, \.csv or \.jsonl \(each also \.gz\) with the columns label, text; or the authors' rt-polarity\.neg and/,
    );
  });

  it('says of a file with other columns what they are', () => {
    const dataDir = folderOf({ 'test.tsv': 'index\t#1 String\t#2 String\n0\ta\tb\n' });
    expect(() => openNamedDataset('mrpc', { dataDir })('test')).toThrow(
      /msr_paraphrase_test\.txt.*test\.tsv has no column "label".*"#1 String"/,
    );
  });
});
