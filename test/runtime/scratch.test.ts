import { expect, it } from 'vitest';
import { createScratch } from '../../src/runtime/scratch.ts';

it('scratch memory is the same while it suffices, and old memory stays whole when it does not', () => {
  const scratch = createScratch();
  const small = scratch(100);
  const view = new Uint8Array(small.buffer, 0, 100).fill(7);
  expect(scratch(50).buffer).toBe(small.buffer);
  const large = scratch(10_000_000);
  expect(large.buffer.byteLength).toBeGreaterThanOrEqual(10_000_000);
  expect(view.every((x) => x === 7) && view.length === 100).toBe(true);
  expect(scratch(100).buffer).toBe(large.buffer);
});
