import { describe, expect, it, test } from 'vitest';
import { cooccurrenceEmbeddings, logFrequencies, positivePmi } from '../../src/pretraining/cooccurrence.ts';
import type { MlmCorpus } from '../../src/pretraining/mlm-corpus.ts';

/** Sequences of 6 tokens from a grammar in which 2 and 3 stand in the same places, before 5, and 4 elsewhere, before 6. */
function corpus(): MlmCorpus {
  const bodies = Array.from(
    { length: 60 },
    (_, i) =>
      [
        [2, 5, 7, 4],
        [3, 5, 7, 4],
        [4, 6, 8, 2],
        [4, 6, 8, 3],
      ][i % 4]!,
  );
  const ids = Uint16Array.from(bodies.flatMap((body) => [0, ...body, 1]));
  return { ids, length: 6, sequences: bodies.length };
}

describe('positivePmi', () => {
  it('is the formula, cut at 0, on a table small enough to do by hand', () => {
    const pairs = Float32Array.from([0, 6, 2, 6, 0, 0, 2, 0, 8]); // rows: 8, 6, 10 of 24
    const { starts, columns, values } = positivePmi(pairs, 3);
    const share = [8, 6, 10].map((count) => count / 24);
    const powers = [8, 6, 10].map((count) => count ** 0.75);
    const smoothed = powers.map((power) => power / (powers[0]! + powers[1]! + powers[2]!));
    const pmi = (i: number, j: number, count: number) =>
      Math.log(count / 24) - 0.5 * Math.log(share[i]! * smoothed[j]! * share[j]! * smoothed[i]!);
    expect([...starts]).toEqual([0, 1, 2, 3]); // 0 and 2 stand together less often than chance
    expect([...columns]).toEqual([1, 0, 2]);
    expect(pmi(0, 2, 2)).toBeLessThan(0);
    [pmi(0, 1, 6), pmi(0, 1, 6), pmi(2, 2, 8)].forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 6);
    });
  });
});

describe('cooccurrenceEmbeddings', () => {
  const sizes = { vocabSize: 10, hiddenSize: 4, seed: 1 };

  it('puts tokens of the same places together', () => {
    const embeddings = cooccurrenceEmbeddings(corpus(), sizes);
    const row = (token: number) => embeddings.subarray(token * 4, token * 4 + 4);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const cosine = (a: number, b: number) =>
      dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
    expect(cosine(2, 3)).toBeGreaterThan(0.9);
    expect(cosine(2, 4)).toBeLessThan(0.5);
    const meanSquare = embeddings.reduce((sum, x) => sum + x * x, 0) / embeddings.length;
    expect(Math.sqrt(meanSquare)).toBeCloseTo(0.05, 6);
  });

  it('is the same for the same seed', () => {
    expect(cooccurrenceEmbeddings(corpus(), sizes)).toEqual(cooccurrenceEmbeddings(corpus(), sizes));
  });

  it.each([20_000, 3])('refuses a vocabulary of %i tokens with what to do', (vocabSize) => {
    expect(() => cooccurrenceEmbeddings(corpus(), { ...sizes, vocabSize })).toThrow(
      `expected a vocabulary of 4 (the hidden size) to 16384 tokens, got ${vocabSize}`,
    );
  });
});

test('log frequencies are of half a count more each, and of shares that add up to 1', () => {
  const shares = logFrequencies(corpus(), { vocabSize: 10 }).map(Math.exp);
  expect(shares[4]).toBeCloseTo(60.5 / 245, 6); // 60 of 240 tokens, half a count for each of 10
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
});
