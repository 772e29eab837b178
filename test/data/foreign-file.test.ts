import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreignKind } from '../../src/data/foreign-file.ts';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { readLines } from '../../src/data/text-lines.ts';
import { collect, temporaryFile } from './files.ts';

const table = 'text\tlabel\nA fine film.\t1\nA dull film.\t0\n';
const utf16be = Buffer.from(table, 'utf16le').swap16();
const bytes = (...parts: readonly (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** What a file is and, in a word, what to do. */
const foreign: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    'UTF-16 with a mark',
    bytes('\xff\xfe', Buffer.from(table, 'utf16le')),
    /text in UTF-16.*iconv -f UTF-16 /,
  ],
  ['UTF-16, the other way round', bytes('\xfe\xff', utf16be), /text in UTF-16; .*iconv -f UTF-16 /],
  ['UTF-16 without a mark', Buffer.from(table, 'utf16le'), /UTF-16 without a mark.*iconv -f UTF-16LE /],
  ['big-endian UTF-16 without a mark', utf16be, /UTF-16 without a mark.*iconv -f UTF-16BE /],
  ['UTF-32', bytes('\xff\xfe\0\0', 'a\0\0\0'), /text in UTF-32/],
  ['Parquet', bytes('PAR1\x15\x04'), /a Parquet file.*Name it \.parquet/],
  ['Feather', bytes('ARROW1\0\0'), /Feather/],
  ['a spreadsheet', bytes('PK\x03\x04\x14'), /a zip archive or a spreadsheet.*CSV/],
  ['xz', bytes('\xfd7zXZ\0'), /compressed by xz.*Unpack/],
  ['zstd', bytes('\x28\xb5\x2f\xfd'), /compressed by zstd/],
  ['bzip2', bytes('BZh91AY&SYxx'), /compressed by bzip2/],
  ['a tar archive', bytes('a'.repeat(257), 'ustar'), /a tar archive/],
  ['SQLite', bytes('SQLite format 3\0'), /SQLite/],
  ['PDF', bytes('%PDF-1.4'), /a PDF/],
  [
    'a Git LFS pointer',
    bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
    /Git LFS pointer.*git lfs pull/,
  ],
  ['a web page', bytes('\n<!DOCTYPE html>\n<html></html>'), /a web page/],
  ['gzip within gzip', gzipSync(gzipSync(table)), /gzip within gzip.*gunzip it once/],
];

describe('a file that is no text in UTF-8', () => {
  it.each(foreign)('is refused as a table, saying what it is: %s', (_, content, message) => {
    expect(() => loadDataset(temporaryFile('x.tsv', content))).toThrow(message);
  });

  it.each(foreign)('is refused line by line, saying what it is: %s', async (_, content, message) => {
    await expect(collect(readLines(temporaryFile('x.txt', content)))).rejects.toThrow(message);
  });

  it('is refused before its name is, and a name is no reason to say more than that it is unknown', () => {
    expect(() => loadDataset(temporaryFile('x.parquet', 'PAR1'))).toThrow(/is a Parquet file/);
    expect(() => loadDataset(temporaryFile('x.parquet', table))).toThrow(
      /cannot tell the format from the name/,
    );
    expect(() => loadDataset('/nowhere/x.parquet')).toThrow(/Cannot read/);
  });
});

describe('foreignKind', () => {
  it.each([table, 'BZh is how it began', 'PA', 'version of events', 'a\0b', '<b>fine</b>', ''])(
    'takes %j for text',
    (text) => expect(foreignKind(Buffer.from(text))).toBeUndefined(),
  );
});

describe('a text file in which something is wrong', () => {
  it.each([
    ['a byte 0', 'x.tsv', 'text\tlabel\na\t1\nb\0\t0\n', /line 3: a byte is zero/],
    [
      'a name that promises gzip',
      'x.tsv.gz',
      table,
      /named \.gz but is not compressed by gzip\. .*rename it/,
    ],
    [
      'that and another format',
      'x.tsv.gz',
      'PAR1',
      /named \.gz but is not compressed by gzip; it is a Parquet file/,
    ],
    ['nothing but a byte-order mark', 'x.tsv', '\ufeff', /is empty/],
    ['nothing but line ends', 'x.tsv', '\n\n \n', /is empty/],
    ['an empty gzip file', 'x.tsv.gz', gzipSync(''), /is empty/],
  ])('is refused: %s', (_, name, content, message) => {
    expect(() => loadDataset(temporaryFile(name, content))).toThrow(message);
  });

  it('gives the line of a byte 0 far into a streamed file', async () => {
    const path = temporaryFile('a.txt', `${'line of text\n'.repeat(50_000)}a\0b\n`);
    await expect(collect(readLines(path))).rejects.toThrow(/line 50001: a byte is zero/);
  });
});

describe('line ends of old Macs', () => {
  it('end the lines of a table that has no others', () => {
    const { examples, labels } = loadDataset(temporaryFile('x.tsv', table.replaceAll('\n', '\r')));
    expect(labels).toEqual(['0', '1']);
    expect(examples.map(({ text }) => text)).toEqual(['A fine film.', 'A dull film.']);
    const json = '{"text":"a","label":1}\r{"text":"b","label":0}\r';
    expect(loadDataset(temporaryFile('x.jsonl', json)).examples).toHaveLength(2);
  });

  it('end the lines of a text that has no others', async () => {
    expect(await collect(readLines(temporaryFile('a.txt', 'a\rb\r\rc\r')))).toEqual(['a', 'b', '', 'c']);
    expect(await collect(readLines(temporaryFile('a.txt', 'a\rb\nc')))).toEqual(['a\rb', 'c']);
  });

  it('beside others are named where they leave a line with too many fields', () => {
    const mixed = 'text\tlabel\na\t1\rb\t0\n';
    expect(() => loadDataset(temporaryFile('x.tsv', mixed))).toThrow(
      /line 2: expected 2 fields.*got 3.*carriage return/,
    );
  });
});
