import { lstatSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { writeDataset } from '../../src/data/write-dataset.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const pairs = {
  examples: [
    { id: 0, text: 'a "b"', textPair: 'c', label: 1 },
    { id: 1, text: 'd', textPair: 'e', label: 0 },
  ],
  labels: ['no', 'yes'],
  columns: { text: 'question', textPair: 'sentence', label: 'label' },
};

describe('writeDataset', () => {
  it.each(['tsv', 'jsonl'])('writes what loadDataset reads back: .%s', (extension) => {
    const path = join(temporaryFolder(), `x.${extension}`);
    writeDataset(path, pairs);
    expect(loadDataset(path)).toMatchObject(pairs);
  });

  it('keeps every line end in JSON Lines, and refuses it in .tsv', () => {
    const examples = [{ id: 0, text: 'two\nlines', label: 0 }];
    const set = { examples, labels: ['a'], columns: { text: 'text', label: 'label' } };
    const path = join(temporaryFolder(), 'x.jsonl');
    writeDataset(path, set);
    expect(loadDataset(path).examples).toEqual(examples);
    expect(() => writeDataset(join(temporaryFolder(), 'x.tsv'), set)).toThrow(
      /"two\\nlines" holds a tab or a line's end, which .tsv cannot. Choose a name/,
    );
    expect(() => writeDataset('x.parquet', set)).toThrow('.tsv or .jsonl');
    expect(() => writeDataset(temporaryFolder(), set)).toThrow('is a folder');
  });

  it('writes to what a link leads to', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'x.tsv'), 'old');
    symlinkSync('x.tsv', join(folder, 'latest.tsv'));
    writeDataset(join(folder, 'latest.tsv'), pairs);
    expect(lstatSync(join(folder, 'latest.tsv')).isSymbolicLink()).toBe(true);
    expect(loadDataset(join(folder, 'x.tsv'))).toMatchObject(pairs);
  });
});
