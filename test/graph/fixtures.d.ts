import { type DType, type Tensor } from '../../src/base/tensor.ts';
import type { CaseInput } from './op-cases.ts';
import type { Doubles } from './reference.ts';
/** Sizes that every program with symbolic dimensions is run at, by one session. */
export declare const sizes: readonly Readonly<Record<string, number>>[];
/** A tensor of an element type from plain numbers. */
export declare function tensorOf(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor;
/** Numbers for the inputs of a case, the same on every run. */
export declare function drawInputs(inputs: Readonly<Record<string, CaseInput>>, { dims, seed }: {
    readonly dims: Readonly<Record<string, number>>;
    readonly seed?: number;
}): Record<string, Tensor>;
/** Throws, saying where it is, when an element differs by more than `tolerance`·(1 + |expected|). */
export declare function expectClose(actual: {
    readonly shape: readonly number[];
    readonly data: ArrayLike<number | bigint>;
}, expected: Doubles, { tolerance, what }: {
    readonly tolerance: number;
    readonly what: string;
}): void;
