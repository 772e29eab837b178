import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import type { Encoding } from '../../src/text/tokenizer.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyBert } from '../training/tiny-model.ts';
import { writeWholeModel } from './whole-model.ts';

const open = async (options: Parameters<typeof createClassifier>[1] = {}) => {
  const model = await loadClassifier(writeWholeModel(temporaryFolder()));
  return { model, classifier: await createClassifier(model, { numThreads: 1, ...options }) };
};
const texts = [
  'a good film',
  'the plot is very bad',
  'a nice cast',
  '',
  'dull',
  'so sad , but a fine score .',
];
const inputs = texts.map((text) => ({ text }));

/** The fixture's texts without their padding, and what transformers answers: oracles/tiny_bert.py. */
function oracle() {
  const file = readSafetensors(join(tinyBert, 'expected.safetensors'));
  const rows = (name: string) => {
    const { shape, data } = readFloat32(file, name);
    const width = data.length / shape[0]!;
    return Array.from({ length: shape[0]! }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
  };
  const masks = rows('attention_mask');
  const unpadded = (row: readonly number[], i: number) => row.filter((_, t) => masks[i]![t] === 1);
  const types = rows('token_type_ids').map(unpadded);
  const encodings = rows('input_ids').map((padded, i): Encoding => {
    const ids = unpadded(padded, i);
    const none = ids.map(() => -1);
    return { ids, typeIds: types[i]!, wordIds: none, textIds: none, truncated: false };
  });
  return { encodings, logits: rows('logits') };
}

describe('logits', () => {
  test('are those of transformers', async () => {
    const { classifier } = await open();
    const { encodings, logits } = oracle();
    const got = await classifier.logitsOf(encodings);
    logits.forEach((row, i) => {
      row.forEach((logit, c) => {
        expect(got[i]![c]).toBeCloseTo(logit, 4);
      });
    });
  });

  test.each([1, 2])(
    'of a text are the same bits alone and among others, with %i threads',
    async (numThreads) => {
      const { classifier } = await open({ numThreads });
      const many = Array.from({ length: 40 }, (_, i) => ({
        text: `${texts[i % 3]!.replace('a ', '')} ${'very '.repeat(i % 5)}${['good', 'bad', 'sad', 'fine'][i % 4]}`,
      }));
      const together = await classifier.logits(many);
      for (const [i, input] of many.entries())
        expect((await classifier.logits([input]))[0]).toEqual(together[i]);
    },
  );

  test('are the same bits in worker processes, and stop there too', async () => {
    const { model, classifier } = await open();
    const working = await createClassifier(model, { numThreads: 3, workerProcesses: true });
    const many = Array.from({ length: 60 }, (_, i) => ({ text: `${'very '.repeat(i % 9)}${texts[i % 6]}` }));
    const seen: number[] = [];
    expect(await working.logits(many, { onProgress: (done) => seen.push(done) })).toEqual(
      await classifier.logits(many),
    );
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(many.length);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(working.logits(many, { signal })).rejects.toThrow('enough');
    await working.release();
  });

  test('follow weights that change only where that was asked for', async () => {
    const { model, classifier } = await open();
    const live = await createClassifier(model, { numThreads: 1, weightsChange: true });
    const before = await classifier.logits(inputs);
    expect(await live.logits(inputs)).toEqual(before);
    model.weights['classifier.bias']!.data[0]! += 1;
    expect(await classifier.logits(inputs)).toEqual(before);
    (await live.logits(inputs)).forEach((logits, i) => {
      expect(logits[0]).toBeCloseTo(before[i]![0]! + 1, 5);
      expect(logits[1]).toBe(before[i]![1]);
    });
  });

  test('do not depend on the size of batches', async () => {
    const { classifier: one } = await open({ maxRows: 1 });
    const { classifier: all } = await open();
    expect(await one.logits(inputs)).toEqual(await all.logits(inputs));
  });

  test('come in the order of the inputs, repeated ones too, and progress counts every input', async () => {
    const { classifier } = await open();
    const once = await classifier.logits(inputs);
    const seen: number[] = [];
    const twice = await classifier.logits([...inputs, ...inputs], { onProgress: (done) => seen.push(done) });
    expect(twice).toEqual([...once, ...once]);
    expect(seen.at(-1)).toBe(2 * inputs.length);
  });

  test('tell a pair from its texts put together', async () => {
    const { classifier } = await open();
    const [pair, swapped] = await classifier.logits([
      { text: 'good', textPair: 'bad film' },
      { text: 'good bad', textPair: 'film' },
    ]);
    expect(pair).not.toEqual(swapped);
  });

  test('of a text beyond the model are those of its beginning', async () => {
    const { classifier } = await open();
    expect(classifier.maxLength).toBe(20);
    const [long, cut] = await classifier.logits([
      { text: 'good '.repeat(100_000) },
      { text: 'good '.repeat(18) },
    ]);
    expect(long).toEqual(cut);
  });

  test('are refused when they are not finite', async () => {
    const { model } = await open();
    model.weights['classifier.bias']!.data[1] = Number.NaN;
    const classifier = await createClassifier(model);
    await expect(classifier.logits(inputs)).rejects.toMatchObject({ code: 'diverged' });
  });

  test('stop when aborted', async () => {
    const { classifier } = await open();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(classifier.logits(inputs, { signal })).rejects.toThrow('enough');
  });
});

test('no edit of a word after the next to those a victim sees changes what it reads', async () => {
  const { classifier } = await open();
  const word = fc.constantFrom('good', 'bcd', 'abcdefg,', 'very', '.', 'xyz');
  fc.assert(
    fc.property(fc.array(word, { minLength: 8, maxLength: 30 }), word, fc.nat(29), (words, other, place) => {
      const text = words.join(' ');
      const index = classifier.wordsRead(text) + 1 + place;
      if (index >= words.length) return;
      const edited = words.with(index, other).join(' ');
      expect(classifier.encode({ text: edited }).ids).toEqual(classifier.encode({ text }).ids);
    }),
    { numRuns: 500 },
  );
});
