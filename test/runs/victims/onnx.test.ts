import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitModel } from '../../../src/graph/emit-model.ts';
import { cast } from '../../../src/graph/ops/cast.ts';
import { input } from '../../../src/graph/ops/input.ts';
import { exportOnnx } from '../../../src/inference/export-onnx.ts';
import { createClassifier } from '../../../src/node-inference.ts';
import { encodeModel } from '../../../src/onnx/encode-model.ts';
import { loadClassifier } from '../../../src/pretrained/load-classifier.ts';
import { loadOnnxClassifier } from '../../../src/runs/victims/onnx.ts';
import { writeSmallClassifier } from '../../inference/small-classifier.ts';
import { writeWholeModel } from '../../inference/whole-model.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vda-onnx-'));
  model = writeWholeModel(mkdtempSync(join(folder, 'model-')));
  mkdirSync(join(model, 'onnx'));
  writeFileSync(join(model, 'onnx/model.onnx'), exportOnnx(await loadClassifier(model)));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('an ONNX file', () => {
  test('answers as the model that it was written from, and reads as many words', async () => {
    const { classifier } = await loadOnnxClassifier(join(model, 'onnx/model.onnx'), { maxLength: 6 });
    const own = await createClassifier(await loadClassifier(model), { maxLength: 6, numThreads: 1 });
    const texts = ['a good film', 'the plot is very bad and more .', 'a'].map((text) => ({ text }));
    const [there, here] = [await classifier.logits(texts), await own.logits(texts)];
    there.forEach((row, i) => {
      row.forEach((logit, c) => {
        expect(logit).toBeCloseTo(here[i]![c]!, 5);
      });
    });
    expect(classifier.labels).toEqual(own.labels);
    expect(classifier.wordsRead(texts[1]!.text)).toBe(own.wordsRead(texts[1]!.text));
    expect(classifier.identity()).toMatchObject({
      id: 'onnx classifier',
      content: { model: expect.any(String) },
    });
    await own.release();
    await classifier.release();
  });

  test('keeps the names of its outputs where the same are given in another order', async () => {
    const file = join(model, 'onnx/model.onnx');
    const own = (await loadOnnxClassifier(file)).classifier.labels;
    const labelsOf = async (labels: readonly string[]) =>
      (await loadOnnxClassifier(file, { labels })).classifier.labels;
    expect(await labelsOf(own.toReversed())).toEqual(own);
    expect(await labelsOf(own.map((name) => `${name}!`))).toEqual(own.map((name) => `${name}!`));
  });

  test('that quantises by what is in a batch answers each text as if it were alone', async () => {
    const quantized = writeSmallClassifier(mkdtempSync(join(folder, 'quantized-')));
    mkdirSync(join(quantized, 'onnx'));
    const file = join(quantized, 'onnx/model_quantized.onnx');
    writeFileSync(file, exportOnnx(await loadClassifier(quantized), { dtype: 'q8' }));
    const { classifier } = await loadOnnxClassifier(file, {});
    const texts = ['a good film', 'a bad plot', 'so dull .'].map((text) => ({ text })); // of one length
    const together = await classifier.logits(texts);
    for (const [i, text] of texts.entries())
      expect((await classifier.logits([text]))[0]).toEqual(together[i]);
    await classifier.release();
  });

  /** A model of one input, whose output has this name. */
  const written = (name: string, p: { readonly from: string; readonly to: string }): string => {
    const ids = input(p.from, { dtype: 'int64', shape: ['batch', 'length'] });
    const path = join(model, name);
    writeFileSync(path, encodeModel(emitModel({ [p.to]: cast(ids, 'float32') })));
    return path;
  };

  test('that is no such model is refused before the attack, with what was expected', async () => {
    const garbage = join(model, 'garbage.onnx');
    writeFileSync(garbage, 'no model');
    await expect(loadOnnxClassifier(garbage, {})).rejects.toThrow(
      /cannot be used as a classifier: it is no ONNX model/,
    );
    await expect(
      loadOnnxClassifier(written('other.onnx', { from: 'pixels', to: 'logits' }), {}),
    ).rejects.toThrow(/its inputs are "pixels"; expected "input_ids", "attention_mask", "token_type_ids"/);
    await expect(
      loadOnnxClassifier(written('states.onnx', { from: 'input_ids', to: 'states' }), {}),
    ).rejects.toThrow(/its outputs are "states"; expected "logits"/);
    const labels = ['a', 'b', 'c', 'd'];
    await expect(loadOnnxClassifier(join(model, 'onnx/model.onnx'), { labels })).rejects.toThrow(
      /one for each of the labels "a", "b", "c", "d"/,
    );
  });

  test('that is not there, or has no tokenizer beside it, is said so', async () => {
    await expect(loadOnnxClassifier(join(folder, 'none.onnx'), {})).rejects.toThrow(
      /none\.onnx could not be read/,
    );
    const alone = join(mkdtempSync(join(folder, 'deep-')), 'model.onnx');
    writeFileSync(alone, '');
    const tokenizer = mkdtempSync(join(folder, 'empty-'));
    await expect(loadOnnxClassifier(join(model, 'onnx/model.onnx'), { tokenizer })).rejects.toThrow(
      /Cannot read .*config\.json.*A model folder holds config\.json/,
    );
    await expect(loadOnnxClassifier(alone, {})).rejects.toThrow(
      'Name the folder of its tokenizer (tokenizer).',
    );
  });
});
