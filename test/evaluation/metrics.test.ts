import { describe, expect, it } from 'vitest';
import type { AttackStatus, WordChange } from '../../src/attacks/record.ts';
import { whateverDidNotFlip } from '../../src/attacks/robust-endings.ts';
import { studentQuantile975, wilson } from '../../src/base/statistics.ts';
import { aggregateSeeds, attackMetrics, metricsOverSeeds } from '../../src/evaluation/metrics.ts';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import { makeRecord } from './make-record.ts';

const change = (index: number): WordChange => ({ index, from: 'a', to: 'b', score: 0.1 });
const records = [
  makeRecord({ id: 0, status: 'success', words: 10, changes: [change(1), change(2)], queries: 20 }),
  makeRecord({ id: 1, status: 'failed', words: 30, changes: [change(4)], queries: 40 }),
  makeRecord({ id: 2, status: 'skipped', words: 50, queries: 1 }),
  makeRecord({ id: 3, status: 'error', words: 70, queries: 3, message: 'out of memory' }),
  makeRecord({ id: 4, status: 'timeout', words: 90, queries: 900 }),
];
const unanswered = [
  ...records,
  makeRecord({ id: 5, status: 'out-of-queries', words: 20, changes: [change(0)], queries: 60 }),
  makeRecord({ id: 6, status: 'nothing-to-change', words: 10, queries: 10 }),
];

describe('attackMetrics', () => {
  const metrics = attackMetrics(records);

  it('takes accuracies over all examples and never counts an error or a timeout as robust', () => {
    expect(metrics.oriAcc).toEqual(wilson(4, 5));
    expect(metrics.attAcc).toEqual(wilson(1, 5));
    expect([metrics.examples, metrics.errors, metrics.timeouts]).toEqual([5, 1, 1]);
  });

  it('takes success, queries and changed words over the attacks that ran to their end', () => {
    expect(metrics.successRate).toEqual(wilson(1, 2));
    expect(metrics.qNum.value).toBe((20 + 40) / 2);
    expect(metrics.perturb.value).toBe((2 + 1) / (10 + 30));
  });

  it('counts out of queries and nothing to change as endings of their own, neither of them robust', () => {
    const all = attackMetrics(unanswered);
    expect(all.oriAcc).toEqual(wilson(6, 7));
    expect(all.attAcc).toEqual(wilson(1, 7));
    expect([all.outOfQueries, all.nothingToChange]).toEqual([1, 1]);
    expect(all.robustEndings).toEqual(['failed']);
  });

  it('takes attacks that spent their budget as run, and those without anything to try as not made', () => {
    const all = attackMetrics(unanswered);
    expect(all.successRate).toEqual(wilson(1, 3));
    expect(all.qNum.value).toBe((20 + 40 + 60) / 3);
    expect(all.perturb.value).toBe((2 + 1 + 1) / (10 + 30 + 20));
  });

  it('reads whatever did not flip as a failure of the attack where the recipe says so, as the published code does', () => {
    const published = attackMetrics(unanswered, { robustEndings: whateverDidNotFlip });
    const asFailed = unanswered.map((record) =>
      ['error', 'out-of-queries', 'nothing-to-change'].includes(record.status)
        ? { ...record, status: 'failed' as const }
        : record,
    );
    const { robustEndings, outOfQueries, nothingToChange, errors, ...measures } = published;
    expect(attackMetrics(asFailed)).toMatchObject(measures);
    expect([outOfQueries, nothingToChange, errors]).toEqual([1, 1, 1]);
  });

  it('does not count as right an example that failed before the first prediction', () => {
    const unread = makeRecord({ id: 0, status: 'error', originalPrediction: '' });
    expect(attackMetrics([unread]).oriAcc.value).toBe(0);
  });

  it('is unknown, not zero, without records', () => {
    expect(attackMetrics([]).attAcc.value).toBeNaN();
    expect(attackMetrics([]).qNum.value).toBeNaN();
  });
});

const run = (statuses: readonly AttackStatus[]) =>
  statuses.map((status, id) => outcomeOf(makeRecord({ id, status })));
const robust = (count: number) =>
  run(Array.from({ length: 10 }, (_, id) => (id < count ? 'failed' : 'success')));

describe('metricsOverSeeds', () => {
  it('takes an example under all seeds for one observation', () => {
    const runs = [robust(2), robust(3), robust(4)];
    const { attAcc, seeds, examples, seedDeviation } = metricsOverSeeds(runs);
    expect([seeds, examples]).toEqual([3, 10]);
    expect(attAcc.value).toBeCloseTo(0.3, 12);
    expect(seedDeviation).toBeCloseTo(0.1, 12);
    // Successes of the ten clusters of three: 3, 3, 2, 1, 0, … so Σ(top − 0.9)² = 2·2.1² + 1.1² + 0.1² + 6·0.9² = 14.9,
    // v = (10/9)·14.9/30², n = 0.21/v = 11.4.
    const n = 0.21 / ((10 / 9) * (14.9 / 900));
    expect(attAcc.low).toBeCloseTo(wilson(0.3 * n, n).low, 12);
    expect(attAcc.high).toBeCloseTo(wilson(0.3 * n, n).high, 12);
  });

  it('learns nothing from a seed that repeats another', () => {
    const attacked = run(['failed', 'success', 'success', 'skipped', 'failed', 'error']);
    const [once, twice] = [metricsOverSeeds([attacked]), metricsOverSeeds([attacked, attacked])];
    for (const measure of ['oriAcc', 'attAcc', 'successRate', 'qNum', 'perturb'] as const) {
      for (const bound of ['value', 'low', 'high'] as const)
        expect(twice[measure][bound]).toBeCloseTo(once[measure][bound], 12);
    }
    expect(once.seedDeviation).toBeNaN();
    expect(once).not.toHaveProperty('overSeeds');
    expect(twice).toMatchObject({ seeds: 2, examples: 6, errors: 2, seedDeviation: 0 });
  });

  it("has Student's t over seeds beside it, under its own name", () => {
    const { overSeeds } = metricsOverSeeds([robust(2), robust(3), robust(4)]);
    const half = (studentQuantile975(2) * 0.1) / Math.sqrt(3); // s of 0.2, 0.3, 0.4 is 0.1
    expect(overSeeds!.attAcc.value).toBeCloseTo(0.3, 12);
    expect(overSeeds!.attAcc.low).toBeCloseTo(0.3 - half, 12);
    expect(overSeeds!.attAcc.high).toBeCloseTo(0.3 + half, 12);
  });

  it('knows nothing of no run', () => {
    expect(metricsOverSeeds([])).toMatchObject({ seeds: 0, examples: 0, attAcc: { value: Number.NaN } });
  });
});

describe('aggregateSeeds', () => {
  it('keeps proportions inside [0, 1]', () => {
    const { attAcc } = aggregateSeeds([robust(0), robust(10)].map((one) => metricsOverSeeds([one])));
    expect([attAcc.low, attAcc.high]).toEqual([0, 1]);
  });

  it('has no bound for a single run, but for those of a proportion', () => {
    const { attAcc, qNum } = aggregateSeeds([metricsOverSeeds([robust(3)])]);
    expect(attAcc).toEqual({ value: 0.3, low: 0, high: 1 });
    expect(qNum).toEqual({ value: 10, low: -Infinity, high: Infinity });
  });
});
