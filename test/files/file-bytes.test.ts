import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBytes, withFile, writeBytes } from '../../src/files/file-bytes.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

describe('writeBytes', () => {
  it('goes on where the system takes fewer bytes than it is given', () => {
    const path = join(temporaryFolder(), 'file');
    const file = openSync(path, 'wx');
    writeBytes(file, Buffer.from('0123456789'), {
      write: (to, bytes) => writeSync(to, bytes.subarray(0, 3)),
    });
    closeSync(file);
    expect(readFileSync(path, 'utf8')).toBe('0123456789');
  });

  it('ends where nothing more is taken', () => {
    expect(() => writeBytes(0, Buffer.from('0123'), { write: () => 0 })).toThrow(
      'nothing more could be written after 0 of 4 bytes',
    );
  });
});

describe('readBytes', () => {
  it('refuses a file that ends before, and says what lies there', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '0123');
    const read = (bytes: number) => withFile(path, (file) => readBytes(file, { path, start: 1, bytes }));
    expect(Buffer.from(read(3)).toString()).toBe('123');
    expect(() => read(4)).toThrow(/truncated: the tensors should end at byte 5, the file has 4 bytes/);
  });
});
