import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { parseFlags } from '../../src/cli/args/parse-flags.ts';
import { distinctCells, nameOf } from '../../src/experiments/cells.ts';
import { type CellSources, cellsOf } from '../../src/experiments/grid-cells.ts';
import { readGrid } from '../../src/experiments/grid-file.ts';
import { readVariables } from '../../src/experiments/variables.ts';
import { reproduceSpec } from '../../src/options/reproduce.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const small = {
  title: 'Small',
  model: './model',
  columns: [{ name: 'MR', 'train-file': 'train.tsv', test_file: 'test.tsv' }],
  rows: [{ name: 'BERT' }, { name: 'BERT + VDA', train: { vda: true } }],
};

async function read(grid: object, set: readonly string[] = []) {
  const folder = temporaryFolder();
  const path = join(folder, 'grid.yaml');
  writeFileSync(path, stringify(grid));
  return { folder, path, grid: await readGrid(path, readVariables(set)) };
}

async function cells(
  grid: object,
  set: readonly string[] = [],
  hashSplit: CellSources['hashSplit'] = ({ dataset, split }) => Promise.resolve(`${dataset} ${split}`),
) {
  const found = await read(grid, set);
  return cellsOf(found.grid, {
    ...{ path: 'grid.yaml', candidatesDir: 'candidates' },
    rows: new Set(found.grid.rows.map(({ name }) => name)),
    machine: new Map([['numThreads', 1]]),
    hashFile: async (path) => `file ${path.slice(found.folder.length)}`,
    hashModel: async (name) => `model ${name.slice(found.folder.length)}`,
    hashSplit,
    recipeOf: async () => loadRecipe('bert-attack'),
  });
}

