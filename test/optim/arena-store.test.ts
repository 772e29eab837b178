import { describe, expect, it } from 'vitest';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import type { StoredParameter } from '../../src/optim/parameter-store.ts';

const specs: StoredParameter[] = [
  { name: 'embedding', shape: [10, 4], decay: true },
  { name: 'bias', shape: [5], decay: false },
  { name: 'dense', shape: [4, 5], decay: true },
  { name: 'norm', shape: [4], decay: false },
];
// Bytes of one kind, in lines of 64: embedding 192, bias 64, dense 128, norm 64.

describe('createArenaStore', () => {
  it('makes one run for each decay setting in one memory', () => {
    const { runs, gradientBuffers } = createArenaStore(specs);
    expect(runs.map(({ decay, length }) => ({ decay, length }))).toEqual([
      { decay: true, length: (192 + 128) / 4 },
      { decay: false, length: (64 + 64) / 4 },
    ]);
    expect(gradientBuffers.map((buffer) => buffer.length)).toEqual([(192 + 128 + 64 + 64) / 4]);
  });

  it.each([65_536, 4 * 192, 4 * 192 + 4 * 64])(
    'covers every element once, %d bytes a memory',
    (bytesPerMemory) => {
      const store = createArenaStore(specs, { bytesPerMemory });
      const names = specs.map(({ name }) => name);
      expect(Object.keys(store.feeds.weights)).toEqual(names);
      expect(Object.keys(store.feeds.gradients)).toEqual(names);
      const kernelsOfMemories = [...new Set(store.runs.map(({ kernels }) => kernels))];
      for (const { kernels, decay, length, ...run } of store.runs) {
        const { buffer } = store.gradientBuffers[kernelsOfMemories.indexOf(kernels)]!;
        const fill = (offset: number, value: number) => new Float32Array(buffer, offset, length).fill(value);
        fill(run.weights, decay ? 1 : 2);
        fill(run.gradients, decay ? 3 : 4);
        fill(run.firstMoments, decay ? 5 : 6);
        fill(run.secondMoments, decay ? 7 : 8);
      }
      const parts = ['weights', 'gradients', 'firstMoments', 'secondMoments'] as const;
      for (const { name, shape, decay } of specs) {
        for (const [i, part] of parts.entries()) {
          const { data, shape: got } = store.read(name, part);
          expect(got).toEqual(shape);
          expect(new Set(data)).toEqual(new Set([2 * i + (decay ? 1 : 2)]));
        }
      }
      const gradientElements = store.gradientBuffers.reduce((sum, buffer) => sum + buffer.length, 0);
      expect(gradientElements).toBe(store.runs.reduce((sum, { length }) => sum + length, 0));
      expect(store.gradientBuffers.every((buffer) => buffer.every((x) => x === 3 || x === 4))).toBe(true);
    },
  );

  it('starts a new memory where the next parameter does not fit, and never splits one', () => {
    const store = createArenaStore(specs, { bytesPerMemory: 4 * 192 });
    const memoryOf = (name: string) => store.read(name).data.buffer;
    // embedding (768) fills the first; bias (256) and dense (512) the second; norm is left to the third.
    expect(memoryOf('bias')).not.toBe(memoryOf('embedding'));
    expect(memoryOf('dense')).toBe(memoryOf('bias'));
    expect(memoryOf('norm')).not.toBe(memoryOf('dense'));
    for (const { name } of specs) expect(store.read(name, 'gradients').data.buffer).toBe(memoryOf(name));
  });

  it('writes a part whole, and refuses another number of values or an unknown name', () => {
    const store = createArenaStore(specs);
    store.write('bias', { values: Float32Array.of(1, 2, 3, 4, 5), part: 'secondMoments' });
    expect([...store.read('bias', 'secondMoments').data]).toEqual([1, 2, 3, 4, 5]);
    expect([...store.read('bias').data]).toEqual([0, 0, 0, 0, 0]);
    expect(() => store.write('bias', { values: new Float32Array(4) })).toThrow(
      '4 values do not fill bias [5]',
    );
    expect(() => store.read('biass')).toThrow('there is no parameter biass');
  });

  it('refuses a parameter beyond one memory, and a name used twice', () => {
    expect(() => createArenaStore(specs, { bytesPerMemory: 700 })).toThrow(
      /embedding \[10, 4\] needs 768 bytes/,
    );
    expect(() => createArenaStore([specs[0]!, specs[0]!])).toThrow(/there twice/);
  });
});
