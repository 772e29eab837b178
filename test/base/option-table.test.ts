import { describe, expect, it } from 'vitest';
import {
  optionalRules,
  optionTable,
  recordedSettings,
  settingsBesideDefaults,
  withDefaults,
} from '../../src/base/option-table.ts';
import { checkSettings } from '../../src/base/setting-rules.ts';

const table = optionTable({
  steps: { kind: 'integer', default: 2, min: 1, description: 'Steps.' },
  norm: {
    kind: 'choice',
    default: 'l2',
    choices: { l2: 'Euclidean', linf: 'largest' },
    description: 'Norm.',
  },
  held: { kind: 'flag', default: false, description: 'Held.', isYounger: true },
  weights: {
    kind: 'numbers',
    each: { kind: 'number', above: 0 },
    default: undefined,
    description: 'Weights.',
  },
});

describe('a table of options', () => {
  it('gives what is left out or undefined its default', () => {
    expect(withDefaults(table, { norm: 'linf', steps: undefined })).toEqual({
      ...{ steps: 2, norm: 'linf', held: false, weights: undefined },
    });
  });

  it('tells the settings that are not the defaults', () => {
    expect(settingsBesideDefaults(table, { steps: 2, weights: [1, 2] })).toEqual({ weights: [1, 2] });
  });

  it('records all settings, of younger options those that are not the defaults', () => {
    expect(recordedSettings(table, { steps: 2, norm: 'l2', held: false })).toEqual({ steps: 2, norm: 'l2' });
    expect(recordedSettings(table, { steps: 3, held: true })).toEqual({ steps: 3, held: true });
  });

  it.each([
    [{ steps: 0 }, 'steps: expected a whole number at least 1, got 0'],
    [{ weights: [] }, 'weights: expected a list, each a number above 0, got a list of 0'],
    [{ weights: [1, Number.NaN] }, 'weights: expected a list, each a number above 0, got a list of 2'],
    [{ weights: 3 }, 'weights: expected a list, each a number above 0, got 3'],
    [{ stpes: 1 }, "there is no 'stpes'"],
  ])('refuses %j', (settings, message) => {
    const check = () => checkSettings('f', settings, { rules: optionalRules(table), strict: true });
    expect(check).toThrow(message);
  });
});
