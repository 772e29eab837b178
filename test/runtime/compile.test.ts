import { describe, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import { float32Tensor, int64Tensor, type Tensor } from '../../src/base/tensor.ts';
import { alike, floats } from '../../src/graph/element-types.ts';
import {
  add,
  concat,
  gemm,
  input,
  multiply,
  reduceSum,
  reshape,
  takeRows,
} from '../../src/graph/ops/index.ts';
import { apply, type Op } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/node/compile.ts';

const vector = (...values: number[]) => float32Tensor([values.length], values);
const f32 = (...shape: (number | string)[]) => ({ dtype: 'float32', shape }) as const;
const i64 = (...shape: (number | string)[]) => ({ dtype: 'int64', shape }) as const;

describe('compile', () => {
  it('takes and gives trees of tensors', async () => {
    const program = await compile(
      ({ weights, x }) => ({ sums: { a: add(weights.a, x), b: add(weights.inner.b, x) }, x2: add(x, x) }),
      { weights: { a: f32(2), inner: { b: f32(2) } }, x: f32(2) },
    );
    const weights = { a: vector(1, 2), inner: { b: vector(3, 4) } };
    const { sums, x2 } = await program.run({ weights, x: vector(10, 20) });
    expect([sums.a, sums.b, x2].map(({ data }) => [...data])).toEqual([
      [11, 22],
      [13, 24],
      [20, 40],
    ]);
    await program.release();
  });

  it('says of a program that was released that it was, and may be released again', async () => {
    const program = await compile(({ x }) => multiply(x, x), { x: f32(2) });
    await program.release();
    await expect(program.run({ x: vector(2, 3) })).rejects.toThrow('the program was released');
    await program.release();
  });

  it('gives one tensor for one value', async () => {
    const program = await compile(({ x }) => multiply(x, x), { x: f32(2) });
    expect(await program.run({ x: vector(2, 3) })).toEqual({
      dtype: 'float32',
      shape: [2],
      data: Float32Array.of(4, 9),
    });
    await program.release();
  });

  it('runs every size of its symbolic dimensions in one session', async () => {
    const k = 2;
    const program = await compile(
      ({ x, table, ids }) => {
        const rows = reshape(takeRows(table, ids), ['batch*length', 2]);
        const copies = concat(
          Array.from({ length: 1 + k }, () => reshape(gemm(rows, x), ['batch', 'length', 1])),
          0,
        );
        return reduceSum(reshape(copies, [1 + k, 'batch', 'length']), { axes: [2] });
      },
      { x: f32(2, 1), table: f32(3, 2), ids: i64('batch', 'length') },
    );
    const feeds = { x: float32Tensor([2, 1], [1, 10]), table: float32Tensor([3, 2], [1, 2, 3, 4, 5, 6]) };
    for (const [batch, length] of [
      [2, 3],
      [1, 1],
      [4, 2],
      [2, 3],
    ] as const) {
      const values = Array.from({ length: batch * length }, (_, i) => i % 3);
      const y = await program.run({ ...feeds, ids: int64Tensor([batch, length], values) });
      // Row i of the table times (1, 10) is 21, 43, 65 = 21 + 22·i.
      const sums = Array.from({ length: batch }, (_, b) =>
        values.slice(b * length, (b + 1) * length).reduce((sum, id) => sum + 21 + 22 * id, 0),
      );
      expect(y.shape).toEqual([1 + k, batch]);
      expect([...y.data]).toEqual([...sums, ...sums, ...sums]);
    }
    await program.release();
  });

  it('writes outputs into the buffers it is given and leaves the others fresh', async () => {
    const program = await compile(({ x }) => ({ kept: { y: add(x, x) }, z: multiply(x, x) }), { x: f32(2) });
    const y = vector(0, 0);
    const result = await program.run({ x: vector(3, 4) }, { into: { kept: { y } } });
    expect(result.kept.y).toBe(y);
    expect([...y.data]).toEqual([6, 8]);
    const again = await program.run({ x: vector(1, 1) });
    expect([...result.z.data]).toEqual([9, 16]);
    expect([...again.z.data]).toEqual([1, 1]);
    await program.release();
  });

  it('takes inputs that tracing made from `extra`', async () => {
    const program = await compile(({ x }) => add(x, input('mask/a', f32('n'))), { x: f32('n') });
    const result = await program.run({ x: vector(1, 2) }, { extra: { 'mask/a': vector(5, 5) } });
    expect([...result.data]).toEqual([6, 7]);
    await expect(program.run({ x: vector(1, 2) })).rejects.toThrow("input 'mask/a' was not fed");
    await program.release();
  });
});

describe('a run is refused, saying what was expected and got', async () => {
  const program = await compile(({ x, w, ids }) => ({ y: add(gemm(x, w), reduceSum(takeRows(w, ids))) }), {
    x: f32('batch', 2),
    w: f32(2, 'batch'),
    ids: i64('batch'),
  });
  const good = {
    x: float32Tensor([1, 2], [1, 2]),
    w: float32Tensor([2, 1], [3, 4]),
    ids: int64Tensor([1], [0]),
  };
  const y = float32Tensor([1, 1], [0]);
  const wrong = (feeds: Partial<Record<keyof typeof good, Tensor>>) => () =>
    program.run({ ...good, ...feeds });

  it.each<[string, string, () => Promise<unknown>]>([
    [
      'a missing input',
      "input 'x' was not fed",
      () => program.run({ w: good.w, ids: good.ids } as unknown as typeof good),
    ],
    ['another rank', "input 'x' is float32 [2], expected float32 [batch, 2]", wrong({ x: vector(1, 2) })],
    [
      'another size',
      "input 'x' is float32 [1, 3], expected float32 [batch, 2]",
      wrong({ x: float32Tensor([1, 3], [1, 2, 3]) }),
    ],
    ['two sizes of one symbol', 'with batch = 1', wrong({ w: float32Tensor([2, 2], [1, 2, 3, 4]) })],
    ['another element type', "input 'ids' is float32 [1], expected int64 [batch]", wrong({ ids: vector(1) })],
    [
      'an index outside of a table',
      'ONNX Runtime could not run the program',
      wrong({ ids: int64Tensor([1], [7]) }),
    ],
    [
      'a buffer of another shape',
      "the buffer for output 'y' is float32 [2]",
      () => program.run(good, { into: { y: vector(1, 2) } }),
    ],
    [
      'a buffer for no output',
      "a buffer is given for 'z', which is no output",
      () => program.run(good, { into: { y, z: y } }),
    ],
  ])('%s', async (_, message, run) => {
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VdaError);
    expect((error as VdaError).code).toBe('internal');
    expect((error as VdaError).message).toContain(message);
  });

  it('and the program still runs after that', async () => {
    expect([...(await program.run(good)).y.data]).toEqual([1 * 3 + 2 * 4 + 3]);
  });
});

