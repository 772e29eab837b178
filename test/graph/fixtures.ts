import { permutation, type RandomStream, randomKey, randomStream } from '../../src/base/random.ts';
import { arrayOf, type DType, sizeOf, type Tensor } from '../../src/base/tensor.ts';
import { evaluateDim, type Shape } from '../../src/graph/shape.ts';
import type { CaseInput, Draw } from './op-cases.ts';
import { allDoubles, type Doubles } from './reference.ts';

/** Sizes that every program with symbolic dimensions is run at, by one session. */
export const sizes: readonly Readonly<Record<string, number>>[] = [
  { batch: 2, length: 3 },
  { batch: 1, length: 2 },
  { batch: 3, length: 1 },
];

function draws(
  count: number,
  { draw, stream }: { readonly draw: Draw; readonly stream: RandomStream },
): number[] {
  if (typeof draw === 'object' && 'distinctBelow' in draw) {
    return [...permutation(draw.distinctBelow, stream).slice(0, count)];
  }
  return Array.from({ length: count }, () => {
    if (typeof draw === 'object') return stream.nextInt(draw.below);
    const x = stream.nextNormal();
    if (draw === 'bits') return stream.nextInt(2);
    if (draw === 'positive') return 0.5 + Math.abs(x);
    if (draw === 'apart') return Math.sign(x) * (0.3 + Math.abs(x));
    return x;
  });
}

/** A tensor of an element type from plain numbers. */
export function tensorOf(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  const data =
    dtype === 'int64'
      ? BigInt64Array.from(values as number[], BigInt)
      : arrayOf[dtype].from(values as number[]);
  return { dtype, shape, data };
}

/** Numbers for the inputs of a case, the same on every run. */
export function drawInputs(
  inputs: Readonly<Record<string, CaseInput>>,
  { dims, seed = 1 }: { readonly dims: Readonly<Record<string, number>>; readonly seed?: number },
): Record<string, Tensor> {
  const bindings = new Map(Object.entries(dims));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype = 'float32', draw = 'normal' }]) => {
      const stream = randomStream(randomKey(seed, `test/${name}`));
      const actual = shape.map((dim) => evaluateDim(dim, bindings));
      return [name, tensorOf(dtype, actual, draws(sizeOf(actual), { draw, stream }))];
    }),
  );
}

/** Normal numbers of these shapes. */
export const drawDoubles = <N extends string>(
  shapes: Readonly<Record<N, Shape>>,
  options: { readonly dims: Readonly<Record<string, number>> },
): Record<N, Doubles> =>
  allDoubles(
    drawInputs(
      Object.fromEntries(Object.entries<Shape>(shapes).map(([name, shape]) => [name, { shape }])),
      options,
    ),
  );

/** Throws, saying where it is, when an element differs by more than `tolerance`·(1 + |expected|). */
export function expectClose(
  actual: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> },
  expected: Doubles,
  { tolerance, what }: { readonly tolerance: number; readonly what: string },
): void {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${what}: shape [${actual.shape}], expected [${expected.shape}]`);
  }
  if (actual.data.length !== expected.data.length) {
    throw new Error(`${what}: ${actual.data.length} elements, expected ${expected.data.length}`);
  }
  expected.data.forEach((wanted, i) => {
    const got = Number(actual.data[i]);
    const close = got === wanted || Math.abs(got - wanted) <= tolerance * (1 + Math.abs(wanted));
    if (!close) throw new Error(`${what}: element ${i} is ${got}, expected ${wanted}`);
  });
}
