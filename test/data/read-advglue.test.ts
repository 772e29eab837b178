import { describe, expect, it } from 'vitest';
import { readAdvGlue } from '../../src/data/read-advglue.ts';
import { temporaryFile } from './files.ts';

const file = (value: unknown) => temporaryFile('dev.json', JSON.stringify(value));
const dev = {
  sst2: [{ idx: 0, label: 1, sentence: 'a finne film' }],
  qqp: [{ idx: 0, label: 0, question1: 'who?', question2: 'whom?' }],
};

describe('readAdvGlue', () => {
  it('reads the task that is named, single texts or pairs, without originals', () => {
    expect(readAdvGlue(file(dev), { task: 'sst2' }).texts).toEqual([
      { id: 0, line: 1, label: '1', text: 'a finne film' },
    ]);
    expect(readAdvGlue(file(dev), { task: 'qqp' }).texts).toEqual([
      { id: 0, line: 1, label: '0', text: 'who?', textPair: 'whom?' },
    ]);
  });

  it('needs no name of the only task, and says which there are', () => {
    expect(readAdvGlue(file({ sst2: dev.sst2 })).texts).toHaveLength(1);
    expect(() => readAdvGlue(file(dev))).toThrow('has the tasks "sst2", "qqp": name the one to be answered');
    expect(() => readAdvGlue(file(dev), { task: 'mnli' })).toThrow('got "mnli"');
  });

  it.each([
    ['[]', 'it is no object'],
    ['{"a":1}', 'it has no list of records'],
    ['{', 'it is not JSON'],
    ['{"sst2":[{"sentence":"a"}]}', 'no column looks like the label'],
    ['{"sst2":[{"sentence":"a","label":0},{"label":1}]}', 'record 2: "sentence" is missing'],
  ])('refuses %s', (content, message) => {
    expect(() => readAdvGlue(temporaryFile('dev.json', content))).toThrow(message);
  });
});
