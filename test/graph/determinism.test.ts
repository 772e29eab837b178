import { describe, expect, it } from 'vitest';
import { fillNormal, randomKey, randomStream } from '../../src/base/random.ts';
import { sizeOf, type Tensor } from '../../src/base/tensor.ts';
import { gradient } from '../../src/graph/gradient.ts';
import {
  gelu,
  gemm,
  layerNorm,
  multiply,
  putAlong,
  reduceSum,
  scatterAddRows,
  softmax,
  takeRows,
} from '../../src/graph/ops/index.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { tensorOf } from './fixtures.ts';

const key = randomKey(3, 'test/determinism');
const normal = (shape: readonly number[], b: number): Tensor<'float32'> => {
  const data = new Float32Array(sizeOf(shape));
  fillNormal(data, { stream: randomStream(key, { b }), std: 1 });
  return { dtype: 'float32', shape, data };
};
const indices = (shape: readonly number[], below: number): Tensor => {
  const stream = randomStream(key, { a: 1 });
  return tensorOf(
    'int64',
    shape,
    Array.from({ length: sizeOf(shape) }, () => stream.nextInt(below)),
  );
};
const bytes = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

// Sizes at which ONNX Runtime shares the work between threads; two threads meet in the rows that repeat.
describe('with two threads', () => {
  // Of 17 rows each has some 240 updates: kernels that race lose several of them in every run.
  it('scatterAddRows adds repeated rows in their order, the same bytes each time', async () => {
    const [count, hidden, rows] = [4096, 256, 17];
    const program = await compile(
      ({ ids, updates, base }) => ({ table: scatterAddRows({ ids, updates, rows, base }) }),
      {
        ids: { dtype: 'int64', shape: [count] },
        updates: { dtype: 'float32', shape: [count, hidden] },
        base: { dtype: 'float32', shape: [rows, hidden] },
      },
      { numThreads: 2 },
    );
    const feeds = {
      ids: indices([count], rows),
      updates: normal([count, hidden], 0),
      base: normal([rows, hidden], 1),
    };
    const inOrder = feeds.base.data.slice();
    for (let n = 0; n < count; n++) {
      const row = Number(feeds.ids.data[n]) * hidden;
      for (let j = 0; j < hidden; j++) inOrder[row + j]! += feeds.updates.data[n * hidden + j]!;
    }
    for (let run = 0; run < 20; run++) {
      const { table } = await program.run(feeds);
      expect(bytes(table).equals(bytes({ dtype: 'float32', shape: [], data: inOrder })), `run ${run}`).toBe(
        true,
      );
    }
    await program.release();
  });

  it('scatterAddRows to a table of few rows gives the same bytes each time', async () => {
    const [count, hidden, rows] = [4096, 256, 2];
    const program = await compile(
      ({ ids, updates }) => ({ table: scatterAddRows({ ids, updates, rows }) }),
      { ids: { dtype: 'int64', shape: [count] }, updates: { dtype: 'float32', shape: [count, hidden] } },
      { numThreads: 2 },
    );
    const feeds = { ids: indices([count], rows), updates: normal([count, hidden], 0) };
    const first = bytes((await program.run(feeds)).table);
    for (let run = 0; run < 10; run++)
      expect(bytes((await program.run(feeds)).table).equals(first)).toBe(true);
    await program.release();
  });

  it('putAlong adds repeated columns the same each time', async () => {
    const program = await compile(
      ({ ids, values }) => ({ rows: putAlong({ ids, values, columns: 11 }) }),
      { ids: { dtype: 'int64', shape: [512, 64] }, values: { dtype: 'float32', shape: [512, 64] } },
      { numThreads: 2 },
    );
    const feeds = { ids: indices([512, 64], 11), values: normal([512, 64], 2) };
    const first = bytes((await program.run(feeds)).rows);
    for (let run = 0; run < 10; run++)
      expect(bytes((await program.run(feeds)).rows).equals(first)).toBe(true);
    await program.release();
  });

  it('a loss and its gradients are the same bytes from two sessions of one program', async () => {
    const open = () =>
      compile(
        ({ ids, weights }) => {
          const { table, w, gamma, beta } = weights;
          const hidden = gelu(gemm(takeRows(table, ids), w));
          const y = softmax(layerNorm(hidden, { gamma, beta, epsilon: 1e-12 }));
          const loss = reduceSum(multiply(y, y));
          return { loss, gradients: gradient(loss, weights) };
        },
        {
          ids: { dtype: 'int64', shape: ['batch'] },
          weights: {
            table: { dtype: 'float32', shape: [50, 128] },
            w: { dtype: 'float32', shape: [128, 256] },
            gamma: { dtype: 'float32', shape: [256] },
            beta: { dtype: 'float32', shape: [256] },
          },
        },
        { numThreads: 2 },
      );
    const feeds = {
      ids: indices([600], 50),
      weights: {
        table: normal([50, 128], 3),
        w: normal([128, 256], 4),
        gamma: normal([256], 5),
        beta: normal([256], 6),
      },
    };
    const runs = await Promise.all([open(), open()]);
    const results = [];
    for (const program of runs) {
      for (let i = 0; i < 3; i++) {
        const { loss, gradients } = await program.run(feeds);
        results.push(Buffer.concat([loss, ...Object.values(gradients)].map(bytes)).toString('base64'));
      }
      await program.release();
    }
    expect(new Set(results).size).toBe(1);
  });
});
