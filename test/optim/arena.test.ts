import { describe, expect, it } from 'vitest';
import { createArena, maxArenaBytes } from '../../src/optim/arena.ts';

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
    const { tensor, offset } = arena.allocate('float32', [2, 2]);
    arena.kernels.fill({ offset, length: 4 }, 3);
    expect([...tensor.data]).toEqual([3, 3, 3, 3]);
  });

  it('gives the same room again after a rewind', () => {
    const arena = createArena({ bytes: 1000 });
    arena.allocate('float32', [4]);
    const mark = arena.used();
    const first = arena.allocate('float32', [100]);
    arena.rewind(mark);
    expect(arena.allocate('uint8', [7]).offset).toBe(first.offset);
  });

  it('refuses what does not fit, and takes what just fits', () => {
    const arena = createArena({ bytes: 65_536 });
    arena.allocate('uint8', [65_536 - 64]);
    expect(() => arena.allocate('uint8', [65])).toThrow(/no room for uint8 \[65\]/);
    expect(arena.allocate('uint8', [64]).offset).toBe(65_536 - 64);
  });

  it('refuses a capacity that one memory cannot have', () => {
    expect(() => createArena({ bytes: maxArenaBytes + 1 })).toThrow(/holds at most/);
    expect(() => createArena({ bytes: Number.NaN })).toThrow(/holds at most/);
  });

  it('reaches its last byte at the largest capacity, beyond 2³¹', () => {
    const arena = createArena({ bytes: maxArenaBytes });
    arena.kernels.fill({ offset: maxArenaBytes - 20, length: 5 }, 2);
    expect([...new Float32Array(arena.memory.buffer, maxArenaBytes - 24, 6)]).toEqual([0, 2, 2, 2, 2, 2]);
    expect(arena.kernels.sumOfSquares({ offset: maxArenaBytes - 40, length: 10 })).toBe(20);
  });
});
