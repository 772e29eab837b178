import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/data', name);
const texts = ['A film that stays with you.', 'Two "hours",\nlost.', 'Größe', 'dull'];

describe('openDataset', () => {
  it('reads Parquet as Hugging Face writes it, classes by name, over several row groups', async () => {
    const data = await openDataset(fixture('reviews.parquet'));
    expect(data).toMatchObject({
      ...{ labels: ['negative', 'positive'], columns: { text: 'text', label: 'label' }, warnings: [] },
      examples: texts.map((text, id) => ({ id, text, label: 1 - (id % 2) })),
    });
    expect(data.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads gzipped Parquet, class numbers where no names are told, and columns that are named', async () => {
    const data = await openDataset(fixture('reviews-gzip.parquet'));
    expect(data.labels).toEqual(['0', '1']);
    const stars = openDataset(fixture('reviews-gzip.parquet'), { labelColumn: 'stars' });
    await expect(stars).rejects.toThrow(/line 3: "stars" is missing or is neither text nor a number/);
    const lists = openDataset(fixture('reviews-gzip.parquet'), { textColumn: 'tags' });
    await expect(lists).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('"tags"'),
    });
  });

  it('does not read other columns where the texts are lists', async () => {
    const bytes = readFileSync(fixture('reviews-gzip.parquet')).toString('latin1');
    const path = join(temporaryFolder(), 'x.parquet');
    writeFileSync(path, bytes.replaceAll('text', 'word').replaceAll('tags', 'text'), 'latin1');
    await expect(openDataset(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('the column "text" holds lists, records, bytes or nothing'),
    });
    expect((await openDataset(path, { textColumn: 'word' })).columns.text).toBe('word');
  });

  it('reads what loadDataset reads', async () => {
    const path = join(temporaryFolder(), 'x.tsv');
    writeFileSync(path, 'label\ttext\n0\ta\n1\tb\n');
    expect(await openDataset(path)).toEqual(loadDataset(path));
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
    [
      'damaged',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(200, 255), bytes.subarray(204)]),
    ],
    ['a text', () => Buffer.from('label\ttext\n')],
  ])('refuses a file that is %s', async (_, change) => {
    const path = join(temporaryFolder(), 'x.parquet');
    writeFileSync(path, change(readFileSync(fixture('reviews.parquet'))));
    await expect(openDataset(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/x\.parquet cannot be read as a Parquet file: .*read_parquet/),
    });
  });

  it('names a compression that it does not read', async () => {
    await expect(openDataset(fixture('reviews-lz4.parquet'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/compressed by LZ4_RAW, which is not read here\. Write it anew.*snappy/),
    });
  });

  it('refuses what is not there, and no path', async () => {
    await expect(openDataset('nowhere.parquet')).rejects.toMatchObject({ code: 'not-found' });
    await expect(openDataset(undefined as never)).rejects.toThrow(
      'openDataset: path: expected the path of a file',
    );
    expect(() => loadDataset(fixture('reviews.parquet'))).toThrow(/is a Parquet file.*openDataset/);
  });
});
