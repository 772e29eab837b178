import { type Constant, dataTypeOf, type OnnxModel, type OnnxNode, type ValueType } from './onnx-model.ts';

/** How the weights of products are stored. */
export type WeightType = 'int8' | 'uint8';

/** Integers go from −127 to 127. */
const largest = 127;
/** What stands for 0 in uint8. */
const middle = 128;
/** Constants of fewer elements stay as they are: nothing is gained by them. */
const fewElements = 4096;

/**
 * A model with dynamic int8 quantisation, as ONNX Runtime's `quantize_dynamic` writes it: weights are int8, activations are
 * quantised when they are there.
 *
 *     x·W ≈ s_x·s_n·Σ_k (x̂_k − z)·Ŵ_kn,   x̂, z uint8 and s_x from DynamicQuantizeLinear(x),
 *     Ŵ_kn = round(W_kn / s_n),   s_n = max_k |W_kn| / 127 for each column n
 *     table[i] ≈ s_i·t̂_i,   t̂_i = round(t_i / s_i),   s_i = max |t_i| / 127 for each row i
 *
 * Products of two activations, small constants (the classifier's last matrix), biases and normalisation stay float32. x̂ is one
 * for a whole batch, so an answer depends, in its last digits, on what else is asked with it.
 *
 * As int8, x64 processors without VNNI multiply by `vpmaddubsw`, which adds two products in 16 bits and saturates: there a file may
 * answer otherwise than elsewhere. As uint8 (Ŵ + 128, with 128 for zero) sums are the same everywhere, and slower on some.
 *
 * Source: ONNX DynamicQuantizeLinear-11 and MatMulInteger-10; Jacob et al. 2018 (arXiv:1712.05877) §2.1. Departure from the
 * defaults of `quantize_dynamic`: a scale for each column and row in place of one for each tensor.
 * @param model a {@link standardModel}
 */
export function quantizedModel(
  model: OnnxModel,
  { weights = 'int8' }: { readonly weights?: WeightType } = {},
): OnnxModel {
  const constants = new Map(model.constants);
  const types = new Map(model.types);
  const quantizedOf = new Map<string, readonly string[]>();

  const isQuantized = (name: string): boolean => {
    const value = model.constants.get(name);
    return value?.dtype === 'float32' && value.shape.length === 2 && value.data.length >= fewElements;
  };
  const node = (
    type: string,
    p: Pick<OnnxNode, 'inputs' | 'outputs'> & {
      readonly attributes?: OnnxNode['attributes'];
      readonly of: readonly ValueType[];
    },
  ): OnnxNode => {
    p.outputs.forEach((name, i) => {
      types.set(name, p.of[i]!);
    });
    const { inputs, outputs, attributes = {} } = p;
    return { type, domain: '', inputs, outputs, attributes, name: `${type}_${outputs[0]}` };
  };

  const product = ({ inputs, outputs }: OnnxNode): readonly OnnxNode[] => {
    const [x, weight] = inputs as [string, string];
    const [y] = outputs as [string];
    const { shape } = model.types.get(x)!;
    const nodes: OnnxNode[] = [];
    if (!quantizedOf.has(x)) {
      const parts = ['quantized', 'scale', 'zero_point'].map((part) => `${x}.${part}`);
      const of = [byte(shape), scalar, byte([])];
      nodes.push(node('DynamicQuantizeLinear', { inputs: [x], outputs: parts, of }));
      quantizedOf.set(x, parts);
    }
    const [xQuantized, xScale, xZero] = quantizedOf.get(x) as [string, string, string];
    const quantized = quantizedColumns(model.constants.get(weight)!);
    constants.set(`${weight}.quantized`, weights === 'int8' ? quantized.values : shifted(quantized.values));
    if (weights === 'uint8') constants.set(zeroOfWeights, uint8([], [middle]));
    constants.set(`${weight}.scale`, quantized.scales);
    const output = model.types.get(y)!;
    const zero = weights === 'uint8' ? [zeroOfWeights] : [];
    return [
      ...nodes,
      node('MatMulInteger', {
        ...{ inputs: [xQuantized, `${weight}.quantized`, xZero, ...zero], outputs: [`${y}.int32`] },
        of: [{ dtype: 'int32', shape: output.shape }],
      }),
      node('Cast', {
        ...{ inputs: [`${y}.int32`], outputs: [`${y}.float32`], of: [output] },
        attributes: { to: dataTypeOf.float32 },
      }),
      node('Mul', {
        ...{ inputs: [xScale, `${weight}.scale`], outputs: [`${y}.scale`] },
        of: [{ dtype: 'float32', shape: quantized.scales.shape }],
      }),
      node('Mul', { inputs: [`${y}.float32`, `${y}.scale`], outputs: [y], of: [output] }),
    ];
  };

  /** Rows of a table, by `Gather` or by `Slice`: of the entries, and of their scales. */
  const rows = (reader: OnnxNode): readonly OnnxNode[] => {
    const [table, ...which] = reader.inputs as [string, ...string[]];
    const [y] = reader.outputs as [string];
    const quantized = quantizedRows(model.constants.get(table)!);
    constants.set(`${table}.quantized`, quantized.values);
    constants.set(`${table}.scale`, quantized.scales);
    const output = model.types.get(y)!;
    const { type, attributes } = reader;
    const taken = (from: string, to: string, of: ValueType) =>
      node(type, { inputs: [from, ...which], outputs: [to], attributes, of: [of] });
    const scale = { dtype: 'float32', shape: [...output.shape.slice(0, -1), 1] } as const;
    return [
      taken(`${table}.quantized`, `${y}.int8`, { dtype: 'int8', shape: output.shape }),
      taken(`${table}.scale`, `${y}.scale`, scale),
      node('Cast', {
        ...{ inputs: [`${y}.int8`], outputs: [`${y}.float32`], of: [output] },
        attributes: { to: dataTypeOf.float32 },
      }),
      node('Mul', { inputs: [`${y}.float32`, `${y}.scale`], outputs: [y], of: [output] }),
    ];
  };

  const nodes = model.nodes.flatMap((one): readonly OnnxNode[] => {
    const [first, second] = one.inputs;
    if (one.type === 'MatMul' && isQuantized(second!) && !model.constants.has(first!)) return product(one);
    return takesRows(one, model) && isQuantized(first!) ? rows(one) : [one];
  });
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...{ ...model, nodes, types },
    constants: new Map([...constants].filter(([name]) => read.has(name))),
  };
}

