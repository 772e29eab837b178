import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { bert } from '../../src/models/bert/index.ts';
import { teacherEmbeddings } from '../../src/pretraining/teacher-embeddings.ts';
import { frozenMaskedLm } from '../strategies/tiny-step.ts';

/** A teacher of five tokens and three dimensions: rows (3, 1), (−1, 2), … of a plane that is turned, and moved by (5, 5, 5). */
const plane = [
  [3, 1],
  [-1, 2],
  [-3, -1],
  [1, -2],
  [0, 0],
] as const;
const teacher = {
  architecture: bert,
  config: { ...frozenMaskedLm().config, vocabSize: 5, hiddenSize: 3 },
  weights: {
    [bert.wordEmbeddingName]: float32Tensor(
      [5, 3],
      plane.flatMap(([x, y]) => [5 + 0.6 * x - 0.8 * y, 5 + 0.8 * x + 0.6 * y, 5]),
    ),
  },
};

describe('teacherEmbeddings', () => {
  it('keeps the products of rows that lie in a plane, their mean apart', () => {
    const table = teacherEmbeddings(teacher, { hiddenSize: 2, seed: 1 });
    const row = (token: number) => [table[2 * token]!, table[2 * token + 1]!] as const;
    for (const [i, a] of plane.entries()) {
      for (const [j, b] of plane.entries()) {
        const [p, q] = [row(i), row(j)];
        expect(p[0] * q[0] + p[1] * q[1]).toBeCloseTo(a[0] * b[0] + a[1] * b[1], 4);
      }
    }
  });

  it('keeps the direction in which rows vary most where there is one dimension', () => {
    const axis = teacherEmbeddings(teacher, { hiddenSize: 1, seed: 1 });
    expect(Math.abs(axis[0]!)).toBeCloseTo(Math.hypot(3, 1), 0);
    expect(axis.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
  });

  it('refuses a student wider than its teacher, with what to do', () => {
    expect(() => teacherEmbeddings(teacher, { hiddenSize: 4, seed: 1 })).toThrow(
      'at most as wide as its teacher, 3, got 4. Take a smaller hiddenSize',
    );
  });
});
