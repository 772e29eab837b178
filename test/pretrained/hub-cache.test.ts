import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotFolder, storeFile } from '../../src/pretrained/hub-cache.ts';
import { gitHash } from './fake-hub.ts';
import { temporaryFolder } from './folders.ts';

describe('storeFile', () => {
  it('bears another that stores the same file at the same time, as two containers with one process number do', async () => {
    const repo = temporaryFolder();
    const content = Buffer.from('the first half, the second half');
    const file = { path: 'vocab.txt', size: content.length, hash: gitHash(content) };
    let begun = 0;
    const download = async () =>
      (async function* () {
        yield content.subarray(0, 15);
        begun++;
        while (begun < 2) await new Promise(setImmediate); // the other has written its half too
        yield content.subarray(15);
      })();
    const bytes: number[] = [];
    const store = () =>
      storeFile(repo, { commit: 'c', file, download, onBytes: (loaded) => bytes.push(loaded) });
    await Promise.all([store(), store()]);
    expect(readFileSync(join(snapshotFolder(repo, 'c'), 'vocab.txt'))).toEqual(content);
    expect(readdirSync(join(repo, 'blobs'))).toEqual([file.hash]);
    expect(readdirSync(snapshotFolder(repo, 'c'))).toEqual(['vocab.txt']);
    const [start, half, end] = [0, 15, content.length];
    expect(bytes.sort((a, b) => a - b)).toEqual([start, start, half, half, end, end]);
    await store();
    expect(bytes).toHaveLength(6); // nothing is downloaded, nothing told
  });
});