describe('a grid file', () => {
  it('has paths beside it, and those that begin with a variable as given', async () => {
    const columns = [{ name: 'MR', 'train-file': `\${data}/train.tsv`, testFile: 'sub/test.tsv' }];
    const attack = {
      similarity: ['wordnet', 'vectors.txt'],
      'num-examples': `\${n}`,
      antonyms: `\${antonyms:-none}`,
    };
    const mlm = 'bert-base-uncased';
    const { grid, folder } = await read({ ...small, columns, attack, mlm }, ['data=there', 'n=20']);
    expect(grid.model).toBe(join(folder, 'model'));
    expect(grid.mlm).toBe('bert-base-uncased');
    expect(grid.columns[0]).toMatchObject({
      trainFile: 'there/train.tsv',
      testFile: join(folder, 'sub/test.tsv'),
    });
    const similarity = ['wordnet', join(folder, 'vectors.txt')];
    expect(grid.attack).toEqual({ similarity, 'num-examples': 20, antonyms: 'none' });
  });

  it('takes a folder beside it for a model, before the hub', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'tiny'));
    writeFileSync(join(folder, 'grid.json'), JSON.stringify({ ...small, model: 'tiny' }));
    expect((await readGrid(join(folder, 'grid.json'), new Map())).model).toBe(join(folder, 'tiny'));
  });

  it('has the paper’s Perturb in per cent, as it prints it', async () => {
    const rows = [{ name: 'BERT', paper: { MR: { 'att-acc': 0.21, perturb: 20.5 } } }];
    expect((await read({ ...small, rows })).grid.rows[0]!.paper).toEqual({
      MR: { attAcc: 0.21, perturb: 0.205 },
    });
  });

  it.each<[string, object, RegExp]>([
    [
      'an attack under a row',
      { ...small, rows: [{ name: 'BERT', attack: { 'max-candidates': 3 } }] },
      /rows\[0\]: attack is a key of the grid or of a column: every row meets the same attack\./,
    ],
    [
      'a key in two spellings',
      { ...small, columns: [{ ...small.columns[0], 'test-file': 'other.tsv' }] },
      /columns\[0\]: test_file and test-file are the same key; keep one\./,
    ],
    [
      'a number of seeds that no one waits for',
      { ...small, seeds: [...Array(1001).keys()] },
      /seeds: .* at most 1000 entries/,
    ],
    [
      'a product that no one waits for',
      {
        ...small,
        seeds: [...Array(1000).keys()],
        sweep: [{ row: 'BERT', option: 'noise-std', values: [...Array(9).keys()] }],
      },
      /make 11000 cells, more than 10000\. Divide it\./,
    ],
    ['an unknown key', { ...small, sedes: [1] }, /unknown key sedes\. Did you mean seeds\?/],
    [
      'one within a row',
      { ...small, rows: [{ name: 'a', gruop: 'b' }] },
      /rows\[0\]: unknown key gruop\. Did you mean group\?/,
    ],
    ['a wrong type', { ...small, seeds: ['one'] }, /seeds\[0\]: expected a number, got "one"\./],
    ['no title', { ...small, title: undefined }, /title is missing, expected a text\./],
    ['no rows', { ...small, rows: [] }, /rows: expected a list that is not empty/],
    ['a name twice', { ...small, rows: [{ name: 'a' }, { name: 'a' }] }, /rows: a is there twice/],
    [
      'a column that is not there',
      { ...small, rows: [{ name: 'a', paper: { MRR: {} } }] },
      /row a, paper: there is no MRR\. Did you mean MR\?/,
    ],
    [
      'a row that is not there',
      { ...small, rows: [{ name: 'a', against: 'b' }] },
      /row a, against: there is no b\./,
    ],
    [
      'an unknown row to attack',
      { ...small, rows: [{ name: 'a', 'ada-row': 'b' }] },
      /ada-row: there is no b\./,
    ],
    [
      'a row to attack that attacks one',
      {
        ...small,
        rows: [
          { name: 'a', 'ada-row': 'b' },
          { name: 'b', 'ada-row': 'a' },
        ],
      },
      /row a, ada-row: b has an ada-row itself\./,
    ],
    [
      'an accuracy in per cent',
      { ...small, rows: [{ name: 'a', paper: { MR: { oriAcc: 86.8 } } }] },
      /rows\[0\]\.paper\.MR\.oriAcc: expected a number at most 1, got 86\.8/,
    ],
    [
      'a variable without a value',
      { ...small, note: `\${note}`, model: `\${model}` },
      /needs set model=… set note=…/,
    ],
  ])('%s is an error that names it', async (_, grid, message) => {
    await expect(read(grid)).rejects.toThrow(message);
  });

  it.each<[string, string, RegExp]>([
    [
      'an alias that holds itself',
      'title: T\ntrain: &a {vda: *a}',
      /an alias stands for what it is itself a part of/,
    ],
    ['a list that holds itself', '&a [*a]', /an alias stands for what it is itself a part of/],
    ['a nesting without end', '['.repeat(20_000), /nests deeper than 64 levels/],
    ['a variable of any length', `title: \${${'9'.repeat(1e5)}}`, /needs set 9{39}…=…\.$/],
    ['a date', '%YAML 1.1\n---\ntitle: !!timestamp 2001-12-14', /holds a Date/],
    ['a key that stands twice', 'title: T\ntitle: U', /the key "title" is there twice, again on line 2\./],
    ['more text than options have', `title: ${'x'.repeat(2 ** 20)}`, /has 1048583 characters, more than/],
  ])('%s is an error that names the file', async (_, yaml, message) => {
    const path = join(temporaryFolder(), 'grid.yaml');
    writeFileSync(path, yaml);
    const refusal = await readGrid(path, new Map()).catch((thrown: Error) => thrown.message);
    expect(refusal).toMatch(message);
    expect(refusal).toContain(path);
  });

  it('lists a few problems of thousands', async () => {
    const columns = Array.from({ length: 90 }, (_, i) => ({ name: i }));
    const refusal = await read({ ...small, columns }).catch((thrown: Error) => thrown.message);
    expect(refusal).toMatch(/columns\[7\]\.name: expected a text, got 7\.\n {2}- and 82 more\.$/);
  });

  it.each<[readonly string[], RegExp]>([
    [['modle=a'], /has no variable modle/],
    [['model'], /expected name=value, got 'model'/],
    [['a=1', 'a=2'], /a is given twice/],
  ])('--set %j is an error', async (set, message) => {
    await expect(read(small, set)).rejects.toThrow(message);
  });
});

