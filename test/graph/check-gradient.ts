import { gradient } from '../../src/graph/gradient.ts';
import { multiply, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { expectClose } from './fixtures.ts';
import { type Doubles, type EvaluateOptions, evaluate } from './reference.ts';

/** loss = Σ y ⊙ weights: with random weights every element of a Jacobian counts. */
export const weightedSum = (y: Value, weights: Value): Value => reduceSum(multiply(y, weights));

/**
 * ∂loss/∂x by central differences in doubles, (f(x + h) − f(x − h)) / 2h with h = 10⁻⁵: truncation leaves h²·f‴/6 ≈ 10⁻¹⁰
 * and rounding 10⁻¹⁶/h = 10⁻¹¹ of the loss.
 */
export function centralDifferences(loss: Value, input: string, options: EvaluateOptions): Doubles {
  const h = 1e-5;
  const { shape, data } = options.feeds[input]!;
  const at = (i: number, x: number): number => {
    const feeds = { ...options.feeds, [input]: { shape, data: data.with(i, x) } };
    return evaluate([loss], { ...options, feeds })[0]!.data[0]!;
  };
  return { shape, data: data.map((x, i) => (at(i, x + h) - at(i, x - h)) / (2 * h)) };
}

/**
 * Holds `gradient` of a loss against central differences, both in doubles. The tolerance is that of the constants of
 * the programs, which are float32 (2⁻²⁴ ≈ 6·10⁻⁸).
 */
export function checkGradient(
  loss: Value,
  targets: Readonly<Record<string, Value>>,
  options: EvaluateOptions,
): void {
  const gradients = gradient(loss, targets);
  const names = Object.keys(targets);
  const results = evaluate(Object.values(gradients), options);
  names.forEach((name, i) => {
    expectClose(results[i]!, centralDifferences(loss, name, options), {
      tolerance: 3e-7,
      what: `∂loss/∂${name}`,
    });
  });
}
