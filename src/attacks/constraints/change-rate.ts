import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Constraint } from './constraint.ts';

/** Keeps ⌊0.29 · 100⌋ at 29: the product of a decimal rate and a count may fall just short of an integer. */
const rounding = 1e-9;

const rules = { rate: { kind: 'number', min: 0, max: 1 } } as const satisfies SettingRules;

/**
 * At most ⌊rate · n⌋ of n words change. A rate of 0 means none.
 *
 * Source: Li et al. 2020, §4.3: the attack changes at most a set share of the words (0.4 in the published code).
 * @throws VdaError `usage` for a rate that is not from 0 to 1
 */
export const maxChangeRate = (rate: number): Constraint => ({
  ...{ id: 'max-change-rate', version: 1, settings: checkSettings('maxChangeRate', { rate }, { rules }) },
  name: `at most ${rate} of the words`,
  limit: ({ changed, words }) => changed + 1 <= Math.floor(rate * words + rounding),
});

/** At most ⌊rate · n⌋ of n words change, or so many where that is more. Source: Yoo & Qi 2021 (arXiv:2109.00544), §3.2. */
export const maxChangeRateAtLeast = (rate: number, least: number): Constraint => ({
  ...{ id: 'max-change-rate-at-least', version: 1, settings: { rate, least } },
  name: `at most ${rate} of the words, or ${least}`,
  limit: ({ changed, words }) => changed + 1 <= Math.max(least, Math.floor(rate * words + rounding)),
});

/** The published code's rule: it stops once *more than* int(rate · n) words have changed, so one more may change. */
export const officialChangeRate = (rate: number): Constraint => ({
  ...{ id: 'official-change-rate', version: 1, settings: { rate } },
  name: `at most one more than ${rate} of the words`,
  limit: ({ changed, words }) => changed <= Math.trunc(rate * words),
});
