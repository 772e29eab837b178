import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../../src/checkpoints/model-folder.ts';
import { matchWeights } from '../../src/checkpoints/weights.ts';
import { createClassifier } from '../../src/inference/classifier.ts';
import { exportOnnx, onnxFile } from '../../src/inference/export-onnx.ts';
import { bert } from '../../src/models/bert.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';

const fixture = join(import.meta.dirname, '../fixtures/models/tiny-bert');
const folder = mkdtempSync(join(tmpdir(), 'vda-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('exportOnnx', () => {
  it('writes a model that answers as the classifier does, under the names transformers.js feeds', async () => {
    const { config, weights: found } = loadModelFolder(fixture);
    const specs = bert.parameters(config, {
      head: 'classifier',
      numLabels: Object.keys(config.id2label).length,
    });
    const { loaded } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
    const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];
    const tokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(vocabulary), 'the test');
    const model = {
      ...{ folder, architecture: bert, config, tokenizer, unexpected: [] },
      weights: Object.fromEntries(loaded),
    };
    const classifier = await createClassifier(model);
    const [expected] = await classifier.logits([{ text: 'a b c a' }]);

    expect(exportOnnx(folder, model)).toBe(true);
    const session = await InferenceSession.create(join(folder, onnxFile));
    expect([...session.inputNames].sort()).toEqual(['attention_mask', 'input_ids', 'token_type_ids']);
    const { ids, typeIds } = classifier.encode({ text: 'a b c a' });
    const feed = (values: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const { logits } = await session.run({
      input_ids: feed(ids),
      attention_mask: feed(ids.map(() => 1)),
      token_type_ids: feed(typeIds),
    });
    expect(logits!.dims).toEqual([1, expected!.length]);
    for (const [i, value] of expected!.entries()) expect(Number(logits!.data[i])).toBeCloseTo(value, 5);
  });
});
