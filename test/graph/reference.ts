import type { Tensor } from '../../src/base/tensor.ts';
import * as ops from '../../src/graph/ops/index.ts';
import { evaluateDim, type Shape } from '../../src/graph/shape.ts';
import { topologicalOrder } from '../../src/graph/topological-order.ts';
import type { Node, Op, Value } from '../../src/graph/value.ts';

/** A tensor in double precision, whatever its element type in the program. */
export interface Doubles {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Names of the ops that `src/graph/ops` exports. */
export type OpKey = Extract<keyof typeof ops, `${string}Op`>;
type AttributesOf<O> = O extends Op<infer A> ? A : never;

interface RuleContext<A> {
  readonly inputs: readonly Doubles[];
  readonly attributes: A;
  readonly feed: (name: string) => Doubles;
  /** Size of a dimension in this run. */
  readonly size: (dim: number | string) => number;
}
type Rule<A> = (context: RuleContext<A>) => Doubles | readonly Doubles[];

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A tensor filled from a function of the index along each axis. */
function fill(shape: readonly number[], f: (index: readonly number[]) => number): Doubles {
  const index = shape.map(() => 0);
  const data = Float64Array.from({ length: elements(shape) }, () => {
    const value = f(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
    return value;
  });
  return { shape, data };
}

/** Element at an index; axes of size 1 and missing leading axes broadcast. */
function at({ shape, data }: Doubles, index: readonly number[]): number {
  const extra = index.length - shape.length;
  let offset = 0;
  shape.forEach((size, axis) => {
    const i = size === 1 ? 0 : index[axis + extra]!;
    if (i < 0 || i >= size) throw new RangeError(`index ${index} is outside of shape ${shape}`);
    offset = offset * size + i;
  });
  return data[offset]!;
}

const replaced = (index: readonly number[], axis: number, i: number) =>
  index.map((x, a) => (a === axis ? i : x));

const broadcast = (shapes: readonly (readonly number[])[]): number[] => {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).reduce((a, b) => (a === 1 ? b : a)),
  );
};

const elementwise =
  (f: (...x: number[]) => number): Rule<unknown> =>
  ({ inputs }) =>
    fill(broadcast(inputs.map((x) => x.shape)), (index) => f(...inputs.map((x) => at(x, index))));

/** Rows of the last axis, each mapped to a row. */
const alongLast =
  (f: (row: readonly number[]) => readonly number[]): Rule<unknown> =>
  ({ inputs: [x] }) => {
    const width = x!.shape.at(-1)!;
    const rows = Array.from({ length: x!.data.length / width }, (_, r) =>
      f([...x!.data.subarray(r * width, (r + 1) * width)]),
    );
    return { shape: x!.shape, data: Float64Array.from(rows.flat()) };
  };

const logSumExp = (row: readonly number[]) => {
  const top = Math.max(...row);
  return top + Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
};

const reduce =
  (
    f: (a: number, b: number) => number,
  ): Rule<{ readonly axes: readonly number[]; readonly keepDims: boolean }> =>
  ({ inputs: [x], attributes: { axes, keepDims } }) => {
    const kept = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const result = new Map<string, number>();
    fill(x!.shape, (index) => {
      const key = index.map((i, axis) => (axes.includes(axis) ? 0 : i)).join();
      const value = at(x!, index);
      result.set(key, result.has(key) ? f(result.get(key)!, value) : value);
      return 0;
    });
    const { data } = fill(kept, (index) => result.get(index.join())!);
    return { shape: keepDims ? kept : x!.shape.filter((_, axis) => !axes.includes(axis)), data };
  };

/** erf x = 2/√π · e^(−x²) Σ 2ⁿ x^(2n+1)/(2n+1)!!, whose terms have one sign; 1 to the last digit from 6 on. */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** op(a)·op(b) over stacks of matrices. */
function product(
  a: Doubles,
  b: Doubles,
  p: { transposeA: boolean; transposeB: boolean; alpha: number },
): Doubles {
  const stack = a.shape.slice(0, -2);
  const [m, k] = p.transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = p.transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  return fill([...stack, m, n], (index) => {
    const [i, j] = index.slice(-2) as [number, number];
    const head = index.slice(0, -2);
    let sum = 0;
    for (let t = 0; t < k; t++) {
      sum +=
        at(a, [...head, ...(p.transposeA ? [t, i] : [i, t])]) *
        at(b, [...head, ...(p.transposeB ? [j, t] : [t, j])]);
    }
    return p.alpha * sum;
  });
}

