import { reduceSum } from '../../graph/ops/broadcast.ts';
import { scalar } from '../../graph/ops/constant.ts';
import { add, divide } from '../../graph/ops/elementwise.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { softmax } from '../../graph/ops/softmax.ts';
import { putAlong } from '../../graph/ops/take-along.ts';
import type { Value } from '../../graph/value.ts';
import { repeatRows } from '../copies.ts';
import type { VdaInputs } from './inputs.ts';
import type { Mixture } from './options.ts';
import type { SubstitutionProbabilities } from './substitution-probabilities.ts';

/** p′ at N = k·batch·T positions: over the batch's D distinct candidates, over all V tokens, all on one token, or 1/V each. */
export type MixtureWeights =
  | {
      readonly over: 'candidates' /** `[N, D]` */;
      readonly weights: Value /** int64 `[D]` */;
      readonly tokens: Value;
    }
  | { readonly over: 'vocabulary' /** `[N, V]` */; readonly weights: Value }
  | { readonly over: 'one token' /** int64 `[k·batch, T]` */; readonly token: Value }
  | { readonly over: 'all alike' };

interface NoisyProbabilities {
  readonly probabilities: SubstitutionProbabilities;
  readonly noise: Value | undefined;
}

/**
 * Eq. 4 (Algorithm 1, line 9): the mixture weights p′ = softmax(p + ε), as each mixture reads it.
 *
 *     logit            softmax((log p + ε)/T) over the K likeliest tokens
 *     paper            softmax(p + ε) over the whole vocabulary: Eq. 4 to the letter
 *     official         softmax(z/Σz + ε), z the raw logits, over the whole vocabulary: the published code
 *     mean             1/V: a control without masked LM and noise
 *     argmax, sample   all on one token, the likeliest or one drawn by its probability (Table 4); the feeds pick it
 *     adversarial, random, rarest, centre     over a word's substitutes; the feeds weigh them (hull-weights.ts)
 */
export function mixtureWeights(
  { options }: Pick<VdaInputs, 'options'>,
  { probabilities, noise }: NoisyProbabilities,
): MixtureWeights {
  switch (probabilities.of) {
    case 'candidates': {
      const { logProbs, candidates, distinct } = probabilities;
      const noisy = withNoise(logProbs, noise);
      const ofEach = softmax(divide(noisy, scalar(options.temperature)));
      const weights = putAlong({ ids: candidates, values: ofEach, columns: distinct.shape[0]! });
      return { over: 'candidates', weights, tokens: distinct };
    }
    case 'substitutes': {
      const { weights: values, candidates: ids, distinct } = probabilities;
      const weights = putAlong({ ids, values, columns: distinct.shape[0]! });
      return { over: 'candidates', weights, tokens: distinct };
    }
    case 'vocabulary': {
      const scores = scoresOf[options.mixture as keyof typeof scoresOf](probabilities.logits);
      return {
        over: 'vocabulary',
        weights: softmax(withNoise(repeatRows(scores, options.numVirtual), noise)),
      };
    }
    case 'one token':
      return { over: 'one token', token: probabilities.picked };
    case 'nothing':
      return { over: 'all alike' };
  }
}

/** What noise is added to, from logits z `[batch·T, V]`. */
const scoresOf = {
  paper: (z: Value) => softmax(z),
  official: (z: Value) => divide(z, reduceSum(z, { axes: [-1], keepDims: true })),
} as const satisfies Partial<Record<Mixture, (z: Value) => Value>>;

const withNoise = (scores: Value, noise: Value | undefined): Value =>
  noise ? add(scores, reshape(noise, scores.shape)) : scores;
