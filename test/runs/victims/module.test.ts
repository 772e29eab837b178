import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AskingOptions } from '../../../src/runs/victims/asked-victim.ts';
import { openModuleVictim } from '../../../src/runs/victims/module.ts';

const folder = mkdtempSync(join(tmpdir(), 'vda-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function open(source: string, options: Partial<AskingOptions> = {}) {
  const path = join(folder, `victim-${count++}.mjs`);
  writeFileSync(path, source);
  const answersFolder = join(folder, `answers-${count}`);
  return openModuleVictim(path, {
    scores: 'probabilities',
    answersFolder,
    delay: 1,
    attempts: 2,
    ...options,
  });
}
const texts = [{ text: 'a' }, { text: 'bb' }];

describe('a module', () => {
  test.each([
    [
      'rows',
      `export const labels = ['neg', 'pos']; export const predict = (all) => all.map(() => [0.2, 0.8]);`,
    ],
    ['promised objects', `export const predict = async (all) => all.map(() => ({ neg: 0.2, pos: 0.8 }));`],
    [
      'typed rows',
      `export const labels = ['neg', 'pos']; export const predict = (all) => all.map(() => Float64Array.of(0.2, 0.8));`,
    ],
  ])('answers %s', async (_, source) => {
    const { victim } = await open(source);
    expect(victim.labels).toEqual(['neg', 'pos']);
    expect(await victim.classify(texts)).toEqual([
      [0.2, 0.8],
      [0.2, 0.8],
    ]);
  });

  test('answers rows in the order of its own labels, whatever the order of the same names given', async () => {
    const source = `export const labels = ['neg', 'pos']; export const predict = (all) => all.map(() => [0.2, 0.8]);`;
    const swapped = (await open(source, { labels: ['pos', 'neg'] })).victim;
    expect(swapped.labels).toEqual(['neg', 'pos']);
    expect(await swapped.classify([{ text: 'a' }])).toEqual([[0.2, 0.8]]);
    expect((await open(source, { labels: ['bad', 'good'] })).victim.labels).toEqual(['bad', 'good']);
  });

  test('answers decisions by name, and pairs', async () => {
    const { victim } = await open(
      `export const predict = (all) => all.map(([text, pair]) => pair === 'p' ? 'pos' : 'neg');`,
      {
        ...{ scores: 'decisions', labels: ['neg', 'pos'] },
      },
    );
    expect(await victim.classify([{ text: 'a', textPair: 'p' }])).toEqual([[0, 1]]);
  });

  test.each([
    ['exports nothing', '', /exports nothing; expected a function predict/],
    ['exports something else', 'export const classify = 1;', /exports classify; expected a function predict/],
    ['does not load', 'import "./missing.mjs";', /could not be loaded: /],
    ['throws as it loads', 'throw new Error("no weights");', /could not be loaded: no weights/],
  ])('that %s is refused', async (_, source, message) => {
    await expect(open(source)).rejects.toThrow(message);
  });

  const labels = `export const labels = ['neg', 'pos'];`;
  test.each([
    ['throws', 'export const predict = () => { throw new Error("too odd"); };', /threw: too odd/],
    ['rejects', 'export const predict = async () => { throw new Error("too odd"); };', /threw: too odd/],
    ['answers fewer rows', 'export const predict = () => [[1, 0]];', /answered 1 rows to 2 texts/],
    ['answers nothing', 'export const predict = () => {};', /answered undefined to 2 texts/],
    [
      'answers NaN',
      'export const predict = (all) => all.map(() => [NaN, 1]);',
      /NaN for the label "neg"; expected a finite number/,
    ],
    [
      'answers more classes',
      'export const predict = (all) => all.map(() => [0, 0, 1]);',
      /3 values for 2 classes/,
    ],
    ['answers texts', 'export const predict = (all) => all;', /expected a row of numbers/],
    [
      'answers what JSON has no word for',
      'export const predict = (all) => all.map(() => [1n, 0n]);',
      /answered \["1n","0n"\]; expected a row of numbers/,
    ],
    [
      'answers what holds itself',
      'const row = []; row.push(row); export const predict = (all) => all.map(() => row);',
      /expected a row of numbers/,
    ],
    [
      'stalls',
      'export const predict = () => new Promise(() => {});',
      /no answer within 1 s, 2 times in a row/,
    ],
  ])('that %s is told from one that answers', async (_, source, message) => {
    const { victim } = await open(`${labels}${source}`, { timeout: 1 });
    await expect(victim.classify(texts)).rejects.toThrow(message);
  });

  test.each([['neg', 'neg'], ['neg'], []])('with the labels %s is refused', async (...names) => {
    const source = `export const labels = ${JSON.stringify(names)}; export const predict = (all) => all.map(() => [0.5, 0.5]);`;
    await expect(open(source)).rejects.toThrow(/two at least, and no two alike/);
  });

  test('that is not there', async () => {
    await expect(
      openModuleVictim(join(folder, 'none.mjs'), { scores: 'probabilities', answersFolder: folder }),
    ).rejects.toThrow(/could not be read/);
  });
});
