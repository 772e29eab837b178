import { describe, expect, it } from 'vitest';
import { arrayOf, type DType } from '../../src/base/tensor.ts';
import { gradient } from '../../src/graph/gradient.ts';
import * as ops from '../../src/graph/ops/index.ts';
import type { Op, Value, ValueType } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { checkGradient, weightedSum } from './check-gradient.ts';
import { drawInputs, expectClose, sizes, tensorOf } from './fixtures.ts';
import { type OpCase, opCases } from './op-cases.ts';
import { allDoubles, evaluate } from './reference.ts';

const isOp = (value: unknown): value is Op<never> =>
  typeof value === 'object' && value !== null && 'vjp' in value;
const allOps = Object.entries(ops as Readonly<Record<string, unknown>>).flatMap(([key, value]) =>
  isOp(value)
    ? [{ key, op: value, cases: (opCases as Readonly<Record<string, readonly OpCase[]>>)[key] ?? [] }]
    : [],
);

it.each(allOps)('$key has cases', ({ key, op, cases }) => {
  expect(cases.length, key).toBeGreaterThan(0);
  expect(key, 'an op is exported under its own name').toBe(`${op.name}Op`);
});

const typesOf = ({ inputs }: OpCase): Record<string, ValueType> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => [name, { shape, dtype }]),
  );

const runs = (one: OpCase) =>
  Object.values(one.inputs).some(({ shape }) => shape.some((dim) => typeof dim === 'string'))
    ? sizes
    : sizes.slice(0, 1);

/** Every op and case of it, beside the op's own entry in the table. */
const table = allOps.flatMap(({ key, op, cases }) =>
  cases.map((one) => ({ key, op, title: one.title, one })),
);

describe.each(table.filter(({ op }) => op.vjp !== 'none'))('$key $title', ({ one }) => {
  it('gives the values and gradients of its definition', async () => {
    let y!: Value;
    let loss!: Value;
    let targets!: Record<string, Value>;
    let gradients!: Record<string, Value>;
    const types = typesOf(one);
    const weights: ValueType = { dtype: 'float32', shape: one.build(symbols(types)).shape };
    const program = await compile(
      (inputs) => {
        y = one.build(inputs);
        loss = weightedSum(y, inputs.weights!);
        targets = Object.fromEntries(Object.entries(inputs).filter(([, { dtype }]) => dtype === 'float32'));
        gradients = gradient(loss, targets);
        return { y: Object.fromEntries(y.node.outputs.entries()), gradients };
      },
      { ...types, weights } as Record<string, ValueType>,
      { numThreads: 1 },
    );

    for (const dims of runs(one)) {
      const tensors = drawInputs({ ...one.inputs, weights: { shape: weights.shape } }, { dims });
      const options = { feeds: allDoubles(tensors), dims };
      const actual = await program.run(tensors);
      const values = evaluate(y.node.outputs, options);
      values.forEach((value, i) => {
        expectClose(actual.y[i]!, value, { tolerance: 1e-5, what: `output ${i} at ${JSON.stringify(dims)}` });
      });
      const names = Object.keys(gradients);
      evaluate(Object.values(gradients), options).forEach((value, i) => {
        const name = names[i]!;
        expectClose(actual.gradients[name]!, value, {
          tolerance: 2e-5,
          what: `∂loss/∂${name}, ONNX Runtime`,
        });
        if (one.held && name !== 'weights') expect([...value.data]).toEqual(Array(value.data.length).fill(0));
      });
      if (!one.held) checkGradient(loss, targets, options);
    }
    await program.release();
  });
});

describe.each(table.filter(({ op }) => op.vjp === 'none'))('$key $title', ({ op, one }) => {
  it('gives the values of its definition', async () => {
    let y!: Value;
    const program = await compile(
      (inputs) => {
        y = one.build(inputs);
        return Object.fromEntries(y.node.outputs.entries());
      },
      typesOf(one),
      { numThreads: 1 },
    );
    for (const dims of runs(one)) {
      const tensors = drawInputs(one.inputs, { dims });
      const actual = await program.run(tensors);
      evaluate(y.node.outputs, { feeds: allDoubles(tensors), dims }).forEach((value, i) => {
        expectClose(actual[i]!, value, { tolerance: 1e-6, what: `output ${i}` });
      });
    }
    await program.release();
  });

  it('refuses a gradient by name', () => {
    const inputs = symbols(typesOf(one));
    const y = one.build(inputs);
    const loss = ops.reduceSum(ops.cast(y, 'float32'));
    expect(() => gradient(loss, inputs)).toThrow(`op '${op.name}' has no gradient`);
  });
});

const symbols = (types: Readonly<Record<string, ValueType>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, ops.input(name, type)]));

const dtypes = Object.keys(arrayOf) as readonly DType[];

/** All ways to give `count` inputs a type. */
const combinations = (count: number): readonly (readonly DType[])[] =>
  count === 0 ? [[]] : combinations(count - 1).flatMap((rest) => dtypes.map((dtype) => [...rest, dtype]));

/** One case of an op for each number of inputs it takes. */
const byArity = (cases: readonly OpCase[]) =>
  new Map(cases.map((one) => [Object.keys(one.inputs).length, one])).values();

describe.each(allOps)('$key, given any element types', ({ cases }) => {
  it('runs in ONNX Runtime, or names an op, the types and the shapes while tracing', async () => {
    for (const one of byArity(cases)) {
      const names = Object.keys(one.inputs);
      const drawn = drawInputs(one.inputs, { dims: sizes[0]! });
      for (const combination of combinations(names.length)) {
        const types = Object.fromEntries(
          names.map((name, i) => [name, { shape: one.inputs[name]!.shape, dtype: combination[i]! }]),
        ) as Record<string, ValueType>;
        const title = `${one.title} of ${combination.join(', ')}`;
        try {
          one.build(symbols(types));
        } catch (error) {
          expect((error as Error).message, title).toMatch(
            /^\w+: element types (\w+ \[.*\].*)+ do not fit; expected /,
          );
          continue;
        }
        const program = await compile((inputs) => ({ y: one.build(inputs) }), types, { numThreads: 1 });
        const feeds = names.map((name, i) => {
          const { shape, data } = drawn[name]!;
          const isIndex = typeof one.inputs[name]!.draw === 'object';
          const values = isIndex
            ? Array.from(data as ArrayLike<number | bigint>, Number)
            : Array(data.length).fill(1);
          return [name, tensorOf(combination[i]!, shape, values)];
        });
        const { y } = await program.run(Object.fromEntries(feeds));
        expect(dtypes, title).toContain(y.dtype);
        await program.release();
      }
    }
  });
});

it('an op names itself, both types and both shapes where the types differ', () => {
  const x = ops.input('x', { dtype: 'float32', shape: ['batch', 3] });
  const ids = ops.input('ids', { dtype: 'int64', shape: [3] });
  expect(() => ops.add(x, ids)).toThrow(
    'add: element types float32 [batch, 3] and int64 [3] do not fit; expected T and T, T one of float32, float64, int64, int32, uint8. Cast what differs.',
  );
  expect(() => ops.takeRows(x, x)).toThrow(/^takeRows: element types float32 .* expected .* and int64\./);
  expect(() => ops.add(x, ops.input('y', { dtype: 'float32', shape: [4] }))).toThrow(
    'add: shapes [batch, 3] and [4] do not fit',
  );
});
