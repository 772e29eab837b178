import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../../src/base/tensor.ts';
import { multiply } from '../../../src/graph/ops/index.ts';
import { createClassifier } from '../../../src/inference/create-classifier.ts';
import { createClassifier as createInNode } from '../../../src/node-inference.ts';
import { loadClassifier } from '../../../src/pretrained/load-classifier.ts';
import { compile } from '../../../src/runtime/compile.ts';
import { nodeRuntime } from '../../../src/runtime/node/node-runtime.ts';
import { type OrtWeb, webRuntime } from '../../../src/runtime/web/web-runtime.ts';
import { writeWholeModel } from '../../inference/whole-model.ts';
import { temporaryFolder } from '../../pretrained/folders.ts';

const asked: (readonly string[])[] = [];

/** onnxruntime-node has the interface of onnxruntime-web; where that has WebAssembly it has the CPU. */
const ortWeb: OrtWeb = {
  Tensor: ort.Tensor,
  InferenceSession: {
    create: (model, { executionProviders, ...options }) => {
      asked.push(executionProviders);
      if (!executionProviders.includes('wasm')) throw new Error('no such provider');
      return ort.InferenceSession.create(model, options);
    },
  },
};

const load = () => loadClassifier(writeWholeModel(temporaryFolder()));
const square = { x: { dtype: 'float32', shape: ['n'] } } as const;

describe('a browser by onnxruntime-web', () => {
  it('answers as Node does', async () => {
    const model = await load();
    const classifier = await createClassifier(model, { runtime: webRuntime(ortWeb) });
    const inNode = await createInNode(model, { numThreads: 1 });
    const inputs = [{ text: 'a film that stays' }, { text: 'a dull film' }, { text: 'a' }];
    const [logits, expected] = [await classifier.logits(inputs), await inNode.logits(inputs)];
    for (const [row, values] of logits.entries()) {
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[row]![i]!, 5);
    }
    const { settings, ...part } = classifier.identity();
    expect(settings).toEqual({ maxLength: classifier.maxLength, device: 'wasm' });
    expect(part.parts).toEqual(inNode.identity().parts);
  });

  it('asks for WebAssembly, or for WebGPU with WebAssembly for what that lacks', async () => {
    asked.splice(0);
    const runtime = webRuntime(ortWeb);
    for (const device of ['wasm', 'webgpu'] as const) {
      const program = await compile(({ x }) => multiply(x, x), square, { runtime, device });
      expect([...(await program.run({ x: float32Tensor([2], [3, 4]) })).data]).toEqual([9, 16]);
      await program.release();
    }
    expect(asked).toEqual([['wasm'], ['webgpu', 'wasm']]);
  });

  it('writes no output into a buffer of the caller, which training needs', async () => {
    const program = await compile(({ x }) => multiply(x, x), square, { runtime: webRuntime(ortWeb) });
    const x = float32Tensor([1], [3]);
    await expect(program.run({ x }, { into: float32Tensor([1], [0]) })).rejects.toThrow(/buffer/);
  });

  it('refuses what is not its own to set, and a module that is another', async () => {
    const runtime = webRuntime(ortWeb);
    const open = (options: object) => compile(({ x }) => multiply(x, x), square, { runtime, ...options });
    await expect(open({ numThreads: 2 })).rejects.toThrow(/ort\.env\.wasm\.numThreads/);
    await expect(open({ device: 'cuda' })).rejects.toThrow(/wasm, webgpu/);
    expect(() => webRuntime({} as never)).toThrow('webRuntime: ort: expected the module onnxruntime-web');
  });

  it('says what onnxruntime-web has against a program', async () => {
    const refusing: OrtWeb = {
      ...ortWeb,
      InferenceSession: { create: () => Promise.reject(new Error('no available backend found')) },
    };
    const opened = compile(({ x }) => multiply(x, x), square, { runtime: webRuntime(refusing) });
    await expect(opened).rejects.toThrow(/'wasm': no available backend found/);
  });
});

it('a device of another runtime is refused by its classifier', async () => {
  const model = await load();
  await expect(createClassifier(model, { runtime: nodeRuntime, device: 'wasm' })).rejects.toThrow(
    'device: expected one of cpu, cuda, webgpu',
  );
});