describe('cells of a grid', () => {
  it.each([{ 'ada-examples': 5 }, { vda: true }])(
    'name the masked language model where training asks one: %j',
    async (train) => {
      const rows = [{ name: 'BERT', train }];
      const [cell] = await cells({ ...small, rows, mlm: './mlm' });
      expect(cell!.trainArguments.join(' ')).toMatch(/--mlm \S+\/mlm /);
    },
  );

  it('with a mixture that asks no language model name none, and are known without it', async () => {
    const rows = [{ name: 'mean', train: { vda: true, mixture: 'mean' } }];
    const [cell] = await cells({ ...small, rows, mlm: './mlm' });
    expect(cell!.trainArguments.join(' ')).not.toMatch(/--mlm|--candidates-dir/);
    const [other] = await cells({ ...small, rows, mlm: './other' });
    expect(other!.trainHash).toBe(cell!.trainHash);
    expect(other!.attackHash).not.toBe(cell!.attackHash); // which asks it for words
  });

  it('attack the model of another row, under the same seed', async () => {
    const train = { 'ada-examples': 5 };
    const rows = [{ name: 'ADA', 'ada-row': 'BERT', train }, { name: 'BERT' }, { name: 'iterative', train }];
    const found = await cells({ ...small, rows, seeds: [1, 2] });
    const [ada, bert, iterative] = found;
    expect(found.map(({ place, attacks }) => [place.row, place.seed, attacks?.place.seed])).toEqual([
      ...[
        ['ADA', 1, 1],
        ['BERT', 1, undefined],
        ['iterative', 1, undefined],
      ],
      ...[
        ['ADA', 2, 2],
        ['BERT', 2, undefined],
        ['iterative', 2, undefined],
      ],
    ]);
    expect(ada!.attacks!.trainHash).toBe(bert!.trainHash);
    expect(ada!.trainHash).not.toBe(iterative!.trainHash);
  });

  it('are rows, columns and seeds, with the options of all that they belong to', async () => {
    const found = await cells({
      ...small,
      seeds: [1, 2],
      train: { 'learning-rate': 1e-4, 'num-train-epochs': 5 },
      columns: [{ ...small.columns[0], train: { num_train_epochs: 2 }, attack: { numExamples: 7 } }],
      mlm: './mlm',
    });
    expect(found.map(({ place }) => nameOf(place))).toEqual([
      ...['BERT, MR, seed 1', 'BERT + VDA, MR, seed 1', 'BERT, MR, seed 2', 'BERT + VDA, MR, seed 2'],
    ]);
    const [plain, vda] = found.map(({ trainArguments }) => trainArguments.join(' '));
    expect(plain).toMatch(/--num-train-epochs 2 --learning-rate 0\.0001 .*--seed 1/);
    expect(plain).not.toContain('--mlm'); // vda train refuses an option that would do nothing
    expect(vda).toMatch(/--vda --mlm \S+\/mlm /);
    expect(found[0]!.attackArguments.join(' ')).toMatch(/--mlm \S+\/mlm .*--num-examples 7 --shard 0\/1/);
    expect(new Set(found.map(({ trainHash }) => trainHash)).size).toBe(4);
    expect(new Set(found.map(({ attackHash }) => attackHash)).size).toBe(1);
  });

  it('on a data set by name are known by its texts, not by its folder, which is beside the file', async () => {
    const named = { dataset: 'mrpc', 'data-dir': 'data' };
    const columns = [{ name: 'MRPC', train: named, attack: named }];
    const asked: unknown[] = [];
    const found = async (grid: object, texts = 'the texts of') => {
      const [cell] = await cells({ ...small, rows: [{ name: 'BERT' }], ...grid }, [], async (split) => {
        asked.push(split);
        return `${texts} ${split.split}`;
      });
      return cell!;
    };
    const cell = await found({ columns });
    const dataDir = expect.stringMatching(/^\/.*\/data$/);
    expect(asked).toEqual(['train', 'dev', 'test'].map((split) => ({ dataset: 'mrpc', dataDir, split })));
    expect(cell.trainArguments.join(' ')).toMatch(/--dataset mrpc --data-dir \/\S+\/data /);
    const moved = { ...named, 'data-dir': '/elsewhere' };
    const elsewhere = await found({ columns: [{ name: 'MRPC', train: moved, attack: moved }] });
    expect([elsewhere.trainHash, elsewhere.attackHash]).toEqual([cell.trainHash, cell.attackHash]);
    const other = await found({ columns }, 'other texts of');
    expect(other.trainHash).not.toBe(cell.trainHash);
    expect(other.attackHash).not.toBe(cell.attackHash);
  });

  it('share the point of a sweep that a row is already', async () => {
    const sweep = [{ row: 'BERT + VDA', option: 'noise-std', values: [0.5, 1] }];
    const [, vda, other, same] = await cells({ ...small, sweep }); // 1 is the default
    expect(same!.trainHash).toBe(vda!.trainHash);
    expect(other!.trainHash).not.toBe(vda!.trainHash);
  });

  it('share it where the row has curves too, and attack each epoch once', async () => {
    const rows = [
      { name: 'BERT' },
      { name: 'VDA', curves: true, train: { vda: true } },
      { name: 'same', train: { vda: true } },
    ];
    const sweep = [{ row: 'VDA', option: 'noise-std', values: [0.5, 1] }];
    const found = await cells({ ...small, rows, sweep, seeds: [1, 2] });
    expect(distinctCells(found)).toHaveLength(2 * 3); // BERT, VDA and the other point of the sweep
    const [, vda, same, other, point] = found;
    expect([same!.trainHash, point!.trainHash]).toEqual([vda!.trainHash, vda!.trainHash]);
    expect([vda, same, other, point].map((cell) => cell!.curves)).toEqual([true, true, false, true]);
    expect(point!.trainArguments).toEqual(vda!.trainArguments);
  });

  it('say of thousands of wrong options which is the first, once a row', async () => {
    const attack = Object.fromEntries([...Array(2000).keys()].map((i) => [`option ${i}`, i]));
    const refusal = await cells({ ...small, attack }).catch((thrown: Error) => thrown.message);
    expect(refusal).toMatch(
      /row BERT, column MR: vda attack: unknown key option 0 in attack of the grid\..* \(and \d+ more\)/,
    );
    expect((refusal as string).length).toBeLessThan(600);
  });

  const last = (train: object, more: object = {}) => ({
    ...small,
    rows: [{ name: 'BERT' }, { name: 'last', train, ...more }],
  });
  it.each<[string, object, RegExp]>([
    [
      'an unknown option',
      last({ vdaa: true }),
      /grid\.yaml: row last, column MR: vda train: unknown key vdaa in train of row last\. Did you mean vda\?/,
    ],
    [
      'a value out of range',
      last({ vda: true, lambda: -1 }),
      /row last, column MR: .*--lambda: expected a number at least 0, got -1/,
    ],
    [
      'an option without effect',
      last({ 'top-k': 3 }),
      /row last, column MR: .*--top-k has no effect without --vda/,
    ],
    [
      'an option of the grid itself',
      last({ seed: 3 }),
      /seed in train of row last: this is for the key seeds of the grid to say/,
    ],
    [
      'a file that all cells would write',
      { ...small, attack: { 'log-to-csv': 'log.csv' } },
      /log-to-csv in attack of the grid: this is for vda attack itself to say/,
    ],
    [
      'curves without checkpoints',
      last({ 'save-strategy': 'no' }, { curves: true }),
      /curves need a checkpoint of every epoch/,
    ],
    [
      'a wrong option of the attack',
      { ...small, attack: { 'max-candidats': 3 } },
      /unknown key max-candidats in attack of the grid\. Did you mean maxCandidates\?/,
    ],
    ['a data set without texts', { ...small, columns: [{ name: 'MR' }] }, /--train-file is required/],
    [
      'a row to attack without texts',
      { ...small, rows: [{ name: 'BERT' }, { name: 'ADA', 'ada-row': 'BERT' }] },
      /row ADA, column MR: ada-row needs ada-examples/,
    ],
  ])('%s is an error before anything is read', async (_, grid, message) => {
    await expect(cells(grid)).rejects.toThrow(message);
  });
});

