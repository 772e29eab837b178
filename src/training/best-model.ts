import { VdaError } from '../base/error.ts';
import { hasMethods, requireArgument } from '../base/setting-rules.ts';
import type { Evaluation, OwnMetric } from './evaluation.ts';
import { type BestModelMetric, bestModelMetrics } from './train-options.ts';

/** How evaluations are ranked. */
export interface Ranking {
  readonly name: string;
  readonly greaterIsBetter: boolean;
  /** NaN where there is nothing to rank by: never the best. */
  valueOf(evaluation: Evaluation): number;
}

const rankings: Readonly<Record<BestModelMetric, Omit<Ranking, 'name'>>> = {
  accuracy: { greaterIsBetter: true, valueOf: ({ accuracy }) => accuracy },
  f1: { greaterIsBetter: true, valueOf: ({ f1 }) => f1 },
  f1_macro: { greaterIsBetter: true, valueOf: ({ f1Macro }) => f1Macro },
  loss: { greaterIsBetter: false, valueOf: ({ loss }) => loss },
  attack_accuracy: {
    greaterIsBetter: true,
    // A constant classifier holds against every attack on the texts of its class.
    valueOf: ({ attackAccuracy, problem }) => (problem?.kind === 'one class' ? Number.NaN : attackAccuracy!),
  },
};

/** What decides the best checkpoint: a metric of one's own, else the one that is named. */
export const rankingOf = (name: BestModelMetric, own?: OwnMetric): Ranking =>
  own === undefined
    ? { name, ...rankings[name] }
    : {
        name: own.name,
        greaterIsBetter: greaterIsBetter(own),
        valueOf: (evaluation) => evaluation.own?.value ?? Number.NaN,
      };

/** As in transformers: of a metric whose name ends in "loss" the lowest is best, unless told. */
export const greaterIsBetter = ({
  name,
  greaterIsBetter: told = !name.endsWith('loss'),
}: OwnMetric): boolean => told;

/** Whether a figure beats the best so far. */
export const isBetter = (
  value: number,
  best: number | null,
  { greaterIsBetter: greater }: Ranking,
): boolean => !Number.isNaN(value) && (best === null || (greater ? value > best : value < best));

/**
 * What is wrong about a metric of one's own, before anything is trained.
 * @throws VdaError `usage`
 */
export function checkOwnMetric(owner: string, metric: OwnMetric): void {
  requireArgument(hasMethods(metric, ['of']), {
    ...{ owner, name: 'metric', got: metric },
    expected: 'an object with a name and a function of the evaluated texts, of',
  });
  const { name } = metric;
  const isName = typeof name === 'string' && /^[A-Za-z]\w*$/.test(name);
  if (isName && !taken.has(name.toLowerCase())) return;
  const expected = `letters, digits and underscores, and none of ${[...taken].join(', ')}`;
  throw new VdaError('usage', `${owner}: metric.name: expected ${expected}, got ${String(name)}.`);
}

/** Names under which logs hold something else. */
const taken: ReadonlySet<string> = new Set([...bestModelMetrics, 'problem']);
