import { wilson } from './statistics.ts';

/** A text's true class and the one a classifier gave it. */
export interface Predicted {
  readonly label: string;
  readonly prediction: string;
}

/** What is wrong with predictions, in the order in which it is looked for; see {@link predictionProblem}. */
export const problemKinds = ['all wrong', 'one label', 'one class', 'no better'] as const;

/** Why predictions say little of a classifier, and nothing of its robustness. */
export interface PredictionProblem {
  readonly kind: (typeof problemKinds)[number];
  /** It in words, without a full stop. */
  readonly remark: string;
}

/** Fewer texts of one class say little, whatever the predictions are. */
const fewestOfOneLabel = 10;
/** The smallest fraction of predictions for one class that is nearly all. */
const nearlyAll = 0.95;
/** Other classes are predicted at most at this fraction of their proportion of the labels. */
const mostOfOthers = 0.2;
/** So few predictions of other classes, were they as frequent as the labels, are at most this probable. */
const mostProbable = 0.1;

/**
 * Whether a classifier has collapsed to a constant one (or is no better than the majority-class baseline). Such a one "stays right" under every
 * attack on the texts that are of its class, and so looks robust. Looked for, in this order:
 *
 * - `all wrong`: no prediction is right;
 * - `one label`: all of ten texts or more are of one class, and nearly all are predicted so: nothing tells the two apart;
 * - `one class`: with s the proportion of the class predicted most and q its proportion of the n labels,
 *   s ≥ 0.95, 1 − s ≤ 0.2·(1 − q), and P(X ≤ n(1 − s)) ≤ 0.1 for X binomial of n and 1 − q: on data of which 96 % are of
 *   one class a classifier may well answer it on 97 %, and of four texts it may miss the one of another class;
 * - `no better`: the lower 95 % bound of its accuracy (Wilson) is not above that of the majority-class baseline, which reads nothing.
 *
 * @param texts those that were answered
 * @returns undefined where nothing of that is so, and without texts
 */
export function predictionProblem(texts: readonly Predicted[]): PredictionProblem | undefined {
  const n = texts.length;
  if (n === 0) return undefined;
  const labels = counted(texts.map(({ label }) => label));
  const right = texts.filter(({ label, prediction }) => label === prediction).length;
  if (right === 0) {
    const wrong = n === 1 ? 'the one prediction is wrong' : `all ${n} predictions are wrong`;
    return {
      kind: 'all wrong',
      remark: `${wrong}: the labels may not be those that the model was trained with`,
    };
  }
  const [majority, most] = largest(labels);
  if (most === n) {
    const remark = `all ${n} texts are of one class (${majority}), on which a model that always answers it stays right too`;
    return right >= nearlyAll * n && n >= fewestOfOneLabel ? { kind: 'one label', remark } : undefined;
  }
  const [label, times] = largest(counted(texts.map(({ prediction }) => prediction)));
  const ofLabel = labels.get(label) ?? 0;
  if (isConstant({ n, others: n - times, otherLabels: n - ofLabel })) {
    const rates = `${label} for ${percent(times / n)} of ${n} texts, where ${percent(ofLabel / n)} are`;
    const remark = `predictions are nearly all one class (${rates}); what no attack can change in them is no robustness`;
    return { kind: 'one class', remark };
  }
  const { value, low, high } = wilson(right, n);
  if (low > most / n) return undefined;
  const accuracy = `accuracy ${percent(value)} [${bare(low)}, ${bare(high)}] on ${n} texts`;
  const remark = `${accuracy} cannot be told from always answering ${majority} (${percent(most / n)})`;
  return { kind: 'no better', remark };
}

/** @param counts texts, those predicted as another class than the most frequent prediction, and those that are of another */
function isConstant({ n, others, otherLabels }: Readonly<Record<'n' | 'others' | 'otherLabels', number>>) {
  return (
    n - others >= nearlyAll * n &&
    others <= mostOfOthers * otherLabels &&
    binomialAtMost(others, { n, p: otherLabels / n }) <= mostProbable
  );
}

const bare = (fraction: number): string => (100 * fraction).toFixed(1);
const percent = (fraction: number): string => `${bare(fraction)} %`;

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
}

/** The most frequent name, the first of equals, and how often it is there. */
const largest = (counts: ReadonlyMap<string, number>): readonly [string, number] =>
  [...counts].reduce((best, one) => (one[1] > best[1] ? one : best));

/** P(X ≤ k) of a binomial variable; terms in logs, for (1 − p)ⁿ underflows. */
function binomialAtMost(k: number, { n, p }: { readonly n: number; readonly p: number }): number {
  if (p >= 1) return k >= n ? 1 : 0;
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p / (1 - p));
  }
  return sum;
}
