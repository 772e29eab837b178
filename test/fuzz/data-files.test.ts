import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { maySubstitute } from '../../src/attacks/constraints/constraint.ts';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { openNamedDataset } from '../../src/data/named-dataset.ts';
import { openTexts } from '../../src/data/open-texts.ts';
import { readDocuments } from '../../src/data/text-lines.ts';
import { loadMeaning } from '../../src/runs/lexica/load-constraints.ts';
import { collect } from '../data/files.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { inherited, mutatedBytes, mutatedJson } from './mutate-json.ts';

const folder = fuzzFolder();

const cell = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('good film', 'a', '0', '1', '-1', '2.5', '', ' ', 'NaN', 'label', 'text'),
  },
  { weight: 2, arbitrary: fc.constantFrom(...inherited) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '"',
      '""',
      'a"b',
      ',',
      '\t',
      ';',
      '|',
      '\r',
      '\u0000',
      '\ufeff',
      '\u2028',
      '\ud800',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 5, unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x'.repeat(20_000), 'a,'.repeat(5000), '"'.repeat(9999), '\t'.repeat(9999)),
  },
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('text', 'label', 'sentence1', 'sentence2', 'idx', '') },
  { weight: 2, arbitrary: fc.constantFrom(...inherited) },
  { weight: 1, arbitrary: cell },
);

/** A table by its separator, mostly well formed. */
const table = (separator: string) =>
  fc
    .record({
      header: fc.oneof(
        { weight: 3, arbitrary: fc.constant(['text', 'label']) },
        { weight: 2, arbitrary: fc.array(name, { maxLength: 5 }) },
      ),
      rows: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.array(fc.tuple(fc.constantFrom('good', 'bad'), fc.constantFrom('0', '1')), {
            maxLength: 5,
          }),
        },
        { weight: 2, arbitrary: fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 6 }) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom(1000)
            .map((n) => Array.from({ length: n }, (_, i) => [`text ${i}`, `label ${i}`])),
        },
      ),
      quoted: fc.boolean(),
      end: fc.constantFrom('\n', '\n', '\r\n', '\r'),
    })
    .map(({ header, rows, quoted, end }) => {
      const field = (one: string) => (quoted ? `"${one.replaceAll('"', '""')}"` : one);
      const records: readonly (readonly string[])[] = [header, ...rows];
      return records.map((row) => row.map(field).join(separator)).join(end);
    });

const jsonLines = fc
  .array(mutatedJson({ text: 'good', label: 1, idx: 0, more: ['a'] }), { minLength: 1, maxLength: 4 })
  .map((lines) => lines.join('\n'));

/** The same text as other programs write it, whole or cut. */
const encodings: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
  (text) => Buffer.from(text, 'latin1'),
  (text) => gzipSync(text),
  (text) => gzipSync(text).subarray(0, -9),
  (text) => Buffer.concat([gzipSync(text), Buffer.from('rest')]),
];

const encoded = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.constantFrom(...encodings)).map(([one, encode]) => encode(one));

const files = fc.oneof(
  fc.record({ ending: fc.constantFrom('tsv', 'tsv.gz', 'txt'), bytes: encoded(table('\t')) }),
  fc.record({ ending: fc.constantFrom('csv', 'csv.gz'), bytes: encoded(table(',')) }),
  fc.record({ ending: fc.constantFrom('csv', 'tsv'), bytes: encoded(table(';')) }),
  fc.record({ ending: fc.constantFrom('jsonl', 'json', 'jsonl.gz'), bytes: encoded(jsonLines) }),
  fc.record({
    ending: fc.constantFrom('tsv', 'csv', 'jsonl', 'tsv.gz'),
    bytes: mutatedBytes(Buffer.from('text\tlabel\ngood\t1\nbad\t0\n')),
  }),
  fc.record({
    ending: fc.constant('tsv.gz'),
    bytes: mutatedBytes(gzipSync('text\tlabel\ngood\t1\nbad\t0\n')),
  }),
);

const pathOf = (ending: string) => join(folder, `file.${ending}`);
const paths = ['file.'].map((file) => join(folder, file));