/** What each op works out, in doubles, written from its definition and not from its emission or its gradient. */
const rules: { readonly [K in OpKey]: Rule<AttributesOf<(typeof ops)[K]>> } = {
  inputOp: ({ attributes, feed }) => feed(attributes.name),
  constantOp: ({ attributes }) => doubles(attributes.value),
  dimSizeOp: ({ attributes, size }) => ({ shape: [], data: Float64Array.of(size(attributes.dim)) }),
  castOp: ({ inputs: [x], attributes: { dtype } }) => ({
    shape: x!.shape,
    data: x!.data.map(
      dtype.startsWith('float') ? (v) => v : dtype === 'bool' ? (v) => Number(v !== 0) : Math.trunc,
    ),
  }),
  addOp: elementwise((a, b) => a! + b!),
  subtractOp: elementwise((a, b) => a! - b!),
  multiplyOp: elementwise((a, b) => a! * b!),
  divideOp: elementwise((a, b) => a! / b!),
  negateOp: elementwise((x) => -x!),
  expOp: elementwise((x) => Math.exp(x!)),
  logOp: elementwise((x) => Math.log(x!)),
  sqrtOp: elementwise((x) => Math.sqrt(x!)),
  tanhOp: elementwise((x) => Math.tanh(x!)),
  reluOp: elementwise((x) => Math.max(x!, 0)),
  erfOp: elementwise((x) => erf(x!)),
  absOp: elementwise((x) => Math.abs(x!)),
  signOp: elementwise((x) => Math.sign(x!)),
  geluOp: elementwise((x) => (x! / 2) * (1 + erf(x! / Math.SQRT2))),
  whereOp: elementwise((condition, a, b) => (condition ? a! : b!)),
  stopGradientOp: ({ inputs: [x] }) => x!,
  dropOp: ({ inputs: [x, mask], attributes: { probability } }) =>
    fill(x!.shape, (index) => (at(x!, index) * at(mask!, index)) / (1 - probability)),
  softmaxOp: alongLast((row) => row.map((x) => Math.exp(x - logSumExp(row)))),
  logSoftmaxOp: alongLast((row) => row.map((x) => x - logSumExp(row))),
  reduceSumOp: reduce((a, b) => a + b),
  reduceMaxOp: reduce(Math.max),
  expandOp: ({ inputs: [x], attributes, size }) => fill(attributes.shape.map(size), (index) => at(x!, index)),
  reshapeOp: ({ inputs: [x], attributes, size }) => ({ shape: attributes.shape.map(size), data: x!.data }),
  transposeOp: ({ inputs: [x], attributes: { permutation } }) =>
    fill(
      permutation.map((axis) => x!.shape[axis]!),
      (index) =>
        at(
          x!,
          permutation.map((_, axis) => index[permutation.indexOf(axis)]!),
        ),
    ),
  sliceOp: ({ inputs: [x], attributes: { axis, start, size: kept }, size }) =>
    fill(replaced(x!.shape, axis, size(kept)), (index) =>
      at(x!, replaced(index, axis, index[axis]! + start)),
    ),
  padOp: ({ inputs: [x], attributes: { axis, before, size: total }, size }) =>
    fill(replaced(x!.shape, axis, size(total)), (index) => {
      const i = index[axis]! - before;
      return i < 0 || i >= x!.shape[axis]! ? 0 : at(x!, replaced(index, axis, i));
    }),
  concatOp: ({ inputs, attributes: { axis } }) => {
    const starts = inputs.map((_, n) => inputs.slice(0, n).reduce((sum, x) => sum + x.shape[axis]!, 0));
    const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
    return fill(replaced(inputs[0]!.shape, axis, total), (index) => {
      const n = starts.findLastIndex((start) => start <= index[axis]!);
      return at(inputs[n]!, replaced(index, axis, index[axis]! - starts[n]!));
    });
  },
  gemmOp: ({ inputs: [a, b, c], attributes }) => {
    const y = product(a!, b!, { ...attributes, alpha: 1 });
    return c ? fill(y.shape, (index) => at(y, index) + at(c, index)) : y;
  },
  matmulOp: ({ inputs: [a, b], attributes }) => product(a!, b!, attributes),
  layerNormOp: ({ inputs: [x, gamma, beta], attributes: { epsilon } }) => {
    const width = x!.shape.at(-1)!;
    const statistics = [...x!.shape.slice(0, -1), 1];
    const row = (index: readonly number[]) =>
      Array.from({ length: width }, (_, i) => at(x!, [...index.slice(0, -1), i]));
    const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / width;
    const mean = fill(statistics, (index) => average(row(index)));
    const rstd = fill(statistics, (index) => {
      const mu = at(mean, index);
      return 1 / Math.sqrt(average(row(index).map((v) => (v - mu) ** 2)) + epsilon);
    });
    const y = fill(x!.shape, (index) => {
      const normal = (at(x!, index) - at(mean, index)) * at(rstd, index);
      return normal * at(gamma!, index.slice(-1)) + at(beta!, index.slice(-1));
    });
    return [y, mean, rstd];
  },
  takeRowsOp: ({ inputs: [table, ids] }) =>
    fill([...ids!.shape, ...table!.shape.slice(1)], (index) => {
      const rank = ids!.shape.length;
      return at(table!, [at(ids!, index.slice(0, rank)), ...index.slice(rank)]);
    }),
  scatterAddRowsOp: ({ inputs: [ids, updates, base], attributes: { rows }, size }) => {
    const shape = [size(rows), ...updates!.shape.slice(1)];
    return fill(shape, ([row, ...rest]) => {
      let sum = base ? at(base, [row!, ...rest]) : 0;
      ids!.data.forEach((id, n) => {
        if (id === row) sum += at(updates!, [n, ...rest]);
      });
      return sum;
    });
  },
  takeAlongOp: ({ inputs: [x, ids] }) => fill(ids!.shape, ([n, k]) => at(x!, [n!, at(ids!, [n!, k!])])),
  putAlongOp: ({ inputs: [ids, values], attributes: { columns }, size }) =>
    fill([values!.shape[0]!, size(columns)], ([n, column]) => {
      let sum = 0;
      for (let k = 0; k < ids!.shape[1]!; k++) if (at(ids!, [n!, k]) === column) sum += at(values!, [n!, k]);
      return sum;
    }),
  topKOp: ({ inputs: [x], attributes: { k } }) => {
    const width = x!.shape.at(-1)!;
    const shape = [...x!.shape.slice(0, -1), k];
    const order = (index: readonly number[]) => {
      const value = (i: number) => at(x!, [...index.slice(0, -1), i]);
      return Array.from({ length: width }, (_, i) => i).sort((i, j) => value(j) - value(i) || i - j);
    };
    const indices = fill(shape, (index) => order(index)[index.at(-1)!]!);
    return [fill(shape, (index) => at(x!, [...index.slice(0, -1), at(indices, index)])), indices];
  },
};

