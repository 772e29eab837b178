import type { DType } from '../../src/base/tensor.ts';
import { float32Tensor } from '../../src/base/tensor.ts';
import {
  abs,
  add,
  cast,
  concat,
  constant,
  dimSize,
  divide,
  drop,
  erf,
  exp,
  expand,
  gelu,
  gemm,
  layerNorm,
  log,
  logSoftmax,
  matmul,
  multiply,
  negate,
  pad,
  putAlong,
  reduceMax,
  reduceSum,
  relu,
  reshape,
  scatterAddRows,
  sign,
  slice,
  softmax,
  sqrt,
  stopGradient,
  subtract,
  takeAlong,
  takeRows,
  tanh,
  topK,
  transpose,
  where,
} from '../../src/graph/ops/index.ts';
import type { Shape } from '../../src/graph/shape.ts';
import type { Value } from '../../src/graph/value.ts';
import type { OpKey } from './reference.ts';

/**
 * What an input is filled with: N(0, 1); numbers from 0.5 up; numbers at least 0.3 away from 0; zeros and ones; indices
 * below a bound, which repeat; indices below a bound, all different.
 */
export type Draw =
  | 'normal'
  | 'positive'
  | 'apart'
  | 'bits'
  | { readonly below: number }
  | { readonly distinctBelow: number };

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

type Inputs = Readonly<Record<string, CaseInput>>;
type Build = OpCase['build'];
const show = (inputs: Inputs) =>
  Object.values(inputs)
    .map(({ shape }) => `[${shape}]`)
    .join(' ');
const opCase = (inputs: Inputs, build: Build, note = ''): OpCase => ({
  title: `${show(inputs)} ${note}`.trim(),
  inputs,
  build,
});

const shapes: readonly Shape[] = [[], [1], [5], [1, 3], [2, 1, 3], ['batch', 3], ['batch', 'length', 1]];
const unary = (f: (x: Value) => Value, draw: Draw = 'normal'): OpCase[] =>
  shapes.map((shape) => opCase({ x: { shape, draw } }, ({ x }) => f(x!)));

const pairs: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[4], [4]],
  [[2, 3], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [1, 2, 1],
    [3, 1, 1, 4],
  ],
  [[1], [2, 1]],
  [['batch', 3], [3]],
  [['batch', 1], ['length']],
  [
    ['batch', 'length', 2],
    ['length', 1],
  ],
  [
    [1, 1, 1],
    ['batch', 'length', 2],
  ],
];
const binary = (f: (a: Value, b: Value) => Value, draw: Draw = 'normal'): OpCase[] =>
  pairs.map(([a, b]) => opCase({ a: { shape: a }, b: { shape: b, draw } }, ({ a, b }) => f(a!, b!)));

const ids = (shape: Shape, below: number): CaseInput => ({ shape, dtype: 'int64', draw: { below } });
const distinctIds = (shape: Shape, distinctBelow: number): CaseInput => ({
  shape,
  dtype: 'int64',
  draw: { distinctBelow },
});
const bools = (shape: Shape): CaseInput => ({ shape, dtype: 'bool', draw: 'bits' });
const lastAxis = (f: (x: Value) => Value): OpCase[] =>
  ([[1], [5], [3, 1], [2, 1, 4], ['batch', 3], ['batch', 'length']] as const).map((shape) =>
    opCase({ x: { shape } }, ({ x }) => f(x!)),
  );
const flags = [false, true];
const ab = (a: Shape, b: Shape) => ({ a: { shape: a }, b: { shape: b } });

