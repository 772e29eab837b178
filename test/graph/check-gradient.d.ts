import type { Value } from '../../src/graph/value.ts';
import { type Doubles, type EvaluateOptions } from './reference.ts';
/** loss = Σ y ⊙ weights: with random weights every element of a Jacobian counts. */
export declare const weightedSum: (y: Value, weights: Value) => Value;
/**
 * ∂loss/∂x by central differences in doubles, (f(x + h) − f(x − h)) / 2h with h = 10⁻⁵: truncation leaves h²·f‴/6 ≈ 10⁻¹⁰
 * and rounding 10⁻¹⁶/h = 10⁻¹¹ of the loss.
 */
export declare function centralDifferences(loss: Value, input: string, options: EvaluateOptions): Doubles;
/**
 * Holds `gradient` of a loss against central differences, both in doubles. The tolerance is that of the constants of
 * the programs, which are float32 (2⁻²⁴ ≈ 6·10⁻⁸).
 */
export declare function checkGradient(loss: Value, targets: Readonly<Record<string, Value>>, options: EvaluateOptions): void;