const ruleOf = new Map<unknown, Rule<never>>(
  Object.entries(ops).flatMap(([key, op]) =>
    key in rules ? [[op, rules[key as OpKey] as unknown as Rule<never>]] : [],
  ),
);

/** A tensor's elements as doubles. */
export const doubles = ({ shape, data }: Tensor): Doubles => ({
  shape,
  data: Float64Array.from(data, Number),
});

/** The same of many tensors. */
export const allDoubles = <N extends string>(tensors: Readonly<Record<N, Tensor>>): Record<N, Doubles> =>
  Object.fromEntries(
    Object.entries<Tensor>(tensors).map(([name, tensor]) => [name, doubles(tensor)]),
  ) as Record<N, Doubles>;

export interface EvaluateOptions {
  /** Inputs by name. */
  readonly feeds: Readonly<Record<string, Doubles>>;
  /** Sizes of the symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** Evaluates values in double precision, op by op in plain JavaScript. */
export function evaluate(values: readonly Value[], { feeds, dims = {} }: EvaluateOptions): Doubles[] {
  const bindings = new Map(Object.entries(dims));
  const results = new Map<Value, Doubles>();
  for (const node of topologicalOrder(values)) {
    apply(node).forEach((result, i) => {
      checkShape(node, result.shape, { shape: node.outputs[i]!.shape, bindings });
      results.set(node.outputs[i]!, result);
    });
  }
  return values.map((value) => results.get(value)!);

  function apply(node: Node): readonly Doubles[] {
    const result = ruleOf.get(node.op)!({
      inputs: node.inputs.map((value) => results.get(value)!),
      attributes: node.attributes as never,
      feed: (name) => feeds[name]!,
      size: (dim) => evaluateDim(dim, bindings),
    });
    return 'data' in result ? [result] : result;
  }
}

/** The shape rule of an op must say what its definition gives. */
function checkShape(
  node: Node,
  actual: readonly number[],
  { shape, bindings }: { readonly shape: Shape; readonly bindings: ReadonlyMap<string, number> },
): void {
  const inferred = shape.map((dim) => evaluateDim(dim, bindings));
  if (inferred.join() !== actual.join()) {
    throw new Error(`op '${node.op.name}' infers [${inferred}], its definition gives [${actual}]`);
  }
}
