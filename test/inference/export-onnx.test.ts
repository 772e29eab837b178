import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../../src/inference/export-onnx.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';

const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];

describe('exportOnnx', () => {
  it.each([
    ['tiny-bert', ['attention_mask', 'input_ids', 'token_type_ids']],
    ['tiny-roberta', ['attention_mask', 'input_ids']],
    ['tiny-distilbert', ['attention_mask', 'input_ids']],
  ])(
    'writes %s so that it answers as the classifier does, with the inputs %j that transformers.js feeds',
    async (name, inputNames) => {
      const { config, weights: found } = loadModelFolder(
        join(import.meta.dirname, '../fixtures/models', name),
      );
      const architecture = familyOf(config.modelType);
      const specs = architecture.parameters(config, {
        head: 'classifier',
        numLabels: Object.keys(config.id2label).length,
      });
      const { loaded } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
      const tokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(vocabulary), { where: 'the test' });
      const model = {
        ...{ folder: name, architecture, config, tokenizer, unexpected: [] },
        weights: Object.fromEntries(loaded),
      };
      const classifier = await createClassifier(model);
      const [expected] = await classifier.logits([{ text: 'a b c a' }]);

      const session = await InferenceSession.create(exportOnnx(model)!);
      expect([...session.inputNames].sort()).toEqual(inputNames);
      const { ids, typeIds } = classifier.encode({ text: 'a b c a' });
      const feed = (values: readonly number[]) =>
        new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
      const feeds: Record<string, Tensor> = {
        input_ids: feed(ids),
        attention_mask: feed(ids.map(() => 1)),
        token_type_ids: feed(typeIds),
      };
      const { logits } = await session.run(
        Object.fromEntries(inputNames.map((inputName) => [inputName, feeds[inputName]!])),
      );
      expect(logits!.dims).toEqual([1, expected!.length]);
      for (const [i, value] of expected!.entries()) expect(Number(logits!.data[i])).toBeCloseTo(value, 5);
    },
  );
});
