import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { openTexts } from '../../src/data/open-texts.ts';
import { temporaryFile } from './files.ts';

const refused = /the column "text" holds lists, records, bytes or nothing/;

describe('a table whose text column has no texts', () => {
  it.each(['["a", "b"]', '{"words": ["a"]}', 'null'])('is refused: JSON Lines of %s', async (text) => {
    const line = `{"text": ${text}, "label": "good", "id": 1}\n`;
    await expect(openTexts(temporaryFile('x.jsonl', line + line))).rejects.toThrow(refused);
    expect(() => loadDataset(temporaryFile('x.jsonl', line + line))).toThrow(refused); // not `id` as the text
    const named = await openTexts(temporaryFile('x.jsonl', line), { textColumn: 'id' });
    expect(named.count).toBe(1);
  });

  it('is refused: Parquet of lists', async () => {
    const fixture = join(import.meta.dirname, '../fixtures/data/reviews-gzip.parquet');
    const bytes = readFileSync(fixture).toString('latin1'); // names stand in it as they are
    const lists = bytes.replaceAll('text', 'word').replaceAll('tags', 'text');
    const path = temporaryFile('x.parquet', Buffer.from(lists, 'latin1'));
    await expect(openTexts(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(refused),
    });
    expect((await openTexts(path, { textColumn: 'word' })).count).toBe(4);
  });

  it('is read where the column in question is not the one that is read', () => {
    const path = temporaryFile('x.jsonl', '{"text": "good", "label": 1, "tokens": ["good"], "body": null}\n');
    expect(loadDataset(path).columns).toEqual({ text: 'text', label: 'label' });
  });
});
