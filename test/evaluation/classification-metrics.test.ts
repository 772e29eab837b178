import { expect, test } from 'vitest';
import { wilson } from '../../src/base/statistics.ts';
import {
  classificationMetrics,
  crossEntropyOf,
  predictedClass,
} from '../../src/evaluation/classification-metrics.ts';

test('precision, recall, F1 and the confusion matrix of six examples counted by hand', () => {
  const vote = (c: number) => [0, 1, 2].map((i) => (i === c ? 1 : 0));
  // true 0: predicted 0, 0, 1; true 1: predicted 1, 0; class 2: never true, predicted once for a true 0
  const rows = [0, 0, 1, 2, 1, 0].map(vote);
  const metrics = classificationMetrics(rows, { classes: [0, 0, 0, 0, 1, 1], labels: ['a', 'b', 'c'] });
  expect(metrics.confusion).toEqual([
    [2, 1, 1],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  expect(metrics.accuracy).toEqual(wilson(3, 6));
  const [a, b, c] = metrics.classes;
  expect(a).toEqual({ label: 'a', precision: 2 / 3, recall: wilson(2, 4), f1: 4 / 7, examples: 4 });
  expect(b).toEqual({ label: 'b', precision: 1 / 2, recall: wilson(1, 2), f1: 2 / 4, examples: 2 });
  expect(c).toMatchObject({ precision: 0, f1: 0, examples: 0 });
  expect(metrics.macroF1).toBeCloseTo((4 / 7 + 2 / 4 + 0) / 3); // c was predicted, wrongly
  expect(metrics.f1).toBe(metrics.macroF1);
  // each row's own class has e/(e + 2): −ln of it where right, 1 more where wrong
  expect(metrics.loss).toBeCloseTo(-Math.log(Math.E / (Math.E + 2)) + 3 / 6);
});

test('cross-entropy is −ln of the probability, also for large logits', () => {
  expect(crossEntropyOf([0, Math.log(3)], 0)).toBeCloseTo(Math.log(4));
  expect(crossEntropyOf([1000, 0], 1)).toBeCloseTo(1000);
});

test('the first of equally likely classes is the prediction', () => {
  expect(predictedClass([1, 3, 3])).toBe(1);
});

const vote = (c: number, of: number) => Array.from({ length: of }, (_, i) => (i === c ? 1 : 0));

test.each([
  // scikit-learn 1.9.1: f1_score([0, 0, 1, 1, 1], [0, 1, 1, 1, 0]), and with average='macro'
  {
    truth: [0, 0, 1, 1, 1],
    predicted: [0, 1, 1, 1, 0],
    labels: ['n', 'y'],
    f1: 2 / 3,
    macro: (1 / 2 + 2 / 3) / 2,
  },
  // class 1 neither true nor predicted: 0, with a warning; macro over the classes that occur
  { truth: [0, 0], predicted: [0, 0], labels: ['n', 'y'], f1: 0, macro: 1 },
  // of three classes the mean, without the one that never occurs
  { truth: [0, 1], predicted: [0, 0], labels: ['a', 'b', 'c'], f1: 1 / 3, macro: 1 / 3 },
])('F1 is that of scikit-learn: $truth told to be $predicted', ({ truth, predicted, labels, f1, macro }) => {
  const rows = predicted.map((c) => vote(c, labels.length));
  const metrics = classificationMetrics(rows, { classes: truth, labels });
  expect(metrics.f1).toBeCloseTo(f1);
  expect(metrics.macroF1).toBeCloseTo(macro);
});
