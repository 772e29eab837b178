import type { Tensor } from '../../src/base/tensor.ts';
import * as ops from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
/** A tensor in double precision, whatever its element type in the program. */
export interface Doubles {
    readonly shape: readonly number[];
    readonly data: Float64Array;
}
/** Names of the ops that `src/graph/ops` exports. */
export type OpKey = Extract<keyof typeof ops, `${string}Op`>;
/** erf x = 2/√π · e^(−x²) Σ 2ⁿ x^(2n+1)/(2n+1)!!, whose terms have one sign; 1 to the last digit from 6 on. */
export declare function erf(x: number): number;
/** A tensor's elements as doubles. */
export declare const doubles: ({ shape, data }: Tensor) => Doubles;
export interface EvaluateOptions {
    /** Inputs by name. */
    readonly feeds: Readonly<Record<string, Doubles>>;
    /** Sizes of the symbolic dimensions. */
    readonly dims?: Readonly<Record<string, number>>;
}
/** Evaluates values in double precision, op by op in plain JavaScript. */
export declare function evaluate(values: readonly Value[], { feeds, dims }: EvaluateOptions): Doubles[];
