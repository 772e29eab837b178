import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/graph/gradient.ts';
import { input } from '../../src/graph/ops/index.ts';
import { crossEntropy, crossEntropyPerRow, symmetricKl } from '../../src/nn/losses.ts';
import { checkGradient } from '../graph/check-gradient.ts';
import { type Doubles, evaluate } from '../graph/reference.ts';

const matrix = (rows: readonly (readonly number[])[]): Doubles => ({
  shape: [rows.length, rows[0]!.length],
  data: Float64Array.from(rows.flat()),
});
const vector = (...values: number[]): Doubles => ({
  shape: [values.length],
  data: Float64Array.from(values),
});

const p = input('p', { dtype: 'float32', shape: ['batch', 'classes'] });
const q = input('q', { dtype: 'float32', shape: ['batch', 'classes'] });
const labels = input('labels', { dtype: 'int64', shape: ['batch'] });
const run = (loss: typeof p, feeds: Readonly<Record<string, Doubles>>) => {
  const [batch, classes] = feeds.p!.shape as [number, number];
  return [...evaluate([loss], { feeds, dims: { batch, classes } })[0]!.data];
};

const softmax = (row: readonly number[]) => {
  const powers = row.map(Math.exp);
  return powers.map((x) => x / powers.reduce((a, b) => a + b));
};
const rowsOf = (classes: number) =>
  fc.array(
    fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: classes, maxLength: classes }),
    {
      minLength: 2,
      maxLength: 2,
    },
  );

describe('cross-entropy', () => {
  it('is ln C for equal logits', () => {
    const feeds = { p: matrix([[7, 7, 7, 7]]), labels: vector(2) };
    expect(run(crossEntropy(p, labels), feeds)[0]).toBeCloseTo(Math.log(4), 12);
  });

  it('of two classes is ln(1 + e^(z₁ − z₀)) for label 0', () => {
    const feeds = {
      p: matrix([
        [0.3, 1.1],
        [2, -1],
      ]),
      labels: vector(0, 0),
    };
    const [first, second] = [Math.log(1 + Math.exp(0.8)), Math.log(1 + Math.exp(-3))];
    const rows = run(crossEntropyPerRow(p, labels), feeds);
    expect(rows[0]).toBeCloseTo(first, 12);
    expect(rows[1]).toBeCloseTo(second, 12);
    expect(run(crossEntropy(p, labels), feeds)[0]).toBeCloseTo((first + second) / 2, 12);
  });

  it('stays finite for logits far apart', () => {
    const feeds = { p: matrix([[1000, -1000]]), labels: vector(1) };
    expect(run(crossEntropy(p, labels), feeds)).toEqual([2000]);
  });

  it('has the gradient (softmax z − onehot y)/N', () => {
    const feeds = {
      p: matrix([
        [0.3, 1.1, -0.5],
        [2, -1, 0],
      ]),
      labels: vector(1, 0),
    };
    const { p: dp } = gradient(crossEntropy(p, labels), { p });
    const expected = [
      ...softmax([0.3, 1.1, -0.5]).map((x, c) => (x - Number(c === 1)) / 2),
      ...softmax([2, -1, 0]).map((x, c) => (x - Number(c === 0)) / 2),
    ];
    run(dp!, feeds).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 12);
    });
  });
});

describe('divergences', () => {
  it('of two classes are the closed form', () => {
    const feeds = { p: matrix([[Math.log(3), 0]]), q: matrix([[0, 0]]) }; // (3/4, 1/4) and (1/2, 1/2)
    const [pq, qp] = [
      0.75 * Math.log(1.5) + 0.25 * Math.log(0.5),
      0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(2),
    ];
    expect(run(symmetricKl(p, q), feeds)[0]).toBeCloseTo(pq + qp, 12);
  });

  it('sKL is the mean over rows of KL both ways, whichever comes first, and never negative', () => {
    fc.assert(
      fc.property(rowsOf(3), rowsOf(3), (a, b) => {
        const feeds = { p: matrix(a), q: matrix(b) };
        const [forward] = run(symmetricKl(p, q), feeds);
        const [backward] = run(symmetricKl(q, p), feeds);
        const expected =
          a.reduce((sum, row, n) => {
            const [x, y] = [softmax(row), softmax(b[n]!)];
            return sum + x.reduce((s, xi, c) => s + (xi - y[c]!) * Math.log(xi / y[c]!), 0);
          }, 0) / 2;
        expect(forward).toBeCloseTo(expected, 10);
        expect(backward).toBe(forward);
        expect(forward).toBeGreaterThanOrEqual(0);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('sKL is 0, with gradient 0, for equal logits and for logits shifted by a constant', () => {
    const a = [[1, -2, 0.5]];
    for (const b of [a, [[4, 1, 3.5]]]) {
      const feeds = { p: matrix(a), q: matrix(b) };
      expect(Math.abs(run(symmetricKl(p, q), feeds)[0]!)).toBeLessThan(1e-15);
      for (const g of Object.values(gradient(symmetricKl(p, q), { p, q }))) {
        expect(Math.max(...run(g, feeds).map(Math.abs))).toBeLessThan(1e-15);
      }
    }
  });

  it('pass gradients to both sides', () => {
    const feeds = {
      p: matrix([
        [0.3, 1.1, -0.5],
        [2, -1, 0],
      ]),
      q: matrix([
        [1, 0, 0.2],
        [0, 0, 3],
      ]),
    };
    const options = { feeds, dims: { batch: 2, classes: 3 } };
    checkGradient(symmetricKl(p, q), { p, q }, options);
  });
});
