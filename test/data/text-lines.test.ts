import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTextFile } from '../../src/data/text-file.ts';
import { readDocuments, readLines } from '../../src/data/text-lines.ts';
import { collect, temporaryFile } from './files.ts';

describe('readDocuments', () => {
  const text = '\n\none\r\ntwo\r\n \n\nthree\n\nfour';
  const documents = [['one', 'two'], ['three'], ['four']];

  it.each([
    ['a.txt', text],
    ['a.txt.gz', gzipSync(text)],
    ['a.txt', gzipSync(text)],
  ])('splits at empty lines and keeps none: %s', async (name, content) => {
    expect(await collect(readDocuments(temporaryFile(name, content)))).toEqual(documents);
  });
});

describe('readLines', () => {
  it('keeps characters whole across the pieces a large file comes in', async () => {
    // 3-byte characters in lines of 1000 bytes: pieces of 2¹⁸ bytes end inside lines and characters.
    const lines = Array.from({ length: 1000 }, (_, i) => '€'.repeat(333) + (i % 10));
    expect(await collect(readLines(temporaryFile('a.txt', `\ufeff${lines.join('\n')}\n`)))).toEqual(lines);
  });

  it('keeps empty lines', async () => {
    expect(await collect(readLines(temporaryFile('a.txt', 'a\n\n\nb\n')))).toEqual(['a', '', '', 'b']);
  });

  it('gives the line of a byte that is not UTF-8, far into a file', async () => {
    const bytes = Buffer.concat([Buffer.from('line of text\n'.repeat(50_000)), Buffer.of(0x61, 0xff, 0x0a)]);
    await expect(collect(readLines(temporaryFile('a.txt', bytes)))).rejects.toThrow(
      /line 50001: not valid UTF-8/,
    );
  });

  it('says that compression is damaged, that a file is not there, and that it is a folder', async () => {
    const cut = temporaryFile('a.txt.gz', gzipSync('some text '.repeat(1000)).subarray(0, 40));
    await expect(collect(readLines(cut))).rejects.toThrow(/not a whole gzip file/);
    await expect(collect(readLines('/nowhere/a.txt'))).rejects.toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    const folder = dirname(cut);
    await expect(collect(readLines(folder))).rejects.toThrow(`${folder} is a folder; expected a file`);
  });
});

describe('files that unpack to more than can be read', () => {
  const bomb = gzipSync(Buffer.alloc(2 ** 20, 'a'));

  it('are refused before memory is taken for all of them', () => {
    const path = temporaryFile('a.tsv.gz', bomb);
    expect(readTextFile(path).text).toHaveLength(2 ** 20);
    expect(() => readTextFile(path, { mostUnpacked: 2 ** 20 - 1 })).toThrow(
      `${path} unpacks to more than 1048575 bytes of text, which cannot be read at once. Split the file.`,
    );
  });

  it('are refused as lines where a line does not end', async () => {
    const path = temporaryFile('a.txt.gz', bomb);
    await expect(collect(readLines(path, { longestLine: 2 ** 19 }))).rejects.toThrow(
      `${path}, line 1: more than 524288 bytes without a line end. Expected lines of text.`,
    );
  });
});
