import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readConfigFile } from '../../src/cli/args/config-file.ts';
import { cellsOf } from '../../src/experiments/grid-cells.ts';
import { readGrid } from '../../src/experiments/grid-file.ts';
import { attackSpec } from '../../src/options/attack.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import type { CommandSpec } from '../../src/options/spec.ts';
import { trainSpec } from '../../src/options/train.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { mutatedBytes, mutatedJson } from './mutate-json.ts';

const folder = fuzzFolder();
const recipe = loadRecipe('bert-attack');

const grid = {
  title: 'T',
  note: `tiny: \${size:-two} layers`,
  model: `\${model:-m}`,
  train: { 'num-train-epochs': 1, learning_rate: 3e-5 },
  attack: { maxCandidates: 8, numExamples: 2 },
  seeds: [1, 2],
  columns: [{ name: 'MR', 'train-file': 'a.tsv', 'validation-file': 'a.tsv', 'test-file': 'a.tsv' }],
  rows: [
    { name: 'BERT', group: 'g', paper: { MR: { oriAcc: 0.9, attAcc: 0.1 } } },
    { name: 'PGD', group: 'g', against: 'BERT', train: { strategy: 'rdrop' }, curves: false },
  ],
  sweep: [{ row: 'PGD', option: 'learning-rate', values: [1e-5, 2e-5] }],
};
const options = {
  train_file: 'a.tsv',
  'output-dir': 'out',
  model: 'm',
  learningRate: 1e-5,
  labels: ['a', 'b'],
  vda: false,
};

/** YAML that JSON cannot say: aliases, tags, several documents, blocks. */
const yamlOnly = fc.constantFrom(
  '&a [*a]',
  'train: &a {b: *a}',
  'title: &t T\nmodel: *t\nrows: &r\n  - {name: x, train: *r}',
  'a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]',
  '%YAML 1.1\n---\na: !!timestamp 2001-12-14\n',
  '%YAML 1.1\n---\n<<: *x\n',
  '? [a, b]\n: c\n',
  '? {a: 1}\n: c\n',
  'a: 1\n---\nb: 2\n',
  'a: |\n  text\n b: c',
  '!!js/function "x"',
  'title: .nan\nseeds: [.inf]\n',
  `${'['.repeat(5000)}`,
  `${'- '.repeat(5000)}x`,
  `title: ${`\${a:-`.repeat(20_000)}`,
  `title: \${${'9'.repeat(100_000)}x}`,
  `${'a-'.repeat(100_000)}: 1`,
  `${'-'.repeat(100_000)}: 1`,
  Array.from({ length: 10_000 }, (_, i) => `key${i}: 1`).join('\n'),
);

/** File contents by the ending of its name. */
const written = (valid: object) =>
  fc.oneof(
    { weight: 4, arbitrary: mutatedJson(valid).map((text) => ({ text, ending: 'json' })) },
    // JSON is YAML, but for what only one of them refuses.
    { weight: 2, arbitrary: mutatedJson(valid).map((text) => ({ text, ending: 'yaml' })) },
    {
      weight: 1,
      arbitrary: mutatedBytes(Buffer.from(stringify(valid))).map((text) => ({ text, ending: 'yml' })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(yamlOnly, fc.boolean())
        .map(([more, alone]) => ({ text: alone ? more : `${stringify(valid)}${more}`, ending: 'yaml' })),
    },
  );

const pathOf = (ending: string) => join(folder, `file.${ending}`);
const paths = ['json', 'yaml', 'yml'].map(pathOf);

fuzz('grids are read and their cells worked out or refused, whatever is in them', {
  cases: written(grid),
  paths,
  read: async ({ text, ending }) => {
    writeFileSync(pathOf(ending), text);
    const read = await readGrid(pathOf(ending), new Map());
    await cellsOf(read, {
      path: pathOf(ending),
      machine: new Map(),
      candidatesDir: 'candidates',
      rows: new Set(read.rows.map(({ name }) => name)),
      hashFile: async (path) => path,
      hashModel: async (name) => name,
      hashSplit: async ({ dataset }) => dataset,
      recipeOf: async () => recipe,
    });
  },
});

fuzz('files of options are read and resolved or refused, whatever is in them', {
  cases: written(options),
  paths,
  read: async ({ text, ending }) => {
    writeFileSync(pathOf(ending), text);
    const spec = trainSpec as CommandSpec;
    const configPath = pathOf(ending);
    const config = await readConfigFile(spec, configPath);
    resolveOptions(spec, { flags: new Map(), config, configPath });
  },
});

fuzz('files of an attack are read or refused, whatever is in them', {
  cases: written({ max_candidates: 8, model: 'm', mlm: 'm', 'test-file': 'a.tsv', outputDir: 'out' }),
  paths,
  read: async ({ text, ending }) => {
    writeFileSync(pathOf(ending), text);
    const config = await readConfigFile(attackSpec as CommandSpec, pathOf(ending));
    resolveOptions(attackSpec as CommandSpec, { flags: new Map(), config, configPath: pathOf(ending) });
  },
});
