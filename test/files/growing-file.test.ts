import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrowingFile } from '../../src/files/growing-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

describe('openGrowingFile', () => {
  it('replaces what was there only when it is whole', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'out.jsonl');
    writeFileSync(path, 'old');
    const file = openGrowingFile(path);
    file.append('one\n');
    file.append('two\n');
    expect(readFileSync(path, 'utf8')).toBe('old');
    file.finish();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
  });

  it('left before that, is kept beside its place, unless it is empty', () => {
    const path = join(temporaryFolder(), 'a/out.jsonl');
    const file = openGrowingFile(path);
    file.append('one\n');
    expect(file.leave()).toBe(`${path}.unfinished`);
    expect(readFileSync(`${path}.unfinished`, 'utf8')).toBe('one\n');
    expect(openGrowingFile(`${path}-2`).leave()).toBeUndefined();
    expect(readdirSync(join(path, '..'))).toEqual(['out.jsonl.unfinished']);
  });

  it('refuses a folder, and a path that cannot be, before anything is worked out', () => {
    const folder = temporaryFolder();
    expect(() => openGrowingFile(folder)).toThrow(/is a folder; expected the name of a file/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => openGrowingFile(join(folder, 'file/out'))).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(/Could not write .*out/) }),
    );
  });

  it('is kept where its place is taken by a folder in the meantime', () => {
    const path = join(temporaryFolder(), 'out');
    const file = openGrowingFile(path);
    file.append('one\n');
    mkdirSync(path);
    expect(() => file.finish()).toThrow(/Could not write/);
    expect(file.leave()).toBe(`${path}.unfinished`);
    expect(existsSync(`${path}.unfinished`)).toBe(true);
  });

  it('writes into a pipe, which stays one, and keeps nothing of it', async () => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = spawn('cat', [path]);
    const read = (async () => {
      let text = '';
      for await (const chunk of reader.stdout) text += chunk;
      return text;
    })();
    const file = openGrowingFile(path);
    file.append('one\n');
    file.finish();
    expect(await read).toBe('one\n');
    await once(reader, 'close');
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['pipe']);
  });

  it('replaces what a link leads to, and leaves the link', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'there/out'), 'old');
    symlinkSync('there/out', join(folder, 'link'));
    const file = openGrowingFile(join(folder, 'link'));
    file.append('one\n');
    file.finish();
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'there/out'), 'utf8')).toBe('one\n');
    expect(readdirSync(join(folder, 'there'))).toEqual(['out']);
  });
});
