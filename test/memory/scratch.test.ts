import { expect, it } from 'vitest';
import { createScratch } from '../../src/memory/scratch.ts';

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

it('gives up to the most that one memory can hold, and says what to do beyond', () => {
  const scratch = createScratch();
  const bytes = 3.5 * 2 ** 30; // with a quarter on top: more than 4 GiB
  expect(scratch(bytes).buffer.byteLength).toBeGreaterThanOrEqual(bytes);
  expect(() => scratch(2 ** 32)).toThrow(
    expect.objectContaining({
      code: 'unsupported',
      message: expect.stringMatching(/4294967296 bytes.*perDeviceTrainBatchSize.*numVirtual/),
    }),
  );
});
