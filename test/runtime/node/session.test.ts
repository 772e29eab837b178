import { describe, expect, it, vi } from 'vitest';
import { float32Tensor, type Tensor } from '../../../src/base/tensor.ts';
import { encodeModel } from '../../../src/onnx/encode-model.ts';
import { openBindingSession } from '../../../src/runtime/node/binding-session.ts';
import { nativeRuntime, openNativeSession } from '../../../src/runtime/node/native-session.ts';
import { runtimeRemarks } from '../../../src/runtime/node/runtime-remarks.ts';
import type { Session } from '../../../src/runtime/runtime.ts';

/** sum += xᵀ·x, and the tanh of its rows' sums as another output. Shapes: x `[n, 48]`, sum `[48, 48]`. */
const model = encodeModel({
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['n', 48] },
    { name: 'sum', dtype: 'float32', shape: [48, 48] },
  ],
  constants: new Map(),
  types: new Map(),
  nodes: [
    { type: 'Gemm', domain: '', inputs: ['x', 'x', 'sum'], outputs: ['next'], attributes: { transA: 1 } },
    { type: 'ReduceSum', domain: '', inputs: ['next'], outputs: ['total'], attributes: { keepdims: 1 } },
    { type: 'Tanh', domain: '', inputs: ['total'], outputs: ['bounded'], attributes: {} },
  ],
  outputs: [
    { name: 'next', dtype: 'float32', shape: [48, 48] },
    { name: 'bounded', dtype: 'float32', shape: [1, 1] },
  ],
});

const openNative = async () => openNativeSession((await nativeRuntime())!, { model, numThreads: 2 });
const openBinding = () => openBindingSession(() => model, { numThreads: 2 });
const bounded = { dtype: 'float32', shape: [1, 1] } as const;

const batch = (rows: number, seed: number): Tensor =>
  float32Tensor(
    [rows, 48],
    Array.from({ length: rows * 48 }, (_, i) => Math.sin(seed + i * 0.7) / 50),
  );

async function accumulated(session: Session): Promise<readonly number[]> {
  const sum = float32Tensor([48, 48], new Float32Array(48 * 48));
  const totals: number[] = [];
  for (const [rows, seed] of [
    [3, 1],
    [40, 2],
    [7, 3],
  ] as const) {
    const results = await session.run({ x: batch(rows, seed), sum }, { next: sum, bounded });
    expect(results.next).toBe(sum);
    totals.push(results.bounded!.data[0] as number);
  }
  return [...(sum.data as Float32Array), ...totals];
}

describe.each([
  {
    name: 'the C interface',
    open: openNative,
    refusal: /invalid dimensions for output: next .*\s+index: 1 Got: 47 Expected: 48/,
  },
  { name: 'the Node binding', open: openBinding, refusal: "output 'next' is [48, 48], expected [48, 47]" },
])('a session of $name', ({ open, refusal }) => {
  it('adds to a buffer that is input and output, and leaves inputs as they are', async () => {
    const session = await open();
    const x = batch(2, 5);
    const before = [...x.data];
    const sum = float32Tensor([48, 48], new Float32Array(48 * 48).fill(1));
    await session.run({ x, sum }, { next: sum, bounded });
    const [a, b] = [x.data[3], x.data[48 + 3]].map(Number) as [number, number];
    expect(sum.data[3 * 48 + 3]).toBeCloseTo(1 + a * a + b * b, 6);
    expect([...x.data]).toEqual(before);
    await session.release();
  });

  it('says which shape an output has that was asked for in another', async () => {
    const session = await open();
    const run = session.run(
      { x: batch(2, 5), sum: float32Tensor([48, 48], new Float32Array(48 * 48)) },
      { next: { dtype: 'float32', shape: [48, 47] }, bounded },
    );
    await expect(run).rejects.toThrow(refusal);
    expect(await accumulated(session)).toHaveLength(48 * 48 + 3);
    await session.release();
  });

  it('refuses to run once it is released', async () => {
    const session = await open();
    await session.release();
    await expect(accumulated(session)).rejects.toThrow(/released|disposed/);
  });
});

it('gives the same bits through the C interface as through the Node binding', async () => {
  const [native, binding] = await Promise.all([openNative(), openBinding()]);
  expect(await accumulated(native)).toEqual(await accumulated(binding));
});

it('says nothing where koffi loads', async () => {
  expect(await runtimeRemarks({})).toEqual([]);
});

it('lets timers run between the runs of the C interface', async () => {
  const session = await openNative();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  for (let i = 0; i < 5; i++) await accumulated(session);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
});

it('takes the Node binding where koffi does not load, and says why', async () => {
  vi.resetModules();
  vi.doMock('koffi', () => {
    throw new Error('no build for this platform');
  });
  const { nativeRuntime: native } = await import('../../../src/runtime/node/native-session.ts');
  expect(await native()).toBeUndefined();
  const { openSession } = await import('../../../src/runtime/node/session.ts');
  expect(await accumulated(await openSession(() => model, { numThreads: 2 }))).toEqual(
    await accumulated(await openBinding()),
  );
  const { runtimeRemarks: remarks } = await import('../../../src/runtime/node/runtime-remarks.ts');
  expect(await remarks({})).toEqual([
    expect.stringMatching(/could not be opened by koffi \(.+\): training .* takes longer\.$/s),
  ]);
  expect(await remarks({ device: 'cuda' })).toEqual([]); // which takes the binding anyway
  vi.doUnmock('koffi');
});

it('has ONNX Runtime print nothing, nor what kernels of GPUs warn of', async () => {
  const { env } = await import('onnxruntime-node');
  env.logLevel = 'warning';
  await (await openBinding()).release();
  expect(env.logLevel).toBe('fatal');
});
