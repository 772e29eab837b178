import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { exportObstacle, exportOnnx } from '../../src/inference/export-onnx.ts';
import { type OnnxDtype, onnxDtypes } from '../../src/inference/onnx-dtypes.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import type { PretrainedModel } from '../../src/models/pretrained-model.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { modelType } from '../../src/onnx/schema.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeSmallClassifier } from './small-classifier.ts';

const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];
const dtypes = Object.keys(onnxDtypes) as OnnxDtype[];

/** A fixture of transformers with the tokenizer above. */
function tinyModel(name: string): PretrainedModel {
  const { config, weights: found } = loadModelFolder(join(import.meta.dirname, '../fixtures/models', name));
  const architecture = familyOf(config.modelType);
  const specs = architecture.parameters(config, {
    head: 'classifier',
    numLabels: Object.keys(config.id2label).length,
  });
  const { loaded } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  const tokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(vocabulary), { where: 'the test' });
  return {
    ...{ folder: name, architecture, config, tokenizer, unexpected: [] },
    weights: Object.fromEntries(loaded),
  };
}

/** Logits of the file for one text, with the inputs that it has. */
async function answers(model: PretrainedModel, p: { readonly dtype: OnnxDtype; readonly text: string }) {
  const session = await InferenceSession.create(exportOnnx(model, { dtype: p.dtype }));
  const { ids, typeIds } = model.tokenizer.encode(p.text);
  const feed = (values: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const feeds: Record<string, Tensor> = {
    input_ids: feed(ids),
    attention_mask: feed(ids.map(() => 1)),
    token_type_ids: feed(typeIds),
  };
  const { inputNames } = session;
  const { logits } = await session.run(Object.fromEntries(inputNames.map((name) => [name, feeds[name]!])));
  await session.release();
  return {
    inputNames: [...inputNames].sort(),
    dims: logits!.dims,
    values: [...(logits!.data as Float32Array)],
  };
}

interface Graph {
  readonly opsetImport: readonly { readonly domain: string }[];
  readonly graph: {
    readonly node: readonly { readonly name: string; readonly output: readonly string[] }[];
    readonly initializer: readonly { readonly name: string }[];
    readonly valueInfo: readonly { readonly name: string }[];
    readonly output: readonly { readonly name: string }[];
  };
}

describe('exportOnnx', () => {
  const families = [
    ['tiny-bert', ['attention_mask', 'input_ids', 'token_type_ids']],
    ['tiny-roberta', ['attention_mask', 'input_ids']],
    ['tiny-distilbert', ['attention_mask', 'input_ids']],
  ] as const;
  // Halves have 11 bits: 2⁻¹¹ of logits of a few units, through two layers. The tiny models have no matrix worth quantising.
  it.each(families.flatMap(([name, inputs]) => dtypes.map((dtype) => ({ name, inputs, dtype }))))(
    'writes $name as $dtype so that it answers as the classifier does, with the inputs $inputs that transformers.js feeds',
    async ({ name, inputs, dtype }) => {
      const model = tinyModel(name);
      const classifier = await createClassifier(model);
      const [expected] = await classifier.logits([{ text: 'a b c a' }]);
      await classifier.release();
      const { inputNames, dims, values } = await answers(model, { dtype, text: 'a b c a' });
      expect(inputNames).toEqual(inputs);
      expect(dims).toEqual([1, expected!.length]);
      for (const [i, value] of expected!.entries())
        expect(values[i]).toBeCloseTo(value, dtype === 'fp16' ? 2 : 5);
    },
  );

  it.each(families.flatMap(([name]) => dtypes.map((dtype) => ({ name, dtype }))))(
    'gives every value of $name as $dtype a type, nodes names, weights theirs, and uses ONNX’s own operators',
    ({ name, dtype }) => {
      const model = tinyModel(name);
      const read = modelType.decode(exportOnnx(model, { dtype })) as unknown as Graph;
      expect(read.opsetImport.map(({ domain }) => domain)).toEqual(['']);
      const { node, valueInfo, output, initializer } = read.graph;
      const typed = new Set([...valueInfo, ...output].map((value) => value.name));
      expect(node.flatMap((one) => one.output).filter((value) => !typed.has(value))).toEqual([]);
      expect(new Set(node.map((one) => one.name)).size).toBe(node.length);
      expect(initializer.map((one) => one.name)).toContain(model.architecture.wordEmbeddingName);
    },
  );

  it('quantises a model whose matrices are worth it to less than a third, with answers near its own', async () => {
    const model = await loadClassifier(writeSmallClassifier(temporaryFolder()));
    const text = 'this is a good film and the plot is not so bad .';
    const exact = await answers(model, { dtype: 'fp32', text });
    const size = exportOnnx(model).length;
    for (const dtype of ['q8', 'uint8'] as const) {
      const { values } = await answers(model, { dtype, text });
      for (const [i, value] of values.entries()) expect(Math.abs(value - exact.values[i]!)).toBeLessThan(0.1);
      expect(exportOnnx(model, { dtype }).length).toBeLessThan(size / 3);
    }
    expect(exportOnnx(model, { dtype: 'fp16' }).length).toBeLessThan(size * 0.55);
  });

  it('refuses what no file could hold or no user of it would ask right, and an unknown dtype', async () => {
    const model = tinyModel('tiny-bert');
    const prompt = { template: '{text} It was [MASK].', labelWords: [['bad'], ['good']] };
    expect(() => exportOnnx({ ...model, config: { ...model.config, prompt } })).toThrow(
      /trained with a prompt/,
    );
    const huge = {
      ...model,
      weights: { w: { dtype: 'float32', shape: [2 ** 30], data: { length: 2 ** 30 } } },
    };
    const obstacle = (dtype: OnnxDtype) => exportObstacle(huge as unknown as PretrainedModel, { dtype });
    expect(obstacle('fp32')).toMatch(/1073741824 weights do not fit/);
    expect(obstacle('q8')).toBeUndefined();
    expect(() => exportOnnx(model, { dtype: 'int4' as OnnxDtype })).toThrow(/fp32, fp16, q8, uint8/);
  });
});
