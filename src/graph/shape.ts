import { VdaError } from '../base/error.ts';

/**
 * One dimension: a number, or a product of symbols known only when a program runs, in canonical form: an optional
 * leading coefficient, then symbols in alphabetical order, joined by `*` (`'batch'`, `'2*batch'`, `'batch*length'`).
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

interface Monomial {
  readonly coefficient: number;
  readonly symbols: readonly string[];
}

const parse = (dim: Dim): Monomial => {
  if (typeof dim === 'number') return { coefficient: dim, symbols: [] };
  const factors = dim.split('*');
  const first = Number(factors[0]);
  return Number.isNaN(first)
    ? { coefficient: 1, symbols: factors }
    : { coefficient: first, symbols: factors.slice(1) };
};

const format = ({ coefficient, symbols }: Monomial): Dim => {
  if (symbols.length === 0 || coefficient === 0) return coefficient;
  const product = [...symbols].sort().join('*');
  return coefficient === 1 ? product : `${coefficient}*${product}`;
};

/** Product of dimensions. */
export const multiplyDims = (...dims: readonly Dim[]): Dim =>
  format(
    dims
      .map(parse)
      .reduce(
        (a, b) => ({ coefficient: a.coefficient * b.coefficient, symbols: [...a.symbols, ...b.symbols] }),
        { coefficient: 1, symbols: [] },
      ),
  );

/** Sum of two dimensions with the same symbols (`batch` + `2*batch` = `3*batch`). @throws VdaError `internal` otherwise. */
export function addDims(a: Dim, b: Dim): Dim {
  const [x, y] = [parse(a), parse(b)];
  if (x.symbols.join('*') !== y.symbols.join('*')) {
    throw new VdaError('internal', `addDims: cannot add dimensions ${a} and ${b}`);
  }
  return format({ coefficient: x.coefficient + y.coefficient, symbols: x.symbols });
}

/** The coefficient and the symbols of a dimension. */
export const factorsOf = (dim: Dim): { readonly coefficient: number; readonly symbols: readonly string[] } =>
  parse(dim);

/** The number a dimension stands for under a binding of its symbols. @throws VdaError `internal` for an unbound symbol. */
export function evaluateDim(dim: Dim, bindings: ReadonlyMap<string, number>): number {
  const { coefficient, symbols } = parse(dim);
  return symbols.reduce((product, symbol) => {
    const value = bindings.get(symbol);
    if (value === undefined)
      throw new VdaError('internal', `evaluateDim: nothing binds dimension '${symbol}'`);
    return product * value;
  }, coefficient);
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** @throws VdaError `internal` naming an op and the shapes it was given, unless they fit. */
export function requireFit(
  fits: boolean,
  { op, shapes }: { readonly op: string; readonly shapes: readonly Shape[] },
): void {
  if (!fits)
    throw new VdaError('internal', `${op}: shapes ${shapes.map(formatShape).join(' and ')} do not fit`);
}

/** Number of elements, as a dimension. */
export const elementsOf = (shape: Shape): Dim => multiplyDims(...shape);

/** Whether a shape broadcasts to another as it is. */
export const broadcastsTo = (from: Shape, to: Shape): boolean => {
  const extra = to.length - from.length;
  return extra >= 0 && from.every((dim, axis) => dim === 1 || dim === to[axis + extra]);
};

/**
 * NumPy broadcasting of the shapes that an op is given.
 * @throws VdaError `internal` naming the op where two dimensions differ and neither is 1
 */
export const broadcastShapes = (op: string, shapes: readonly Shape[]): Shape =>
  shapes.reduce((a, b) => broadcastPair(a, b, () => requireFit(false, { op, shapes })));

function broadcastPair(a: Shape, b: Shape, refuse: () => void): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number): Dim => shape[axis - (rank - shape.length)] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [at(a, axis), at(b, axis)];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    refuse();
    return x;
  });
}

/** Axis counted from the front. */
export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
