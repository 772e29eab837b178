import { probabilitiesOf } from '../base/probabilities-of.ts';
import { requireArgument } from '../base/setting-rules.ts';
import { crossEntropyOf, predictedClass } from './classification-metrics.ts';

/** How far a classifier's confidence is from how often it is right. */
export interface Calibration {
  readonly examples: number;
  /** Mean probability of the predicted class. */
  readonly confidence: number;
  readonly accuracy: number;
  /** Expected calibration error, over 15 bins. */
  readonly ece: number;
  /**
   * What the logits must be divided by for the least loss on these texts: above 1 the model is over-confident. 0 where no text
   * is wrong, `null` where the logits are no better than none: then no temperature is the best.
   */
  readonly temperature: number | null;
  /** Mean cross-entropy as it is, in nats, and at that temperature. */
  readonly loss: number;
  readonly lossAtTemperature: number;
}

const bins = 15;

/**
 * Calibration of logits z against true classes y:
 *
 *     confidence = mean maxₖ softmax(z)ₖ
 *     ECE        = Σₘ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|,   Bₘ: confidence in ((m−1)/M, m/M], M = 15
 *     T          = argmin mean −log softmax(z/T)_y
 *
 * in double precision. Logits times a constant c give the temperature times c.
 *
 * Source: Guo et al. 2017 (arXiv:1706.04599), §2 Eq. 3 and §4.2; M = 15 as in their tables.
 *
 * @param rows logits `[C]` of each example
 * @param classes true class of each
 * @returns undefined for no rows
 * @throws VdaError `usage` where classes and rows do not fit
 */
export function calibration(
  rows: readonly ArrayLike<number>[],
  classes: readonly number[],
): Calibration | undefined {
  const owner = 'calibration';
  const expected = 'the true class of each row, a whole number from 0';
  const fit = classes.length === rows.length && classes.every((one, i) => rows[i]![one] !== undefined);
  requireArgument(fit, { owner, name: 'classes', expected, got: classes });
  if (rows.length === 0) return undefined;
  const confidences = rows.map((row) => Math.max(...probabilitiesOf(row)));
  const right = rows.map((row, i) => predictedClass(row) === classes[i]);
  const temperature = bestTemperature(rows, classes);
  return {
    examples: rows.length,
    confidence: mean(confidences),
    accuracy: mean(right.map(Number)),
    ece: expectedError(confidences, right),
    temperature,
    loss: meanLoss(rows, { classes, scale: 1 }),
    lossAtTemperature:
      temperature === null
        ? Math.log(rows[0]!.length)
        : temperature === 0
          ? 0
          : meanLoss(rows, { classes, scale: 1 / temperature }),
  };
}

function expectedError(confidences: readonly number[], right: readonly boolean[]): number {
  const gaps = new Array<number>(bins).fill(0); // Σ right − Σ confidence of each bin
  confidences.forEach((confidence, i) => {
    gaps[Math.max(0, Math.ceil(confidence * bins) - 1)]! += Number(right[i]) - confidence;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
}

/**
 * The loss is convex in β = 1/T, so its slope, mean(E_p[z] − z_y) with p = softmax(βz), crosses 0 once: bisection on log β, from a
 * bracket around the inverse of the logits' size.
 */
function bestTemperature(rows: readonly ArrayLike<number>[], classes: readonly number[]): number | null {
  const centred = rows.map((row, i) => Array.from(row, (z) => z - row[classes[i]!]!)); // z − z_y
  const slope = (scale: number) => mean(centred.map((row) => expectation(row, scale)));
  if (slope(0) >= 0) return null;
  if (centred.every((row) => Math.max(...row) <= 0)) return 0;
  let low = 1 / centred.reduce((most, row) => Math.max(most, ...row.map(Math.abs)), 0);
  while (slope(low) >= 0) low /= 2;
  let high = 2 * low;
  while (slope(high) < 0) high *= 2;
  for (let middle = Math.sqrt(low * high); middle > low && middle < high; middle = Math.sqrt(low * high)) {
    if (slope(middle) < 0) low = middle;
    else high = middle;
    if (high / low - 1 < 1e-14) break;
  }
  return 1 / Math.sqrt(low * high);
}

/** Σ softmax(β·row)ₖ rowₖ. */
function expectation(row: readonly number[], scale: number): number {
  const probabilities = probabilitiesOf(row.map((z) => scale * z));
  return row.reduce((sum, z, k) => sum + probabilities[k]! * z, 0);
}

const meanLoss = (
  rows: readonly ArrayLike<number>[],
  { classes, scale }: { readonly classes: readonly number[]; readonly scale: number },
): number =>
  mean(
    rows.map((row, i) =>
      crossEntropyOf(
        Array.from(row, (z) => scale * z),
        classes[i]!,
      ),
    ),
  );

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** Temperatures beyond this, or below its inverse, are remarked on. */
const farFromOne = 2;

/**
 * What a reader of robustness figures must know of a model's confidence; undefined where it is near enough to how often it is right.
 */
export function calibrationWarning({ confidence, accuracy, temperature }: Calibration): string | undefined {
  if (temperature === null || temperature === 0) return undefined;
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const facts = `the temperature that fits the attacked texts is ${temperature.toPrecision(3)} (mean confidence ${percent(confidence)}, right on ${percent(accuracy)})`;
  if (temperature > farFromOne)
    return `over-confident: ${facts}. Attacks that compare probabilities see little of such a model; those that compare margins are not affected`;
  return temperature < 1 / farFromOne ? `under-confident: ${facts}` : undefined;
}
