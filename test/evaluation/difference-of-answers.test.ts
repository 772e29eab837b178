import { expect, test } from 'vitest';
import { differenceOfAnswers } from '../../src/evaluation/difference-of-answers.ts';

test('differenceOfAnswers counts texts of the same label, and takes the largest difference of a probability', () => {
  const third = Math.log(2); // logits ln 2 and 0 are the probabilities 2/3 and 1/3
  const reference = [
    [third, 0],
    [0, third],
    [third, 0],
  ];
  const rows = [
    [third, 0],
    [third, 0], // the other label, 1/3 away
    [Math.log(3), 0], // 3/4 for 2/3
  ];
  const { agreement, largestDifference } = differenceOfAnswers(rows, reference);
  expect(agreement.value).toBeCloseTo(2 / 3, 12);
  expect(largestDifference).toBeCloseTo(1 / 3, 12);
  expect(differenceOfAnswers(rows, rows)).toMatchObject({ agreement: { value: 1 }, largestDifference: 0 });
});
