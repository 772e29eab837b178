import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';

const byNode = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

it('gives the digests of FIPS 180-4', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

it('agrees with OpenSSL on bytes of every length around a block', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
    expect(sha256(bytes)).toBe(byNode(bytes));
  }
});

it('agrees with OpenSSL on any text and any bytes', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => sha256(text) === byNode(text)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => sha256(bytes) === byNode(bytes)));
});
