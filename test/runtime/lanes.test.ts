import { describe, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import { float32Tensor, int64Tensor, type Tensor, tensor } from '../../src/base/tensor.ts';
import { constant, gemm, takeRows } from '../../src/graph/ops/index.ts';
import { compile } from '../../src/runtime/compile.ts';

const table = float32Tensor([3, 2], [1, 2, 3, 4, 5, 6]);
const swap = float32Tensor([2, 2], [0, 1, 1, 0]);
const rows = (...ids: number[]): { ids: Tensor } => ({ ids: int64Tensor([ids.length], ids) });

/** Rows of the table, their two columns exchanged. */
const open = (lanes: number) =>
  compile(
    ({ ids }) => gemm(takeRows(constant(table), ids), constant(swap)),
    { ids: { dtype: 'int64', shape: ['n'] } },
    { lanes, numThreads: 2 },
  );

describe('a program in lanes', () => {
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

  it('fails calls whose lane is gone', async () => {
    const program = await open(2);
    const long = tensor('int64', [2 ** 20], new BigInt64Array(2 ** 20)); // more than a pipe holds: not answered in time
    const refused = expect(program.run({ ids: long })).rejects.toThrow('has ended (SIGKILL)');
    await program.release();
    await refused;
  });

  it('says why a model cannot be opened', async () => {
    const { openLanes } = await import('../../src/runtime/lanes.ts');
    await expect(openLanes(Uint8Array.of(1, 2, 3), { lanes: 2 })).rejects.toThrow(/model/i);
  });
});
