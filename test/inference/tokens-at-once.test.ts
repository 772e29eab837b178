import { expect, it } from 'vitest';
import { tokensAtOnce } from '../../src/inference/tokens-at-once.ts';

it('fills a GPU, within what the outputs take, and keeps to the cache on the processor', () => {
  expect(tokensAtOnce('cpu', { onProcessor: 384 })).toBe(384);
  expect(tokensAtOnce('wasm', { onProcessor: 1024, mostOnGpu: 4096 })).toBe(1024);
  expect(tokensAtOnce('webgpu', { onProcessor: 384 })).toBe(16_384);
  expect(tokensAtOnce('cuda', { onProcessor: 1024, mostOnGpu: 4096 })).toBe(4096);
});