describe('a program is refused', () => {
  /** An op that says it keeps its input's shape. */
  const op = (emit: Op<unknown>['emit']): Op<unknown> => ({
    name: 'test',
    types: alike(floats),
    infer: ([x]) => [x!],
    emit,
    vjp: 'none',
  });

  it('when ONNX Runtime does not know an operator', async () => {
    const opened = compile(
      ({ x }) =>
        apply(
          op((emitter, inputs) => emitter.node('NoSuchOperator', inputs)),
          [x],
          {},
        ),
      { x: f32(2) },
    );
    await expect(opened).rejects.toThrow(VdaError);
    await expect(opened).rejects.toThrow(/refused a generated model: .*NoSuchOperator/);
  });

  it('when an output comes out in another shape than was traced', async () => {
    const twice = op((emitter, [x]) => emitter.node('Concat', [x!, x!], { attributes: { axis: 0 } }));
    const program = await compile(({ x }) => ({ y: apply(twice, [x], {}) }), { x: f32('n') });
    await expect(program.run({ x: vector(1, 2) })).rejects.toThrow(
      /output 'out:y'.* has shape \{2\} but the computed output shape for this run is \{4\}/,
    );
    await program.release();
  });

  it('when a device cannot be had, with a way out', async () => {
    const opened = compile(({ x }) => add(x, x), { x: f32(2) }, { device: 'cuda' });
    const error = await opened.catch((thrown: unknown) => thrown);
    // A machine with CUDA's libraries opens it; elsewhere the error names the device and the way out.
    if (error instanceof VdaError) {
      expect(error.code).toBe('unsupported');
      expect(error.message).toMatch(/Device 'cuda' .* Use device cpu/s);
    } else {
      await (error as Awaited<typeof opened>).release();
    }
  });
});
