import { expect, test } from 'vitest';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeWholeModel } from './whole-model.ts';

const open = async (weightsChange = false) => {
  const model = await loadClassifier(writeWholeModel(temporaryFolder()));
  return { model, classifier: await createClassifier(model, { numThreads: 1, weightsChange }) };
};

test('are the norms of central differences of the margin, over the mean of a word of several pieces', async () => {
  const { model, classifier } = await open(true);
  const input = { text: 'a good bcd' }; // a, good, b ##c ##d: each piece once
  const { ids, wordIds } = classifier.encode(input);
  const table = model.weights[model.architecture.wordEmbeddingName]!;
  const width = table.shape[1]!;
  const values = table.data as Float32Array;
  const margin = async () => {
    const [first, second] = [...(await classifier.logits([input]))[0]!].sort((a, b) => b - a);
    return first! - second!;
  };
  const step = 1 / 64;
  const expected: number[] = [];
  for (const word of [0, 1, 2]) {
    const pieces = ids.filter((_, position) => wordIds[position] === word);
    let norm = 0;
    for (let h = 0; h < width; h++) {
      const moved = async (by: number) => {
        for (const id of pieces) values[id * width + h]! += by;
        return margin();
      };
      const above = await moved(step);
      const below = await moved(-2 * step);
      await moved(step);
      norm += Math.abs((above - below) / (2 * step) / pieces.length);
    }
    expected.push(norm);
  }
  const [norms] = await classifier.wordGradients([input]);
  expect(norms).toHaveLength(3);
  for (const [word, norm] of norms!.entries()) expect(norm / expected[word]!).toBeCloseTo(1, 1.5);
  await classifier.release();
});

test('are the same alone and among others, of the second text of a pair, and of the words that are read', async () => {
  const { classifier } = await open();
  const inputs = [
    { text: 'a good film' },
    { text: 'dull' },
    { text: 'a nice cast', textPair: 'so sad' },
    { text: Array.from({ length: 30 }, () => 'good').join(' ') },
  ];
  const together = await classifier.wordGradients(inputs);
  expect(together.map(({ length }) => length)).toEqual([3, 1, 2, 18]);
  for (const [i, input] of inputs.entries())
    expect(await classifier.wordGradients([input])).toEqual([together[i]]);
  await classifier.release();
});
