import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibration, calibrationWarning } from '../../src/evaluation/calibration.ts';
import { calibrationOf, classIndices } from '../../src/evaluation/clean-rows.ts';
import { makeRecord } from './make-record.ts';

/** n texts of two classes with the logits [z, 0], of which the first `right` are of class 0. */
const sure = (z: number, { right, of }: { right: number; of: number }) => ({
  rows: Array.from({ length: of }, () => [z, 0]),
  classes: Array.from({ length: of }, (_, i) => (i < right ? 0 : 1)),
});

describe('calibration', () => {
  test('of texts that are all as sure: the temperature makes the confidence the accuracy', () => {
    const { rows, classes } = sure(4, { right: 3, of: 4 });
    const { confidence, accuracy, ece, temperature, loss, lossAtTemperature } = calibration(rows, classes)!;
    const p = 1 / (1 + Math.exp(-4));
    expect(confidence).toBeCloseTo(p, 14);
    expect(accuracy).toBe(0.75);
    expect(ece).toBeCloseTo(p - 0.75, 14);
    expect(temperature).toBeCloseTo(4 / Math.log(3), 12); // σ(4/T) = 3/4
    expect(loss).toBeCloseTo(-0.75 * Math.log(p) - 0.25 * Math.log(1 - p), 12);
    expect(lossAtTemperature).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 12);
  });

  test('ECE takes each bin of a fifteenth on its own, its upper bound included', () => {
    // Confidences 0.6 = 9/15 (bin 9) and 0.7 (bin 11): one text of each, one right.
    const logit = (p: number) => Math.log(p / (1 - p));
    const rows = [
      [logit(0.62), 0],
      [logit(0.7), 0],
    ];
    expect(calibration(rows, [0, 1])!.ece).toBeCloseTo((1 - 0.62 + 0.7) / 2, 12);
    // In one bin, 0.61 and 0.65 of (9/15, 10/15], errors cancel before they are taken as absolute.
    const together = [
      [logit(0.61), 0],
      [logit(0.65), 0],
    ];
    expect(calibration(together, [0, 1])!.ece).toBeCloseTo(Math.abs(1 - 0.61 - 0.65) / 2, 12);
  });

  test('a factor on the logits is a factor on the temperature', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(2)), {
          minLength: 20,
          maxLength: 40,
        }),
        fc.constantFrom(1e-3, 0.1, 50, 1e3),
        (drawn, factor) => {
          const rows = drawn.map(([z], i) => [z, Math.sin(i), Math.cos(3 * i)]);
          const classes = drawn.map(([, c]) => c);
          const plain = calibration(rows, classes)!.temperature;
          const scaled = calibration(
            rows.map((row) => row.map((z) => factor * z)),
            classes,
          )!.temperature;
          if (plain === null || plain === 0) expect(scaled).toBe(plain);
          else expect(scaled! / factor / plain).toBeCloseTo(1, 6);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test('there is no best temperature where all is right, or the logits say nothing', () => {
    const all = sure(2, { right: 5, of: 5 });
    expect(calibration(all.rows, all.classes)).toMatchObject({ temperature: 0, lossAtTemperature: 0 });
    const none = sure(2, { right: 1, of: 5 });
    expect(calibration(none.rows, none.classes)).toMatchObject({
      temperature: null,
      lossAtTemperature: Math.log(2),
    });
    expect(calibration([], [])).toBeUndefined();
  });

  test('warns of a model that is too sure, or not sure enough', () => {
    const warningAt = (z: number) => {
      const { rows, classes } = sure(z, { right: 3, of: 4 });
      return calibrationWarning(calibration(rows, classes)!);
    };
    expect(warningAt(50)).toMatch(
      /^over-confident: .* is 45\.5 \(mean confidence 100\.0 %, right on 75\.0 %\)/,
    );
    expect(warningAt(0.1)).toMatch(/^under-confident/);
    expect(warningAt(1.2)).toBeUndefined();
  });
});

describe('calibrationOf', () => {
  const record = (id: number, fields: object) =>
    makeRecord({
      id,
      status: 'failed',
      originalPrediction: 'good',
      originalProbabilities: [0.2, 0.8],
      ...fields,
    });

  test('reads the clean logits of records, also of a class that is never predicted', () => {
    const records = [
      ...[0, 1, 2].map((id) => record(id, { originalLogits: [0, 4] })),
      record(3, {
        label: 'bad',
        status: 'skipped',
        originalLogits: [0, 4],
        finalPrediction: 'good',
        finalProbabilities: [0.2, 0.8],
      }),
    ];
    expect(Object.fromEntries(classIndices(records))).toEqual({ good: 1, bad: 0 });
    expect(calibrationOf(records)!.temperature).toBeCloseTo(4 / Math.log(3), 12);
  });

  test('a row whose probabilities are rounded to equals tells of no class', () => {
    const tied = { originalPrediction: 'bad', originalProbabilities: [0.5, 0.5], finalPrediction: 'bad' };
    const records = [record(0, { ...tied, label: 'good', finalProbabilities: [0.5, 0.5] }), record(1, {})];
    expect(Object.fromEntries(classIndices(records))).toEqual({ good: 1 });
  });

  test('says nothing where some records have none, but does without those that were never answered', () => {
    expect(calibrationOf([record(0, { originalLogits: [0, 4] }), record(1, {})])).toBeUndefined();
    const unanswered = record(1, { status: 'error', originalPrediction: '', originalProbabilities: [] });
    expect(calibrationOf([record(0, { originalLogits: [0, 4] }), unanswered])).toMatchObject({ examples: 1 });
  });
});
