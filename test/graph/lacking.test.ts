import { describe, expect, it } from 'vitest';
import { emitModel } from '../../src/graph/emit-model.ts';
import type { Value, ValueType } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { operatorsLacking } from '../../src/runtime/devices.ts';
import { nodeRuntime } from '../../src/runtime/node/node-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { drawInputs, expectClose, sizes } from './fixtures.ts';
import { opCases } from './op-cases.ts';
import { allDoubles, evaluate } from './reference.ts';

/** Programs as WebGPU gets them, run on the processor. */
const likeWebgpu: Runtime = {
  ...nodeRuntime,
  openSession: (model, options) => nodeRuntime.openSession(model, { ...options, device: 'cpu' }),
};
const lacks = operatorsLacking.webgpu!;

const cases = [...opCases.matmulOp, ...opCases.logSoftmaxOp];

describe.each(cases.map((one) => ({ one, title: one.title })))(
  'without what WebGPU lacks: $title',
  ({ one }) => {
    it('gives the values of the definition', async () => {
      let y!: Value;
      const program = await compile(
        (inputs) => {
          y = one.build(inputs);
          return { y };
        },
        Object.fromEntries(
          Object.entries(one.inputs).map(([name, { shape, dtype = 'float32' }]): [string, ValueType] => [
            name,
            { shape, dtype },
          ]),
        ),
        { runtime: likeWebgpu, device: 'webgpu', numThreads: 1 },
      );
      expect(emitModel({ y }).nodes.some(({ type }) => lacks.includes(type))).toBe(true);
      expect(emitModel({ y }, { lacks }).nodes.filter(({ type }) => lacks.includes(type))).toEqual([]);
      for (const dims of sizes) {
        const tensors = drawInputs(one.inputs, { dims });
        const [expected] = evaluate([y], { feeds: allDoubles(tensors), dims });
        expectClose((await program.run(tensors)).y, expected!, { tolerance: 1e-5, what: one.title });
      }
      await program.release();
    });
  },
);