const zeroOfWeights = 'weight_zero_point';

const uint8 = (shape: readonly number[], values: Iterable<number>): Constant => ({
  dtype: 'uint8',
  shape,
  data: Uint8Array.from(values),
});

/** The same integers counted from −128. */
const shifted = ({ shape, data }: Constant): Constant =>
  uint8(
    shape,
    (data as Int8Array).map((value) => value ^ middle),
  );

const byte = (shape: ValueType['shape']): ValueType => ({ dtype: 'uint8', shape });
const scalar: ValueType = { dtype: 'float32', shape: [] };

/** Whether a node takes rows of its first input. */
function takesRows({ type, inputs, attributes }: OnnxNode, { constants }: OnnxModel): boolean {
  if (type === 'Gather') return attributes.axis === 0;
  const axes = type === 'Slice' ? constants.get(inputs[3]!)?.data : undefined;
  return axes?.length === 1 && Number(axes[0]) === 0;
}

interface Quantized {
  readonly values: Constant;
  readonly scales: Constant;
}

/** A scale for each row of `[R, W]`: `[R, 1]`. */
function quantizedRows({ shape, data }: Constant): Quantized {
  const [rows, width] = shape as [number, number];
  const groups = { count: rows, size: width, placeOf: (row: number, i: number) => row * width + i };
  const { values, scales } = quantizedInGroups(data as Float32Array, groups);
  return { values: { ...values, shape }, scales: { ...scales, shape: [rows, 1] } };
}

/** A scale for each column of `[K, N]`: `[N]`. */
function quantizedColumns({ shape, data }: Constant): Quantized {
  const [inner, columns] = shape as [number, number];
  const groups = {
    count: columns,
    size: inner,
    placeOf: (column: number, k: number) => k * columns + column,
  };
  const { values, scales } = quantizedInGroups(data as Float32Array, groups);
  return { values: { ...values, shape }, scales: { ...scales, shape: [columns] } };
}

/** Integers from −127 to 127, and for each group what a step of them stands for: 1 where all of it is zero. */
function quantizedInGroups(
  data: Float32Array,
  p: {
    readonly count: number;
    readonly size: number;
    readonly placeOf: (group: number, i: number) => number;
  },
) {
  const values = new Int8Array(data.length);
  const scales = new Float32Array(p.count);
  for (let group = 0; group < p.count; group++) {
    let most = 0;
    for (let i = 0; i < p.size; i++) most = Math.max(most, Math.abs(data[p.placeOf(group, i)]!));
    const scale = most === 0 ? 1 : Math.fround(most / largest);
    for (let i = 0; i < p.size; i++) {
      const place = p.placeOf(group, i);
      values[place] = Math.round(data[place]! / scale);
    }
    scales[group] = scale;
  }
  return { values: { dtype: 'int8', data: values }, scales: { dtype: 'float32', data: scales } } as const;
}
