import { describe, expect, it } from 'vitest';
import { predictionProblem } from '../../src/base/constant-predictions.ts';

type Count = readonly [label: string, prediction: string, count: number];

/** Texts by true class, predicted class and how many there are of each. */
const texts = (...counts: readonly Count[]) =>
  counts.flatMap(([label, prediction, count]) =>
    Array.from({ length: count }, () => ({ label, prediction })),
  );
const kindOf = (...counts: readonly Count[]) => predictionProblem(texts(...counts))?.kind;

describe('predictionProblem', () => {
  it('finds a constant classifier, however few texts of another class it takes', () => {
    expect(predictionProblem(texts(['a', 'a', 100], ['b', 'a', 100]))).toEqual({
      kind: 'one class',
      remark:
        'predictions are nearly all one class (a for 100.0 % of 200 texts, where 50.0 % are); what no attack can change in them is no robustness',
    });
    expect(kindOf(['a', 'a', 100], ['b', 'a', 93], ['b', 'b', 7])).toBe('one class'); // 96.5 %
    expect(kindOf(['a', 'a', 2], ['b', 'a', 2])).toBe('one class'); // ½⁴ = 0.06
    expect(kindOf(['a', 'a', 33], ['b', 'a', 33], ['c', 'a', 33])).toBe('one class');
  });

  it('compares with the share of the labels, for data may be of nearly one class', () => {
    // 97 % predicted where 95 % are: the others are predicted at 3/5 of their share.
    expect(kindOf(['a', 'a', 949], ['b', 'b', 30], ['b', 'a', 20], ['a', 'b', 1])).not.toBe('one class');
    expect(kindOf(['a', 'a', 950], ['b', 'a', 50])).toBe('one class');
  });

  it('does not call constant what misses one text of another class', () => {
    expect(kindOf(['a', 'a', 9], ['b', 'a', 1])).toBe('no better'); // 0.9¹⁰ = 0.35
  });

  it('says that all are wrong, or no better than the most frequent class by more than the error', () => {
    expect(kindOf(['a', 'b', 5], ['b', 'a', 5])).toBe('all wrong');
    expect(predictionProblem(texts(['a', 'a', 60], ['a', 'b', 44], ['b', 'b', 53], ['b', 'a', 43]))).toEqual({
      kind: 'no better',
      remark: 'accuracy 56.5 % [49.6, 63.2] on 200 texts cannot be told from always answering a (52.0 %)',
    });
  });

  it('says that one class cannot tell a good classifier from a constant one', () => {
    expect(kindOf(['a', 'a', 300])).toBe('one label');
    expect(kindOf(['a', 'a', 280], ['a', 'b', 20])).toBeUndefined();
    expect(kindOf(['a', 'a', 9])).toBeUndefined();
  });

  it('has nothing to say of a classifier that reads, nor of no text', () => {
    expect(kindOf(['a', 'a', 80], ['b', 'b', 80], ['a', 'b', 20], ['b', 'a', 20])).toBeUndefined();
    expect(predictionProblem([])).toBeUndefined();
  });

  it('does not underflow on many texts', () => {
    expect(kindOf(['a', 'a', 100_000], ['b', 'a', 100_000])).toBe('one class');
  });
});
