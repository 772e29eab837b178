import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSentenceEncoder } from '../../src/node-inference.ts';
import { loadSentenceEncoder } from '../../src/pretrained/load-sentence-encoder.ts';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import type { Encoding } from '../../src/text/tokenizer.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyBert } from '../training/tiny-model.ts';
import { writeWholeModel } from './whole-model.ts';

/** The first text of the fixture, which has no padding, and the direction of the mean of transformers' states. */
function oracle() {
  const file = readSafetensors(join(tinyBert, 'expected.safetensors'));
  const { shape, data } = readFloat32(file, 'hidden');
  const [, length, width] = shape as [number, number, number];
  const mean = Array.from({ length: width }, (_, h) => {
    let sum = 0;
    for (let t = 0; t < length; t++) sum += data[t * width + h]!;
    return sum / length;
  });
  const row = (name: string) => [...readFloat32(file, name).data.subarray(0, length)];
  const encoding: Encoding = {
    ...{ ids: row('input_ids'), typeIds: row('token_type_ids') },
    ...{ wordIds: [], textIds: [], truncated: false },
  };
  return { encoding, vector: mean.map((value) => value / Math.hypot(...mean)) };
}

test("a text's vector is the direction of the mean of its last states", async () => {
  const { encoding, vector } = oracle();
  const model = await loadSentenceEncoder(writeWholeModel(temporaryFolder()));
  const said = { ...model.tokenizer, encode: () => encoding };
  const encoder = createSentenceEncoder({ ...model, tokenizer: said }, { numThreads: 1 });
  const [found] = await encoder.encode(['whatever']);
  for (const [h, value] of vector.entries()) expect(found![h]).toBeCloseTo(value, 5);
  await encoder.release();
});

test('a vector does not depend on what else is asked, and has length 1', async () => {
  const encoder = createSentenceEncoder(await loadSentenceEncoder(writeWholeModel(temporaryFolder())), {
    numThreads: 1,
  });
  const texts = ['a b c', 'a', '', 'a b c a b', 'b c a'];
  const together = await encoder.encode(texts);
  for (const [i, text] of texts.entries()) {
    expect((await encoder.encode([text]))[0]).toEqual(together[i]);
    expect(Math.hypot(...together[i]!)).toBeCloseTo(1, 5);
  }
  expect(encoder.identity!()).toMatchObject({ id: 'sentence encoder', settings: { pooling: 'mean' } });
  await encoder.release();
});

test('a model without any head will do', async () => {
  const folder = writeWholeModel(temporaryFolder());
  const { weights } = await loadSentenceEncoder(folder);
  expect(Object.keys(weights).filter((name) => /cls|classifier|pooler/.test(name))).toEqual([]);
});