describe('recipes', () => {
  const folder = join(import.meta.dirname, '../../recipes');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  test.each(names)('%s does what its first line says, with sound cells and nothing outside', async (name) => {
    const path = join(folder, name);
    const [, line] = /^# vda reproduce (.*)\n/.exec(readFileSync(path, 'utf8'))!;
    const { options } = resolveOptions(reproduceSpec, {
      flags: parseFlags(reproduceSpec, line!.split(' ')).values,
    });
    expect(options.grid).toBe(`recipes/${name}`);
    const grid = await readGrid(path, readVariables(options.set ?? []));
    const asked = new Set<string>();
    const ask = async (one: string) => {
      asked.add(one);
      return one;
    };
    const rows = new Set(grid.rows.map((row) => row.name));
    const found = await cellsOf(grid, {
      ...{ path, rows, candidatesDir: 'candidates', machine: new Map() },
      ...{ hashFile: ask, hashModel: ask, hashSplit: ({ dataset }) => ask(dataset) },
      recipeOf: async () => loadRecipe('bert-attack'),
    });
    expect(found.length).toBeGreaterThan(5);
    const models = ['MODEL', 'distilroberta-base', 'bert-base-uncased', 'roberta-large'];
    const files = ['train', 'dev', 'test'].flatMap((part) => [`FOLDER/${part}.tsv`, `FOLDER/${part}.csv`]);
    expect([...asked].filter((one) => !models.includes(one) && !files.includes(one))).toEqual([]);
  });
});
