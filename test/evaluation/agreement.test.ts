import { describe, expect, it } from 'vitest';
import { krippendorffAlpha, type Ratings } from '../../src/evaluation/agreement.ts';

/** Ratings as the literature prints them: a line a rater, a column a unit, a dot where an answer is missing. */
function units(...raters: readonly string[]): readonly Ratings[] {
  const rows = raters.map((row) => row.split(' '));
  return rows[0]!.map((_, unit) =>
    rows.map((row) => (row[unit] === '.' ? undefined : row[unit]!.codePointAt(0)!)),
  );
}

describe('krippendorffAlpha', () => {
  // Krippendorff 2011, examples A (two raters, two values), B (two raters, five values), C and D (four raters, answers missing).
  const two = units('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0');
  const five = units('a a b b d c c c e d d a', 'b a b b b c c c e d d d');
  const missing = units(
    '1 2 3 3 2 1 4 1 2 . . .',
    '1 2 3 3 2 2 4 1 2 5 . 3',
    '. 3 3 3 2 3 4 2 2 5 1 .',
    '1 2 3 3 2 4 4 1 2 5 1 .',
  );

  it.each([
    ['two values', two, 'nominal', 0.095],
    ['five values', five, 'nominal', 0.692],
    ['answers missing, nominal', missing, 'nominal', 0.743],
    ['answers missing, ordinal', missing, 'ordinal', 0.815],
  ] as const)("is that of Krippendorff's example: %s", (_, ratings, level, alpha) => {
    expect(krippendorffAlpha(ratings, { level })).toBeCloseTo(alpha, 3);
  });

  it('is 1 where all raters agree, and unknown where nothing varies or nobody can be compared', () => {
    expect(krippendorffAlpha(units('1 2 3', '1 2 3'), { level: 'ordinal' })).toBe(1);
    expect(krippendorffAlpha(units('1 1 1', '1 1 1'), { level: 'nominal' })).toBeNaN();
    expect(krippendorffAlpha(units('1 2 3'), { level: 'nominal' })).toBeNaN();
  });

  it('leaves out units with one answer', () => {
    const alone = [...two, [7], [undefined, 3]];
    expect(krippendorffAlpha(alone, { level: 'nominal' })).toBe(krippendorffAlpha(two, { level: 'nominal' }));
  });
});
