import type { DType } from '../../src/base/tensor.ts';
import type { Shape } from '../../src/graph/shape.ts';
import type { Value } from '../../src/graph/value.ts';
import type { OpKey } from './reference.ts';
/**
 * What an input is filled with: N(0, 1); numbers from 0.5 up; numbers at least 0.3 away from 0; zeros and ones; indices
 * below a bound, which repeat.
 */
export type Draw = 'normal' | 'positive' | 'apart' | 'bits' | {
    readonly below: number;
};
export interface CaseInput {
    readonly shape: Shape;
    /** `float32` unless told. */
    readonly dtype?: DType;
    /** `'normal'` unless told. */
    readonly draw?: Draw;
}
export interface OpCase {
    readonly title: string;
    readonly inputs: Readonly<Record<string, CaseInput>>;
    readonly build: (inputs: Readonly<Record<string, Value>>) => Value;
    /** The op holds its input constant: gradients are 0 although the value changes. */
    readonly held?: true;
}
/** Cases of every op; total over the ops, so a forgotten one doesn't compile. */
export declare const opCases: {
    readonly [K in OpKey]: readonly OpCase[];
};
