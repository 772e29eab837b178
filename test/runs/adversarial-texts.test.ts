import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReplay } from '../../src/runs/adversarial-texts.ts';
import { writeTextAttackLog } from '../../src/runs/write-textattack-log.ts';
import { temporaryFile } from '../data/files.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder } from '../report/run-folders.ts';

const labels = ['bad', 'good'];
const records = [
  makeRecord({ id: 4, status: 'success', text: 'a "great" film', adversarialText: 'a decent film' }),
  makeRecord({ id: 5, status: 'failed' }),
  makeRecord({
    id: 6,
    status: 'success',
    text: 'who,',
    textPair: 'me\nor you',
    adversarialText: 'me and you',
  }),
  makeRecord({ id: 7, status: 'skipped' }),
  makeRecord({ id: 8, status: 'error', message: 'broken' }),
];

describe('readReplay', () => {
  it('takes the successes of an attack of vda, from its folder or its results', () => {
    const folder = attackFolder(temporaryFolder(), records);
    const replay = readReplay(folder, { labels });
    expect(replay.examples).toEqual([
      { id: 4, text: 'a "great" film', label: 1 },
      { id: 6, text: 'who,', textPair: 'me\nor you', label: 1 },
    ]);
    expect(replay.remarks).toEqual([expect.stringContaining('3 of 5 attacks did not succeed')]);
    const { recipe } = readReplay(join(folder, 'results.jsonl'), { labels });
    expect(recipe.search.content).toBe(replay.recipe.search.content);
  });

  it('takes classes that the model calls otherwise by the names that the file has for them', () => {
    const folder = attackFolder(temporaryFolder(), records);
    const labelsOf = (model: readonly string[], fileLabels?: readonly string[]) =>
      readReplay(folder, { labels: model, fileLabels }).examples.map(({ label }) => label);
    expect(() => labelsOf(['LABEL_0', 'LABEL_1'])).toThrow(/label "good" is not one of/);
    expect(labelsOf(['LABEL_0', 'LABEL_1'], labels)).toEqual([1, 1]);
    expect(labelsOf(['GOOD', 'BAD'], labels)).toEqual([0, 0]);
    expect(() => labelsOf(['a', 'b', 'c'], labels)).toThrow(/"bad", "good", but "a", "b", "c" are expected/);
  });

  it('takes the numbers of AdvGLUE by what they mean, where the model has such names', () => {
    const pairs = [0, 1, 2].map((label) => ({ label, premise: 'a', hypothesis: String(label) }));
    const path = temporaryFile('dev.json', JSON.stringify({ mnli: pairs }));
    const classes = (model: readonly string[]) =>
      readReplay(path, { labels: model }).examples.map(({ label }) => label);
    expect(classes(['CONTRADICTION', 'NEUTRAL', 'ENTAILMENT'])).toEqual([2, 1, 0]);
    expect(classes(['entailment', 'neutral', 'contradiction'])).toEqual([0, 1, 2]);
    expect(classes(['LABEL_0', 'LABEL_1', 'LABEL_2'])).toEqual([0, 1, 2]);
  });

  it('says that an attack is unfinished', () => {
    const folder = attackFolder(temporaryFolder(), records, [4, 5, 6, 7, 8, 9, 10]);
    expect(readReplay(folder, { labels }).remarks).toEqual([
      expect.stringContaining('did not succeed'),
      expect.stringContaining('that attack is unfinished, 5 of 7 texts'),
    ]);
  });

  it('reads back what is written as the log of TextAttack', () => {
    const path = join(temporaryFolder(), 'log.csv');
    writeTextAttackLog(path, { records, labels });
    const { examples, remarks } = readReplay(path, { labels });
    expect(examples.map(({ text, textPair, label }) => [text, textPair, label])).toEqual([
      ['a "great" film', undefined, 1],
      ['who,', 'me or you', 1],
    ]);
    expect(remarks[0]).toContain('2 of 4 attacks did not succeed');
  });

  it('writes one line for each result that ended, as TextAttack does', () => {
    const path = join(temporaryFolder(), 'log.csv');
    writeTextAttackLog(path, { records, labels });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toBe('"a [[""great""]] film","a [[decent]] film",0.2,0.6,1,0,1,10,"Successful"');
  });

  it('says what is missing, of another kind, or without a success', () => {
    const held = attackFolder(temporaryFolder(), [makeRecord({ id: 0, status: 'failed' })]);
    expect(() => readReplay(held, { labels })).toThrow('holds no success of an attack: 1 results');
    expect(() => readReplay(join(held, 'none.csv'), { labels })).toThrow('no adversarial texts at');
    expect(() => readReplay(temporaryFile('x.tsv', 'a'), { labels })).toThrow(
      'expected the folder or the results.jsonl',
    );
  });
});
