import { describe, expect, it } from 'vitest';
import { wilson } from '../../src/base/statistics.ts';
import {
  type AuditAnswer,
  type AuditedExample,
  auditSummary,
  correctedAttackAccuracy,
} from '../../src/evaluation/audit.ts';
import { makeRecord } from './make-record.ts';

const answer = (rater: string, more: Partial<AuditAnswer> = {}): AuditAnswer => ({
  ...{ rater, meaning: true, label: 'good', natural: 4 },
  ...more,
});

const records = [
  ...[0, 1, 2, 3].map((id) => makeRecord({ id, status: 'success' })),
  ...[4, 5, 6].map((id) => makeRecord({ id, status: 'failed' })),
  makeRecord({ id: 7, status: 'skipped' }),
];

describe('auditSummary', () => {
  const audited: readonly AuditedExample[] = [
    { id: 0, answers: [answer('ada'), answer('ben')] },
    { id: 1, answers: [answer('ada', { label: 'bad' }), answer('ben', { natural: 2 })] }, // a tie is not most
    { id: 2, answers: [answer('ada', { meaning: false }), answer('ben', { label: null })] },
    { id: 3, answers: [answer('ada', { natural: 5 })] },
    { id: 4, answers: [answer('ada')] }, // no success
  ];
  const summary = auditSummary(audited, { records });

  it('accepts what most readers find to say the same and to be of the true class', () => {
    expect(summary.raters).toEqual(['ada', 'ben']);
    expect(summary.rated).toBe(4);
    expect(summary.accepted).toEqual(wilson(2, 4));
    expect(summary.sameMeaning).toEqual(wilson(3, 4));
    expect(summary.sameLabel).toEqual(wilson(2, 4));
    expect(summary.natural.value).toBe((4 + 3 + 4 + 5) / 4);
  });

  it('corrects robust accuracy: 3 of 8 held, and half of the 4 successes are none', () => {
    expect(summary.attAcc.value).toBeCloseTo(3 / 8 + (1 / 2) * (4 / 8), 12);
    expect(summary.attAcc.low).toBeLessThan(summary.attAcc.value);
    expect(summary.attAcc.high).toBeGreaterThan(summary.attAcc.value);
  });

  it('knows nothing without answers', () => {
    const nothing = auditSummary([], { records });
    expect([nothing.accepted.value, nothing.attAcc.value, nothing.agreement.label]).toEqual([NaN, NaN, NaN]);
  });
});

describe('correctedAttackAccuracy', () => {
  const outcomes = Array.from({ length: 400 }, (_, i) => ({ robust: i < 100, success: i >= 100 && i < 300 }));

  it('has the width of both samples: the variance of n examples and that of the accepted proportion', () => {
    const { low, high } = correctedAttackAccuracy(outcomes, { accepted: 60, rated: 100 });
    // x is 1 with 1/4, 0.4 with 1/2, else 0; a has variance 0.6·0.4/100 and weight s/n = 1/2.
    const variance = (1 / 4 + 0.16 / 2 - 0.45 ** 2) / 400 + (0.24 / 100) * (1 / 2) ** 2;
    expect((high - low) / (2 * 1.96 * Math.sqrt(variance))).toBeCloseTo(1, 1);
  });

  it('stays wide where all that were rated were accepted', () => {
    const none = Array.from({ length: 400 }, () => ({ robust: false, success: true }));
    const { value, low, high } = correctedAttackAccuracy(none, { accepted: 10, rated: 10 });
    expect([value, low]).toEqual([0, expect.closeTo(0, 2)]);
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / 11), 1); // the quantile of Beta(11, 1)
  });

  it('is the same every time', () => {
    const once = correctedAttackAccuracy(outcomes, { accepted: 3, rated: 9 });
    expect(correctedAttackAccuracy(outcomes, { accepted: 3, rated: 9 })).toEqual(once);
  });
});
