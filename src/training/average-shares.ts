import { argument } from '../base/error.ts';

/** The shares of models in their mean: as given, else all alike. */
export const sharesOf = ({
  models,
  weights = models.map(() => 1 / models.length),
}: {
  readonly models: readonly string[];
  readonly weights?: readonly number[] | undefined;
}): readonly number[] => weights;

/** What is wrong with models and shares, a sentence each. */
export function shareProblems(given: Parameters<typeof sharesOf>[0]): readonly string[] {
  const { models } = given;
  const shares = sharesOf(given);
  if (models.length < 2) return [`${argument('models')} must be at least two; got ${models.length}.`];
  if (shares.length !== models.length) {
    const got = `got ${shares.length} for ${models.length} models`;
    return [`${argument('weights')} must be one for each model; ${got}.`];
  }
  const sum = shares.reduce((total, one) => total + one, 0);
  return Math.abs(sum - 1) < 1e-6
    ? []
    : [`${argument('weights')} must be 1 together; got ${shares.join(' + ')} = ${Number(sum.toFixed(6))}.`];
}
