import { expect, test } from 'vitest';
import { victimOf } from '../../src/inference/victim-of.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeWholeModel } from './whole-model.ts';

const open = async () =>
  createClassifier(await loadClassifier(writeWholeModel(temporaryFolder())), { numThreads: 1 });
const inputs = ['a good film', 'the plot is very bad', ''].map((text) => ({ text }));

test('a victim answers logits in label order, and says so, with the tokens of its classifier', async () => {
  const classifier = await open();
  const victim = victimOf(classifier);
  expect(victim).toMatchObject({ labels: ['LABEL_0', 'LABEL_1', 'LABEL_2'], answers: 'logits' });
  expect(victim).toMatchObject({ unkToken: '[UNK]', maskToken: '[MASK]' });
  expect(victimOf(classifier, { unkToken: '?' })).toMatchObject({ unkToken: '?', maskToken: '[MASK]' });
  const logits = await classifier.logits(inputs);
  const rows = await victim.classify(inputs);
  rows.forEach((row, i) => {
    expect(Array.from(row)).toEqual(Array.from(logits[i]!));
  });
});

test('a victim says how many words of a text it reads: all, or those before the cut, of a pair those of the second', async () => {
  const classifier = await open();
  const victim = victimOf(classifier);
  const seen = (text: string, context?: string) => victim.wordsSeen!(text, context);
  expect(seen('good '.repeat(18))).toBe(Number.POSITIVE_INFINITY);
  expect(seen('good '.repeat(19))).toBe(18);
  expect(seen(`${'good '.repeat(17)} bcd bad`)).toBe(17); // bcd has two pieces
  // A pair has room for 17 tokens: of 3 and 20 words the first keeps all, of 20 and 20 it has 8, the second 9.
  expect(seen('good '.repeat(14), 'good good good')).toBe(Number.POSITIVE_INFINITY);
  expect(seen('good '.repeat(20), 'good good good')).toBe(14);
  expect(seen('good '.repeat(20), 'good '.repeat(20))).toBe(9);
  expect(seen('good good good', 'good '.repeat(20))).toBe(3); // it is the first that is cut
});
