import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { startFakeHub } from '../pretrained/fake-hub.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { bundleCli, startCli } from './child-cli.ts';
import { memoryIo } from './memory-io.ts';
import { trainingTable } from './tiny-training.ts';

let cli: Awaited<ReturnType<typeof bundleCli>>;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli.remove());

/** A grid of plain training and VDA on twelve texts, two of which are attacked. */
function tinyGrid(more: object = {}) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'model'));
  writeWholeModel(join(folder, 'model'));
  writeFileSync(join(folder, 'texts.tsv'), trainingTable);
  const grid = {
    title: 'Tiny',
    note: 'Nothing is learnt here.',
    model: './model',
    train: { 'learning-rate': 1e-3, 'num-train-epochs': 2, 'per-device-train-batch-size': 4 },
    attack: { 'num-examples': 2, similarity: ['none'], antonyms: 'none', 'stop-words': 'none' },
    seeds: [1],
    columns: [{ name: 'Texts', 'train-file': 'texts.tsv', 'test-file': 'texts.tsv' }],
    rows: [
      { name: 'BERT', group: 'BERT', paper: { Texts: { 'att-acc': 0.21 } } },
      { name: 'BERT + VDA', group: 'BERT', train: { vda: true, 'top-k': 8 } },
    ],
    ...more,
  };
  const path = join(folder, 'grid.yaml');
  writeFileSync(path, stringify(grid));
  /** The arguments that write into `folder/<name>`. */
  const argv = (name: string, ...others: readonly string[]): string[] => [
    ...['reproduce', path, '--num-threads', '1', '--output-dir', join(folder, name), ...others],
  ];
  return { folder, argv };
}

async function run(argv: readonly string[], overrides: Partial<Io> = {}) {
  const { io, written } = memoryIo(overrides);
  return { code: await main(argv, io), ...written };
}

/** Every line of a table but for what depends on the folder. */
const tableOf = (folder: string): string => readFileSync(join(folder, 'table.csv'), 'utf8');

