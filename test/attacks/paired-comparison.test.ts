import { describe, expect, it } from 'vitest';
import { whateverDidNotFlip } from '../../src/attacks/outcome.ts';
import { isTold, pairedComparison, pairedOverRuns } from '../../src/attacks/paired-comparison.ts';
import type { AttackRecord, AttackStatus } from '../../src/attacks/record.ts';
import { makeRecord } from './make-record.ts';

const run = (statuses: readonly AttackStatus[]): AttackRecord[] =>
  statuses.map((status, id) => makeRecord({ id, status }));

describe('pairedComparison', () => {
  it('reads the endings of both attacks as told', () => {
    const [first, second] = [run(['success', 'success']), run(['nothing-to-change', 'out-of-queries'])];
    expect(pairedComparison(first, second).onlySecond).toBe(0);
    expect(pairedComparison(first, second, { robustEndings: whateverDidNotFlip }).onlySecond).toBe(2);
  });

  it('counts only examples that both models had right', () => {
    const comparison = pairedComparison(
      run(['success', 'success', 'failed', 'skipped', 'failed', 'success']),
      run(['failed', 'failed', 'success', 'failed', 'skipped', 'success']),
    );
    expect(comparison.examples).toBe(4); // ids 0, 1, 2, 5
    expect(comparison.difference.value).toBe((1 + 1 - 1 + 0) / 4);
    expect([comparison.onlyFirst, comparison.onlySecond]).toEqual([1, 2]);
    expect(comparison.pValue).toBe(1); // 2·(1 + 3)/2³
  });

  it('is p = 2·2⁻ⁿ when all n discordant examples speak for one model', () => {
    const comparison = pairedComparison(run(Array(8).fill('success')), run(Array(8).fill('failed')));
    expect(comparison.difference).toEqual({ value: 1, low: 1, high: 1 });
    expect(comparison.pValue).toBeCloseTo(2 / 256, 12);
  });

  it('does not take an error for robustness', () => {
    expect(pairedComparison(run(['success']), run(['error'])).difference.value).toBe(0);
  });

  it('leaves out examples that only one of the attacks has', () => {
    expect(pairedComparison(run(['failed']), run(['failed', 'failed'])).examples).toBe(1);
  });

  it('refuses attacks on different test sets', () => {
    const other = [makeRecord({ id: 0, status: 'failed', text: 'another text' })];
    expect(() => pairedComparison(run(['failed']), other)).toThrow(/Compare attacks on the same test file/);
  });
});

describe('pairedOverRuns', () => {
  it('pairs the runs of two methods in their order, as far as both go', () => {
    const first = [run(['failed', 'success']), run(['failed', 'success']), run(['failed', 'failed'])];
    const second = [run(['success', 'failed']), run(['failed', 'failed'])];
    const comparison = pairedOverRuns(first, second);
    expect(comparison.examples).toBe(2);
    expect(comparison.difference.value).toBe((-1 + 0 + 1 + 1) / 4);
    expect([comparison.onlyFirst, comparison.onlySecond]).toEqual([1, 1]);
  });

  it('refuses a run on another test set, wherever it is', () => {
    const other = [makeRecord({ id: 0, status: 'failed', text: 'another text' })];
    expect(() => pairedOverRuns([run(['failed'])], [run(['failed']), other])).toThrow(/same test file/);
  });
});

describe('isTold', () => {
  const kept = (count: number) =>
    run(Array.from({ length: 100 }, (_, id) => (id < count ? 'failed' : 'success')));

  it('asks for the exact test too: the bootstrap leaves 0 out at four examples', () => {
    const four = pairedComparison(kept(50), kept(54));
    expect(four.difference.low).toBeGreaterThan(0);
    expect(isTold(four)).toBe(false);
    expect(isTold(pairedComparison(kept(50), kept(56)))).toBe(true);
    expect(isTold(pairedComparison(kept(56), kept(50)))).toBe(true);
  });
});