fuzz('labelled texts are read or refused, whatever is in the file', {
  cases: fc.record({
    file: files,
    options: fc.constantFrom(
      ...[{}, {}, {}, {}, { requireClasses: 2 }, { labels: ['0', '1'] }, { textColumn: 'toString' }],
      ...[
        { labelColumn: '__proto__' },
        { header: ['label', 'text'] },
        { textColumn: 'text', labelColumn: 'label' },
      ],
    ),
  }),
  paths,
  read: ({ file: { ending, bytes }, options }) => {
    writeFileSync(pathOf(ending), bytes);
    for (const { text, label } of loadDataset(pathOf(ending), options).examples) {
      if (typeof text !== 'string' || !Number.isInteger(label)) throw new Error('no text');
    }
  },
});

fuzz('texts without labels are read or refused, whatever is in the file', {
  cases: files,
  paths,
  read: async ({ ending, bytes }) => {
    writeFileSync(pathOf(ending), bytes);
    const read = async (pieceSize: number) => {
      const texts = await openTexts(pathOf(ending), { pieceSize });
      const all = (await collect(texts.read())).flat();
      if (all.some(({ text }) => typeof text !== 'string')) throw new Error('no text');
      if (all.length !== texts.count) throw new Error('another number of texts');
      return JSON.stringify({ ...texts, all });
    };
    const whole = await read(2 ** 22);
    if ((await read(1)) !== whole) throw new Error('pieces change what is read');
  },
});

fuzz('documents are read or refused, whatever is in the file', {
  cases: files,
  paths,
  read: async ({ ending, bytes }) => {
    writeFileSync(pathOf(ending), bytes);
    for await (const document of readDocuments(pathOf(ending))) document.join();
  },
});

/** A file of each layout, with the data set that has it. */
const layouts = [
  ['mr', 'rt-polarity.neg', 'bad film\n'],
  ['mr', 'train.txt', '1 good\n0 bad\n'],
  ['ag', 'train.csv', '"1","a","b"\n"4","c","d"\n'],
  ['mrpc', 'msr_paraphrase_train.txt', 'Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta\tb\n'],
  ['qnli', 'train.tsv', 'index\tquestion\tsentence\tlabel\n0\ta\tb\tentailment\n'],
  ['imdb', 'train.tsv', 'label\ttext\n1\tgood\n0\tbad\n'],
] as const;

const named = fuzzFolder();
fuzz('original files of named data sets are read or refused, whatever is in them', {
  cases: fc.constantFrom(...layouts).chain(([dataset, file, valid]) =>
    fc.record({
      dataset: fc.constant(dataset),
      file: fc.constant(file),
      bytes: fc.oneof(
        encoded(fc.constant(valid)),
        mutatedBytes(Buffer.from(valid)),
        encoded(table(file.endsWith('csv') ? ',' : '\t')),
        encoded(fc.constantFrom(...layouts.map(([, , other]) => other))),
      ),
    }),
  ),
  paths: [named],
  read: ({ file, dataset, bytes }) => {
    rmSync(named, { recursive: true, force: true });
    mkdirSync(named);
    writeFileSync(join(named, file), bytes);
    writeFileSync(join(named, 'rt-polarity.pos'), 'good film\n');
    openNamedDataset(dataset, { dataDir: named })('train');
  },
});

fuzz('files of word pairs and of neighbours are read or refused, whatever is in them', {
  cases: fc.record({
    bytes: fc.oneof(
      encoded(mutatedJson({ good: ['fine', 'nice'], bad: ['poor'] })),
      mutatedBytes(Buffer.from('good 0.1 0.2 0.3\nbad 0.3 0.2 0.1\n')),
      encoded(
        fc.constantFrom(
          'good bad\nen_up en_down\n',
          `a ${'0.1 '.repeat(200_000)}`,
          `${'w'.repeat(100_000)} 1\n`,
        ),
      ),
    ),
    pairs: fc.boolean(),
  }),
  paths,
  read: ({ bytes, pairs }) => {
    writeFileSync(pathOf('words'), bytes);
    const rules = loadMeaning({
      similarity: [pairs ? 'none' : pathOf('words')],
      ...{ similarityThreshold: 0.7, antonyms: pairs ? pathOf('words') : 'none', stopWords: new Set() },
    });
    for (const word of [...inherited, 'good', 'bad']) maySubstitute(rules, [word, 'fine']);
  },
});