/** Cases of every op; total over the ops, so a forgotten one doesn't compile. */
export const opCases: { readonly [K in OpKey]: readonly OpCase[] } = {
  inputOp: unary((x) => x),
  constantOp: [
    opCase({ x: { shape: [2, 3] } }, ({ x }) => multiply(x!, constant(float32Tensor([3], [1.5, -2, 0.25])))),
    opCase(
      { x: { shape: [20] } },
      ({ x }) =>
        add(
          multiply(x!, constant(float32Tensor([20], Array(20).fill(2)))),
          constant(float32Tensor([20], Array(20).fill(3))),
        ),
      'two long constants of one shape',
    ),
  ],
  dimSizeOp: [
    opCase({ x: { shape: ['batch'] } }, ({ x }) => multiply(x!, dimSize('batch'))),
    opCase(
      { x: { shape: ['batch', 'length'] } },
      ({ x }) => multiply(x!, dimSize('2*batch*length')),
      'a product',
    ),
    opCase({ x: { shape: [2] } }, ({ x }) => multiply(x!, dimSize(7)), 'a number'),
  ],
  castOp: [
    opCase({ x: ids([2, 3], 9) }, ({ x }) => cast(x!, 'float32'), 'int64 to float32'),
    opCase({ x: bools(['batch']) }, ({ x }) => cast(x!, 'int64'), 'bool to int64'),
    opCase({ x: { shape: [6] } }, ({ x }) => cast(x!, 'int32'), 'float32 to int32'),
    opCase({ x: ids([6], 3) }, ({ x }) => cast(x!, 'bool'), 'int64 to bool'),
    opCase(
      { x: { shape: [6], dtype: 'uint8', draw: 'bits' } },
      ({ x }) => cast(x!, 'float64'),
      'uint8 to float64',
    ),
  ],
  addOp: binary(add),
  subtractOp: binary(subtract),
  multiplyOp: [
    ...binary(multiply),
    opCase({ x: { shape: [3] } }, ({ x }) => multiply(x!, x!), 'a value by itself'),
  ],
  divideOp: binary(divide, 'apart'),
  negateOp: unary(negate),
  expOp: unary(exp),
  logOp: unary(log, 'positive'),
  sqrtOp: unary(sqrt, 'positive'),
  tanhOp: unary(tanh),
  reluOp: unary(relu, 'apart'),
  erfOp: unary(erf),
  absOp: unary(abs, 'apart'),
  signOp: unary(sign, 'apart'),
  geluOp: unary(gelu),
  whereOp: (
    [
      [[3], [3], [3]],
      [[2, 1], [3], []],
      [[1], [2, 3], [2, 1]],
      [['batch', 1], ['batch', 3], [3]],
      [[], [1], [2, 2]],
    ] as const
  ).map(([condition, a, b]) =>
    opCase({ condition: bools(condition), a: { shape: a }, b: { shape: b } }, ({ condition, a, b }) =>
      where(condition!, { whenTrue: a!, whenFalse: b! }),
    ),
  ),
  stopGradientOp: unary(stopGradient).map((each) => ({ ...each, held: true })),
  dropOp: ([[4], [2, 1, 3], ['batch', 3]] as const).flatMap((shape) =>
    [0.1, 0.5].map((probability) =>
      opCase(
        { x: { shape }, mask: { shape, dtype: 'uint8', draw: 'bits' } },
        ({ x, mask }) => drop(x!, { mask: mask!, probability }),
        `p = ${probability}`,
      ),
    ),
  ),
  softmaxOp: lastAxis(softmax),
  logSoftmaxOp: lastAxis(logSoftmax),
  reduceSumOp: flags.flatMap((keepDims) => [
    opCase({ x: { shape: [] } }, ({ x }) => reduceSum(x!, { keepDims }), `keepDims ${keepDims}`),
    opCase({ x: { shape: [2, 3] } }, ({ x }) => reduceSum(x!, { keepDims }), `all, keepDims ${keepDims}`),
    opCase(
      { x: { shape: [2, 3] } },
      ({ x }) => reduceSum(x!, { axes: [], keepDims }),
      `none, keepDims ${keepDims}`,
    ),
    opCase(
      { x: { shape: [2, 1, 3] } },
      ({ x }) => reduceSum(x!, { axes: [-2], keepDims }),
      `axis −2, keepDims ${keepDims}`,
    ),
    opCase(
      { x: { shape: [2, 3, 2] } },
      ({ x }) => reduceSum(x!, { axes: [0, -1], keepDims }),
      `axes 0, −1, keepDims ${keepDims}`,
    ),
    opCase(
      { x: { shape: ['batch', 'length', 2] } },
      ({ x }) => reduceSum(x!, { axes: [1], keepDims }),
      `axis 1, keepDims ${keepDims}`,
    ),
    opCase(
      { x: { shape: ['batch', 'length'] } },
      ({ x }) => reduceSum(x!, { keepDims }),
      `all, keepDims ${keepDims}`,
    ),
  ]),
  reduceMaxOp: flags.flatMap((keepDims) => [
    opCase({ x: { shape: [2, 3] } }, ({ x }) => reduceMax(x!, { keepDims }), `all, keepDims ${keepDims}`),
    opCase(
      { x: { shape: [2, 3] } },
      ({ x }) => reduceMax(x!, { axes: [], keepDims }),
      `none, keepDims ${keepDims}`,
    ),
    opCase(
      { x: { shape: ['batch', 1, 3] } },
      ({ x }) => reduceMax(x!, { axes: [-1], keepDims }),
      `axis −1, keepDims ${keepDims}`,
    ),
  ]),
  expandOp: [
    opCase({ x: { shape: [] } }, ({ x }) => expand(x!, [2, 3])),
    opCase({ x: { shape: [2, 1] } }, ({ x }) => expand(x!, [2, 3])),
    opCase({ x: { shape: [1, 3] } }, ({ x }) => expand(x!, [2, 1, 2, 3])),
    opCase({ x: { shape: ['batch', 1] } }, ({ x }) => expand(x!, ['batch', 4])),
    opCase({ x: { shape: ['batch', 3] } }, ({ x }) => expand(x!, [2, 'batch', 3])),
    opCase(
      { x: { shape: [1, 2] }, y: { shape: ['batch'] } },
      ({ x, y }) => add(expand(x!, ['2*batch', 2]), reduceSum(y!)),
      'to 2·batch',
    ),
  ],
  reshapeOp: [
    opCase({ x: { shape: [] } }, ({ x }) => reshape(x!, [1, 1])),
    opCase({ x: { shape: [2, 3] } }, ({ x }) => reshape(x!, [3, 1, 2])),
    opCase({ x: { shape: ['batch', 4] } }, ({ x }) => reshape(x!, ['batch', 2, 2])),
    opCase({ x: { shape: ['batch', 'length', 2] } }, ({ x }) => reshape(x!, ['batch*length', 2])),
    opCase(
      { x: { shape: ['batch', 'length'] } },
      ({ x }) => reshape(x!, ['length', 'batch']),
      'both symbols moved',
    ),
    opCase(
      { x: { shape: ['batch', 'length', 4] } },
      ({ x }) => reshape(x!, ['batch', 'length', 2, 2]),
      'heads apart',
    ),
    opCase({ x: { shape: ['batch', 4] } }, ({ x }) => reshape(x!, [2, '2*batch']), 'a coefficient moved'),
    ...[2, 3].map((k) =>
      opCase(
        { x: { shape: ['batch', 'length'] } },
        ({ x }) =>
          reshape(
            concat(
              Array.from({ length: 1 + k }, () => x!),
              0,
            ),
            [1 + k, 'batch', 'length'],
          ),
        `1 + ${k} copies, blocks apart`,
      ),
    ),
  ],
  transposeOp: [
    opCase({ x: { shape: [2, 3] } }, ({ x }) => transpose(x!, [1, 0])),
    opCase({ x: { shape: [2, 1, 3] } }, ({ x }) => transpose(x!, [2, 0, 1]), 'a cycle of three'),
    opCase({ x: { shape: ['batch', 'length', 2, 2] } }, ({ x }) => transpose(x!, [0, 2, 1, 3])),
  ],
  sliceOp: [
    opCase({ x: { shape: [5] } }, ({ x }) => slice(x!, { axis: 0, start: 1, size: 3 })),
    opCase(
      { x: { shape: [2, 4] } },
      ({ x }) => slice(x!, { axis: -1, size: 1 }),
      'the first of the last axis',
    ),
    opCase(
      { x: { shape: ['batch', 'length', 2] } },
      ({ x }) => slice(x!, { axis: 1, size: 1 }),
      'the first of a symbolic axis',
    ),
    opCase(
      { x: { shape: ['2*batch', 3] }, y: { shape: ['batch'] } },
      ({ x, y }) => add(slice(x!, { axis: 0, size: 'batch' }), reduceSum(y!)),
      'half',
    ),
    opCase(
      { x: { shape: [8, 2] }, y: { shape: ['length', 1] } },
      ({ x, y }) => add(slice(x!, { axis: 0, start: 2, size: 'length' }), y!),
      'as many rows as another value',
    ),
  ],
  padOp: [
    opCase({ x: { shape: [3] } }, ({ x }) => pad(x!, { axis: 0, before: 2, size: 6 })),
    opCase({ x: { shape: [2, 3] } }, ({ x }) => pad(x!, { axis: -1, before: 0, size: 3 }), 'by nothing'),
    opCase({ x: { shape: ['batch', 1] } }, ({ x }) => pad(x!, { axis: 1, before: 1, size: 4 })),
    opCase(
      { x: { shape: ['batch', 2] } },
      ({ x }) => pad(x!, { axis: 0, before: 0, size: '3*batch' }),
      'to 3·batch',
    ),
    opCase(
      { x: { shape: [2, 1] }, y: { shape: [2, 'length'] } },
      ({ x, y }) => add(pad(x!, { axis: 1, before: 0, size: 'length' }), y!),
      'to the size of another value',
    ),
  ],
  concatOp: [
    opCase(ab([2], [3]), ({ a, b }) => concat([a!, b!, a!], 0)),
    opCase(ab([2, 1], [2, 3]), ({ a, b }) => concat([a!, b!], -1)),
    opCase(ab(['batch', 2], ['batch', 1]), ({ a, b }) => concat([a!, b!], 1), 'beside a symbolic axis'),
    opCase(ab(['batch', 2], ['2*batch', 2]), ({ a, b }) => concat([a!, b!, a!], 0), 'along a symbolic axis'),
    opCase(ab(['batch', 'length'], ['batch', 'length']), ({ a, b }) => concat([b!, a!], 0), 'all symbolic'),
  ],
  gemmOp: flags.flatMap((transposeA) =>
    flags.flatMap((transposeB) => {
      const matrices = (m: number | string, k: number, n: number) =>
        ab(transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]);
      const note = `transposes ${transposeA}, ${transposeB}`;
      return [
        opCase(matrices(2, 3, 4), ({ a, b }) => gemm(a!, b!, { transposeA, transposeB }), note),
        opCase(matrices(1, 1, 3), ({ a, b }) => gemm(a!, b!, { transposeA, transposeB }), note),
        opCase(matrices('batch', 3, 2), ({ a, b }) => gemm(a!, b!, { transposeA, transposeB }), note),
        ...([[], [4], [1, 4], [2, 1], [2, 4]] as const).map((shape) =>
          opCase(
            { ...matrices(2, 3, 4), c: { shape } },
            ({ a, b, c }) => gemm(a!, b!, { transposeA, transposeB, addend: c! }),
            note,
          ),
        ),
      ];
    }),
  ),
  matmulOp: flags.flatMap((transposeA) =>
    flags.flatMap((transposeB) =>
      (
        [
          [[], 2, 3, 4],
          [[2], 1, 3, 1],
          [['batch', 2], 'length', 2, 'length'],
        ] as const
      ).map(([stack, m, k, n]) =>
        opCase(
          ab([...stack, ...(transposeA ? [k, m] : [m, k])], [...stack, ...(transposeB ? [n, k] : [k, n])]),
          ({ a, b }) => matmul(a!, b!, { transposeA, transposeB, alpha: 0.5 }),
          `transposes ${transposeA}, ${transposeB}`,
        ),
      ),
    ),
  ),
  layerNormOp: ([[4], [1, 3], [2, 1, 5], ['batch', 'length', 4]] as const).map((shape) =>
    opCase(
      { x: { shape }, gamma: { shape: [shape.at(-1)!] }, beta: { shape: [shape.at(-1)!] } },
      ({ x, gamma, beta }) => layerNorm(x!, { gamma: gamma!, beta: beta!, epsilon: 1e-5 }),
    ),
  ),
  takeRowsOp: ([[], [1], [5], [2, 3], ['batch', 'length']] as const).flatMap((shape) => [
    opCase({ table: { shape: [4, 2] }, ids: ids(shape, 4) }, ({ table, ids }) => takeRows(table!, ids!)),
    opCase({ table: { shape: [3, 1, 2] }, ids: ids(shape, 3) }, ({ table, ids }) => takeRows(table!, ids!)),
    opCase({ table: { shape: [18, 2] }, ids: ids(shape, 3) }, ({ table, ids }) => takeRows(table!, ids!)),
    opCase(
      { table: { shape: [18, 2] }, ids: distinctIds(shape, 18) },
      ({ table, ids }) => takeRows(table!, ids!, { distinct: true }),
      'distinct rows',
    ),
  ]),
  scatterAddRowsOp: [
    opCase(
      { ids: ids(['batch'], 20), updates: { shape: ['batch', 2] }, base: { shape: [20, 2] } },
      ({ ids, updates, base }) => scatterAddRows({ ids: ids!, updates: updates!, rows: 20, base: base! }),
    ),
    opCase({ ids: ids([6], 3), updates: { shape: [6, 2] } }, ({ ids, updates }) =>
      scatterAddRows({ ids: ids!, updates: updates!, rows: 17 }),
    ),
    opCase({ ids: ids([4], 2), updates: { shape: [4] } }, ({ ids, updates }) =>
      scatterAddRows({ ids: ids!, updates: updates!, rows: 20 }),
    ),
    opCase({ ids: ids([5], 3), updates: { shape: [5, 2] } }, ({ ids, updates }) =>
      scatterAddRows({ ids: ids!, updates: updates!, rows: 4 }),
    ),
    opCase(
      { ids: ids(['batch'], 3), updates: { shape: ['batch', 2] }, base: { shape: [3, 2] } },
      ({ ids, updates, base }) => scatterAddRows({ ids: ids!, updates: updates!, rows: 3, base: base! }),
    ),
    opCase(
      { ids: distinctIds(['batch'], 20), updates: { shape: ['batch', 3, 2] }, base: { shape: [20, 3, 2] } },
      ({ ids, updates, base }) =>
        scatterAddRows({ ids: ids!, updates: updates!, rows: 20, base: base!, distinct: true }),
      'distinct rows',
    ),
    opCase(
      { ids: distinctIds([6], 40), updates: { shape: [6, 2] } },
      ({ ids, updates }) => scatterAddRows({ ids: ids!, updates: updates!, rows: 40, distinct: true }),
      'distinct rows',
    ),
    opCase(
      { ids: ids([1], 1), updates: { shape: [1, 1, 2] }, sized: { shape: ['length'] } },
      ({ ids, updates, sized }) =>
        add(scatterAddRows({ ids: ids!, updates: updates!, rows: 'length' }), reduceSum(sized!)),
      'as many rows as a symbolic size',
    ),
  ],
  takeAlongOp: [
    opCase({ x: { shape: [2, 4] }, ids: ids([2, 3], 4) }, ({ x, ids }) => takeAlong(x!, ids!)),
    opCase({ x: { shape: ['batch', 3] }, ids: ids(['batch', 1], 3) }, ({ x, ids }) => takeAlong(x!, ids!)),
  ],
  putAlongOp: [
    opCase({ ids: ids([2, 5], 3), values: { shape: [2, 5] } }, ({ ids, values }) =>
      putAlong({ ids: ids!, values: values!, columns: 4 }),
    ),
    opCase(
      { ids: ids(['batch', 2], 1), values: { shape: ['batch', 2] }, sized: { shape: ['length'] } },
      ({ ids, values, sized }) => add(putAlong({ ids: ids!, values: values!, columns: 'length' }), sized!),
    ),
  ],
  topKOp: [
    opCase({ x: { shape: [5] } }, ({ x }) => topK(x!, 5).values, 'all'),
    opCase({ x: { shape: ['batch', 1, 6] } }, ({ x }) => topK(x!, 2).values, 'two of six'),
    opCase({ x: { shape: [3, 8], draw: 'bits' } }, ({ x }) => topK(x!, 5).values, 'with ties'),
  ],
};
