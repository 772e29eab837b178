import { describe, expect, it } from 'vitest';
import type { AttackRecord, AttackStatus } from '../../src/attacks/record.ts';
import { whateverDidNotFlip } from '../../src/attacks/robust-endings.ts';
import {
  correctedForNumber,
  isSignificant,
  pairedComparison,
  pairedOverRuns,
} from '../../src/evaluation/paired-comparison.ts';
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

const kept = (count: number) =>
  run(Array.from({ length: 100 }, (_, id) => (id < count ? 'failed' : 'success')));

describe('isSignificant', () => {
  const alone = (count: number, other: number) =>
    correctedForNumber([pairedComparison(kept(count), kept(other))])[0]!;

  it('asks for the exact test too: the bootstrap leaves 0 out at four examples', () => {
    expect(alone(50, 54).difference.low).toBeGreaterThan(0);
    expect(isSignificant(alone(50, 54))).toBe(false);
    expect(isSignificant(alone(50, 56))).toBe(true);
    expect(isSignificant(alone(56, 50))).toBe(true);
  });

  it('asks more of the best of several', () => {
    const several = [56, 53, 52].map((count) => pairedComparison(kept(50), kept(count)));
    const [best] = correctedForNumber(several);
    expect(best!.pValue).toBeCloseTo(2 / 64, 12);
    expect(best!.adjustedP).toBeCloseTo(6 / 64, 12);
    expect(isSignificant(best!)).toBe(false);
  });
});

describe('correctedForNumber', () => {
  it('does not count what tests nothing', () => {
    const nothing = pairedComparison(run(['skipped']), run(['failed']));
    const [corrected, none] = correctedForNumber([pairedComparison(kept(50), kept(56)), nothing]);
    expect(corrected!.adjustedP).toBeCloseTo(2 / 64, 12);
    expect(none!.adjustedP).toBe(1);
  });
});
