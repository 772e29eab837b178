import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/files/make-folder.ts';
import { isFolder } from '../../src/files/paths.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

describe('makeFolder', () => {
  it('makes what is missing, and says where that begins', () => {
    const folder = temporaryFolder();
    expect(makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'));
    expect(isFolder(join(folder, 'a/b/c'))).toBe(true);
    expect(makeFolder(join(folder, 'a/b/d'))).toBe(join(folder, 'a/b/d'));
    expect(makeFolder(join(folder, 'a/b'))).toBeUndefined();
  });

  it('throws what the system says where a file is in the way', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/file'), '');
    expect(() => makeFolder(join(folder, 'a/file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(folder, 'a/file/b'))).toThrow('ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('ends where there is no place for a folder', () => {
    expect(() => makeFolder('/proc/vda/runs')).toThrow('ENOENT'); // as in a working folder that was removed
  });
});
