import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFilesAtomically } from '../../src/files/atomic-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

/** Content whose writing fails as the system fails it, after some bytes are on disk. */
function* failingWith(code: string): Generator<string> {
  yield 'begun';
  throw Object.assign(new Error(`${code}: as the system says it`), { code });
}

describe('writeFilesAtomically', () => {
  it('writes files in pieces, of bytes or text, making folders', () => {
    const path = join(temporaryFolder(), 'a/b/c.txt');
    writeFilesAtomically([{ path, chunks: ['ä', Uint8Array.of(66), 'c'] }]);
    expect(readFileSync(path, 'utf8')).toBe('äBc');
  });

  it.each([
    ['ENOSPC', 'no-space', /disk is full.*two\.txt/],
    ['EDQUOT', 'no-space', /disk is full.*two\.txt/],
    ['EIO', 'bad-input', /Could not write .*two\.txt/],
  ])('leaves every earlier file as it was and no temporary file on %s', (code, errorCode, message) => {
    const folder = temporaryFolder();
    for (const name of ['one.txt', 'two.txt']) writeFileSync(join(folder, name), `old ${name}`);
    const write = () =>
      writeFilesAtomically([
        { path: join(folder, 'one.txt'), chunks: ['new'] },
        { path: join(folder, 'two.txt'), chunks: failingWith(code) },
      ]);
    expect(write).toThrow(
      expect.objectContaining({ code: errorCode, message: expect.stringMatching(message) }),
    );
    expect(readdirSync(folder)).toEqual(['one.txt', 'two.txt']);
    expect(readFileSync(join(folder, 'one.txt'), 'utf8')).toBe('old one.txt');
    expect(readFileSync(join(folder, 'two.txt'), 'utf8')).toBe('old two.txt');
  });

  it('bears another that writes the same file meanwhile', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'table.md');
    function* chunks() {
      yield 'one ';
      writeFilesAtomically([{ path, chunks: ['other'] }]);
      yield 'whole';
    }
    writeFilesAtomically([{ path, chunks: chunks() }]);
    expect(readFileSync(path, 'utf8')).toBe('one whole');
    expect(readdirSync(folder)).toEqual(['table.md']);
  });

  it('removes its temporary file when the target is a folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken/full'), { recursive: true });
    expect(() => writeFilesAtomically([{ path: join(folder, 'taken'), chunks: ['x'] }])).toThrow(
      /Could not write .*taken/,
    );
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('writes into a pipe, which stays one, once the files are in their places', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = spawn('cat', [path]);
    let read = '';
    reader.stdout.on('data', (chunk) => {
      read += chunk;
    });
    writeFilesAtomically([
      { path, chunks: ['into the ', Buffer.from('pipe')] },
      { path: join(folder, 'file'), chunks: ['beside'] },
    ]);
    await once(reader, 'close');
    expect([read, readFileSync(join(folder, 'file'), 'utf8')]).toEqual(['into the pipe', 'beside']);
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['file', 'pipe']);
  });
});
