import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCandidates } from '../../src/training/candidate-file.ts';
import { temporaryFolder } from '../checkpoints/folders.ts';

describe('openCandidates', () => {
  it('bears another run that works out the same candidates at the same time', async () => {
    const folder = temporaryFolder();
    const candidates = (id: number) => ({
      ids: Int32Array.of(id, id + 1),
      logProbabilities: Float32Array.of(-1, -2),
    });
    let begun = 0;
    async function* compute() {
      yield [0, candidates(0)] as const;
      begun++;
      while (begun < 2) await new Promise(setImmediate); // the other has written its first text too
      yield [1, candidates(1)] as const;
    }
    const open = () => openCandidates(join(folder, 'texts'), { fingerprint: 'f', compute });
    for (const source of await Promise.all([open(), open()])) {
      expect([source.candidatesOf(0), source.candidatesOf(1)]).toEqual([candidates(0), candidates(1)]);
      source.close();
    }
    expect(readdirSync(folder).sort()).toEqual(['texts.bin', 'texts.json']);
  });
});
