import { wilson } from '../../base/statistics.ts';
import { formatEstimate } from '../../report/result-row.ts';

interface Prediction {
  readonly id: number;
  readonly label: string;
  readonly prediction: string;
}

/**
 * How often a classifier is right on the embedded test reviews, in words: on all, and on those that say what they think and
 * those that imply it.
 * @param p.predictions what `vda eval` wrote for each text, JSON Lines
 * @param p.reviews the test reviews, JSON Lines
 */
export function demoAccuracy(p: { readonly predictions: string; readonly reviews: string }): string {
  const kinds = lines<{ readonly kind: string }>(p.reviews).map(({ kind }) => kind);
  const answers = lines<Prediction>(p.predictions);
  const said = (kind?: string): string => {
    const own = answers.filter(({ id }) => kind === undefined || kinds[id] === kind);
    const right = own.filter(({ label, prediction }) => label === prediction).length;
    const estimate = wilson(right, own.length);
    return `${formatEstimate(estimate, 'percent')} of ${own.length}`;
  };
  return `right on ${said()} test reviews; on ${said('plain')} that say what they think, on ${said('implied')} that imply it.`;
}

const lines = <T>(text: string): readonly T[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
