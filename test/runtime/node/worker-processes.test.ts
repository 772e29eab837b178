import type { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { VdaError } from '../../../src/base/error.ts';
import { float32Tensor, int64Tensor, type Tensor, tensor } from '../../../src/base/tensor.ts';
import { emitModel } from '../../../src/graph/emit-model.ts';
import { constant, gemm, input, takeRows } from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { encodeModel } from '../../../src/onnx/encode-model.ts';
import { compile } from '../../../src/runtime/node/compile.ts';
import { openWorkerProcesses } from '../../../src/runtime/node/worker-processes.ts';
import { runningWorkers } from '../running-workers.ts';

const table = float32Tensor([3, 2], [1, 2, 3, 4, 5, 6]);
const swap = float32Tensor([2, 2], [0, 1, 1, 0]);
const rows = (...ids: number[]): { ids: Tensor } => ({ ids: int64Tensor([ids.length], ids) });

/** Rows of the table, their two columns exchanged. */
const program = (ids: Value) => ({ rows: gemm(takeRows(constant(table), ids), constant(swap)) });

const open = (workerProcesses: number, onRemark?: (remark: string) => void) =>
  compile(
    ({ ids }) => program(ids).rows,
    { ids: { dtype: 'int64', shape: ['n'] } },
    { workerProcesses, numThreads: 2, onRemark },
  );

type Feeds = Parameters<InferenceSession['run']>[0];

describe('a program in worker processes', () => {
  it('answers calls made together, each with its own', async () => {
    const program = await open(2);
    const asked = Array.from({ length: 20 }, (_, i) => [i % 3, (i + 1) % 3]);
    const answers = await Promise.all(asked.map((ids) => program.run(rows(...ids))));
    answers.forEach(({ shape, data }, i) => {
      expect(shape).toEqual([2, 2]);
      expect([...data]).toEqual(asked[i]!.flatMap((row) => [2 * row + 2, 2 * row + 1]));
    });
    await program.release();
  });

  it('says what ONNX Runtime has against a call, and answers the next one', async () => {
    const program = await open(2);
    const failed = await program.run(rows(7)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(VdaError);
    expect(String(failed)).toMatch(/out of.* range|out of.* bounds/i);
    expect([...(await program.run(rows(0))).data]).toEqual([2, 1]);
    await program.release();
  });

  it('fails calls that are not answered when it is released', async () => {
    const program = await open(2);
    const long = tensor('int64', [2 ** 20], new BigInt64Array(2 ** 20)); // more than a pipe holds: not answered in time
    const refused = expect(program.run({ ids: long })).rejects.toThrow('the session was released');
    await program.release();
    await refused;
  });

  it('says why a model cannot be opened', async () => {
    await expect(openWorkerProcesses(() => Uint8Array.of(1, 2, 3), { count: 2 })).rejects.toThrow(/model/i);
  });
});

describe('worker processes that end', () => {
  const asked = Array.from({ length: 300 }, (_, i) => [i % 3, (i + 1) % 3]);
  const expected = asked.map((ids) => ids.flatMap((row) => [2 * row + 2, 2 * row + 1]));
  const answersOf = async (program: Awaited<ReturnType<typeof open>>) =>
    (await Promise.all(asked.map((ids) => program.run(rows(...ids))))).map(({ data }) => [...data]);

  it('leave no call without its answer, and others take their place', async () => {
    const remarks: string[] = [];
    const program = await open(2, (remark) => remarks.push(remark));
    for (let kill = 0; kill < 6; kill++) {
      const workers = runningWorkers();
      expect(workers.length).toBeGreaterThan(0);
      const answers = answersOf(program);
      process.kill(workers[kill % workers.length]!, 'SIGKILL');
      expect(await answers).toEqual(expected);
    }
    expect(remarks).toEqual([
      expect.stringContaining('has ended (SIGKILL): what it left is worked out again'),
    ]);
    await program.release();
    expect(runningWorkers()).toEqual([]);
  });

  it('and cannot be started again leave their work to this process, which says so once', async () => {
    const remarks: string[] = [];
    const program = await open(2, (remark) => remarks.push(remark));
    await withoutNewProcesses(async () => {
      for (const worker of runningWorkers()) process.kill(worker, 'SIGKILL');
      expect(await answersOf(program)).toEqual(expected);
      expect(await answersOf(program)).toEqual(expected);
    });
    expect(remarks).toHaveLength(2);
    expect(remarks[1]).toContain('No worker process that runs the model stays alive');
    await program.release();
  });

  it('before they have opened the model leave all to this process', async () => {
    const remarks: string[] = [];
    const program = await withoutNewProcesses(() => open(2, (remark) => remarks.push(remark)));
    expect(await answersOf(program)).toEqual(expected);
    expect(remarks).toEqual([expect.stringContaining('No worker process that runs the model stays alive')]);
    await program.release();
  });

  it('that hang before they have opened the model are ended, and leave all to this process', async () => {
    const { ids } = rows(2);
    const session = await withNodeOptions('--inspect-brk=0', () =>
      openWorkerProcesses(() => encodeModel(emitModel(program(input('ids', ids)))), {
        count: 2,
        openWithin: 400,
      }),
    );
    expect(runningWorkers()).toEqual([]);
    const feeds = { ids: { type: 'int64', dims: [1], data: ids.data } } as unknown as Feeds;
    const { rows: answer } = await session.run(feeds);
    expect([...(answer!.data as Float32Array)]).toEqual([6, 5]);
    await session.release();
  });

  it('are ended when they hang', async () => {
    const { ids } = rows(2);
    const session = await openWorkerProcesses(() => encodeModel(emitModel(program(input('ids', ids)))), {
      ...{ count: 2, patience: 300 },
    });
    const [first] = runningWorkers();
    process.kill(first!, 'SIGSTOP');
    const feeds = { ids: { type: 'int64', dims: [1], data: ids.data } } as unknown as Feeds;
    const answers = await Promise.all([1, 2, 3, 4].map(() => session.run(feeds)));
    for (const { rows: answer } of answers) expect([...(answer!.data as Float32Array)]).toEqual([6, 5]);
    await session.release();
  });
});

/** While this runs, a new process of Node has these options. */
async function withNodeOptions<T>(nodeOptions: string, run: () => Promise<T>): Promise<T> {
  vi.stubEnv('NODE_OPTIONS', nodeOptions);
  try {
    return await run();
  } finally {
    vi.unstubAllEnvs();
  }
}

/** While this runs, a new process of Node ends before it does anything. */
const withoutNewProcesses = <T>(run: () => Promise<T>): Promise<T> =>
  withNodeOptions('--no-such-option', run);