describe('vda reproduce', () => {
  it('killed in the middle and continued, ends in the table of one that was left alone', async () => {
    const { folder, argv } = tinyGrid({ train: { 'num-train-epochs': 8, 'per-device-train-batch-size': 4 } });
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    const left = await run(argv('whole'));
    expect(left.code, left.stderr).toBe(0);
    expect(left.stderr).toMatch(/Cell 2 of 2: BERT \+ VDA, Texts, seed 1, about \d+:\d\d left/);
    expect(left.stdout).toMatch(/\| BERT \| [\d.]+ \[.*<br>paper 21\.0 \(/);
    expect(readdirSync(whole).sort()).toEqual([
      ...['cells', 'outcomes.jsonl', 'report.html', 'table.csv', 'table.md', 'table.tex'],
    ]);

    const { child, ended } = startCli(cli.main, argv('killed'));
    const isCut = () => {
      const cells = join(killed, 'cells');
      return (
        existsSync(cells) && readdirSync(cells).some((name) => lastCheckpoint(join(cells, name, 'train')))
      );
    };
    while (child.exitCode === null && !isCut()) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const dry = await run(argv('killed', '--dry-run'));
    expect(dry.stdout).toMatch(/^(begun|done ) +BERT, Texts, seed 1\n/);
    expect(dry.stdout).toMatch(/\nto do +BERT \+ VDA, Texts, seed 1\n {2}vda train .*\n {2}vda attack /);

    const again = await run(argv('killed'));
    expect(again.code, again.stderr).toBe(0);
    expect(tableOf(killed)).toBe(tableOf(whole));
    const third = await run(argv('killed'));
    expect(third.stderr).toContain('2 cells, 2 of them done.');
    expect(third.stderr).not.toContain('$ vda');
    rmSync(join(killed, 'cells'), { recursive: true });
    const fromOutcomes = await run(argv('killed'));
    expect(fromOutcomes.stderr).toContain('2 cells, 2 of them done.');
    expect(tableOf(killed)).toBe(tableOf(whole));
  });

  it('stops at an interruption, with the tables of what is done, and says how to go on', async () => {
    const { folder, argv } = tinyGrid();
    const stop = new AbortController();
    const { io, written } = memoryIo({ signal: stop.signal });
    const stderr = {
      write: (text: string) => {
        io.stderr.write(text);
        if (text.startsWith('Cell 2')) stop.abort(new Error('Ctrl-C'));
      },
    };
    expect(await main(argv('out'), { ...io, stderr })).toBe(1);
    expect(written.stderr).toMatch(/The same command goes on: vda reproduce \S+grid\.yaml /);
    const lines = tableOf(join(folder, 'out')).split('\r\n');
    expect(lines[1]).toMatch(/^"BERT","BERT","Texts",[\d.]+,/);
    expect(lines[2]).toMatch(/^"BERT","BERT \+ VDA","Texts",,,/);
    expect(existsSync(join(folder, 'out/report.html'))).toBe(true);
  });

  it('reports a cell that fails, does the others, and exits with 1', async () => {
    const rows = [{ name: 'no model', train: { 'text-column': 'nowhere' } }, { name: 'BERT' }];
    const { folder, argv } = tinyGrid({ rows });
    const { code, stderr } = await run(argv('out'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Failed: no model, Texts, seed 1: .*nowhere/);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /1 of 2 cells failed: - no model, Texts, seed 1: .* tries them again\./,
    );
    expect(tableOf(join(folder, 'out')).split('\r\n')[2]).toMatch(/^"","BERT","Texts",[\d.]+,/);
  });

  it('attacks every epoch and draws it, and a sweep, in one row that was chosen', async () => {
    const { folder, argv } = tinyGrid({
      rows: [
        { name: 'BERT', curves: true },
        { name: 'BERT + VDA', model: './nothing-here' },
      ],
      sweep: [{ row: 'BERT', option: 'weight-decay', values: [0, 0.1] }],
    });
    const { code, stderr } = await run(argv('out', '--only', 'bert'));
    expect(code, stderr).toBe(0);
    const out = join(folder, 'out');
    expect(readdirSync(out).filter((name) => name.endsWith('.svg'))).toEqual([
      'figure-epochs-texts-att-acc.svg',
      'figure-epochs-texts-ori-acc.svg',
      'figure-weight-decay-bert-texts.svg',
    ]);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Texts: Att Acc by epoch');
    expect((await run(argv('out', '--shard', '0/3', '--only', 'BERT', '--dry-run'))).stdout).toMatch(
      /^done [^\n]+\n$/,
    );
  });

  it('downloads nothing in a dry run, and says what it cannot tell', async () => {
    const { folder, argv } = tinyGrid({ model: 'owner/tiny', rows: [{ name: 'BERT' }] });
    const files = readdirSync(join(folder, 'model')).map((name) => [
      name,
      readFileSync(join(folder, 'model', name)),
    ]);
    const hub = await startFakeHub(Object.fromEntries(files));
    const env = { HF_HOME: join(folder, 'home'), HF_ENDPOINT: hub.endpoint };
    const dry = await run(argv('out', '--dry-run'), { env });
    expect([dry.code, hub.requests]).toEqual([0, []]);
    expect(dry.stdout).toMatch(/^to do +BERT, Texts, seed 1\n/);
    expect(dry.stderr).toContain('owner/tiny is neither a folder nor in the cache');
    expect((await run(argv('out'), { env })).code).toBe(0);
    hub.requests.length = 0;
    const done = await run(argv('out', '--dry-run'), { env });
    expect([done.stdout, done.stderr, hub.requests]).toEqual(['done   BERT, Texts, seed 1\n', '', []]);
  });

  it('takes seeds in place of those of the file', async () => {
    const { argv } = tinyGrid({ rows: [{ name: 'BERT' }] });
    expect(
      (await run(argv('out', '--seeds', '7', '2', '7', '--dry-run'))).stdout.match(/seed \d+$/gm),
    ).toEqual(['seed 7', 'seed 2']);
  });

  it.each<[readonly string[], RegExp]>([
    [['--seeds', 'two'], /--seeds: expected a list of whole numbers, got/],
    [['--only', 'FreeLB'], /--only FreeLB: no row is called so\. Rows: BERT, BERT \+ VDA\./],
    [['--shard', '2/2'], /from 0 to 1/],
    [['--set', 'model=a'], /has no variable model/],
  ])('%j is wrong usage', async (more, message) => {
    const { code, stderr } = await run(tinyGrid().argv('out', ...more));
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
  });
});
