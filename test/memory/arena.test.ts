import { describe, expect, it } from 'vitest';
import { randomKey } from '../../src/base/random.ts';
import { createArena } from '../../src/memory/arena.ts';
import { maxMemoryBytes } from '../../src/memory/webassembly.ts';

const key = randomKey(1, 'arena');

describe('createArena', () => {
  it('places each tensor on its own cache lines, dtypes mixed', () => {
    const arena = createArena({ bytes: 1000 });
    const mask = arena.allocate('uint8', [3, 5]);
    const weights = arena.allocate('float32', [17]);
    const scalar = arena.allocate('int64', []);
    expect([mask, weights, scalar].map(({ offset }) => offset)).toEqual([0, 64, 64 + 128]);
    expect(weights.tensor.data.buffer).toBe(arena.memory.buffer);
    expect(weights.tensor.data.byteOffset).toBe(64);
    expect(scalar.tensor.data).toEqual(new BigInt64Array([0n]));
    expect(arena.used()).toBe(256);
    expect(arena.bytes).toBe(65_536);
  });

  it('lets its kernels work on the tensors it gave', () => {
    const arena = createArena({ bytes: 1000 });
    arena.allocate('float32', [1]);
    const { tensor, offset } = arena.allocate('uint8', [2, 2]);
    arena.kernels.dropoutMask({ offset, rows: 2, columns: 2, key, probability: 0 });
    expect([...tensor.data]).toEqual([1, 1, 1, 1]);
  });

  it('refuses what does not fit, and takes what just fits', () => {
    const arena = createArena({ bytes: 65_536 });
    arena.allocate('uint8', [65_536 - 64]);
    expect(() => arena.allocate('uint8', [65])).toThrow(/no room for uint8 \[65\]/);
    expect(arena.allocate('uint8', [64]).offset).toBe(65_536 - 64);
  });

  it('refuses a capacity that one memory cannot have', () => {
    expect(() => createArena({ bytes: maxMemoryBytes + 1 })).toThrow(/holds at most/);
    expect(() => createArena({ bytes: Number.NaN })).toThrow(/holds at most/);
  });

  it('reaches its last byte at the largest capacity, beyond 2³¹', () => {
    const { kernels, memory } = createArena({ bytes: maxMemoryBytes });
    kernels.dropoutMask({ offset: maxMemoryBytes - 5, rows: 1, columns: 5, key, probability: 0 });
    expect([...new Uint8Array(memory.buffer, maxMemoryBytes - 6, 6)]).toEqual([0, 1, 1, 1, 1, 1]);
    new Float32Array(memory.buffer, maxMemoryBytes - 20, 5).fill(2);
    expect(kernels.sumOfSquares({ offset: maxMemoryBytes - 40, length: 10 })).toBe(20);
  });
});
