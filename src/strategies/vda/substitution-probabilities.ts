import { reshape } from '../../graph/ops/reshape.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import { elementsOf, multiplyDims } from '../../graph/shape.ts';
import type { Value } from '../../graph/value.ts';
import { hiddenStates } from '../../models/hidden-states.ts';
import { noDropout } from '../../nn/dropout.ts';
import { repeatRows } from '../copies.ts';
import { maskedLmFeed } from './feeds.ts';
import type { VdaInputs } from './inputs.ts';
import { readsOf, takesVertices } from './options.ts';

/**
 * What is known of p(ŵ|S), once for each of the k samples: N = k·batch·T positions. Of the K likeliest tokens, D of them distinct in
 * the batch; of all V, as logits; of one token that was picked; or nothing. Or weights of N positions' substitutes, which no masked
 * LM predicted: the feeds find them (hull-weights.ts).
 */
export type SubstitutionProbabilities =
  | {
      readonly of: 'candidates';
      /** log p, `[N, K]`. */
      readonly logProbs: Value;
      /** Place of each candidate among the distinct ones, int64 `[N, K]`. */
      readonly candidates: Value;
      /** Tokens that are a candidate anywhere in the batch, int64 `[D]`. */
      readonly distinct: Value;
    }
  | {
      readonly of: 'vocabulary' /** z with p = softmax z, `[batch·T, V]`: the same for every sample. */;
      readonly logits: Value;
    }
  | { readonly of: 'one token' /** int64 `[k·batch, T]`. */; readonly picked: Value }
  | {
      readonly of: 'substitutes';
      /** w, `[N, candidates]`. */
      readonly weights: Value;
      /** As of candidates. */
      readonly candidates: Value;
      readonly distinct: Value;
    }
  | { readonly of: 'nothing' };

/**
 * Eq. 2 (Algorithm 1, line 6): p(ŵ|S), the frozen masked LM's prediction at each position of the text as it stands,
 * nothing masked. As the masked LM never changes, the K likeliest tokens are worked out before training
 * (training/vda/substitution-probabilities.ts) and fed; mixtures over the whole vocabulary run it here, in the step.
 */
export function substitutionProbabilities(vda: VdaInputs): SubstitutionProbabilities {
  const { options, inputs } = vda;
  const { extra } = inputs;
  const rows = (x: Value) =>
    reshape(repeatRows(x, options.numVirtual), [
      multiplyDims(options.numVirtual, 'batch', 'length'),
      options.topK,
    ]);
  switch (readsOf[options.mixture]) {
    case 'candidates':
      return {
        of: 'candidates',
        logProbs: rows(extra.logProbs!),
        candidates: rows(extra.candidates!),
        distinct: extra.distinct!,
      };
    case 'vocabulary':
      return { of: 'vocabulary', logits: maskedLmLogits(vda) };
    case 'one token':
      return { of: 'one token', picked: extra.picked! };
    case 'substitutes':
      return takesVertices(options) ? { of: 'one token', picked: extra.picked! } : hullPoints(vda);
    case 'nothing':
      return { of: 'nothing' };
  }
}

/** Points of hulls as they are fed. */
function hullPoints({ options, inputs: { extra } }: VdaInputs): SubstitutionProbabilities {
  const positions = multiplyDims(options.numVirtual, 'batch', 'length');
  const { hullWeights: weights, hullColumns: candidates, hullTokens: distinct } = extra;
  const rows = (x: Value) => reshape(x, [positions, 'candidates']);
  return {
    of: 'substitutes',
    weights: rows(weights!),
    candidates: rows(candidates!),
    distinct: distinct!,
  };
}

/** Logits z of the frozen masked LM on the unmasked texts, `[batch·T, V]`. */
function maskedLmLogits({ inputs: { batch, extra }, sources }: VdaInputs): Value {
  const { architecture, config, weights: frozen } = sources.maskedLm!;
  const weights = Object.fromEntries(
    Object.keys(frozen).map((name) => [name, extra[maskedLmFeed(name)]!] as const),
  );
  const options = { config, dropout: noDropout };
  const tokens = takeRows(weights[architecture.wordEmbeddingName]!, batch.ids);
  const hidden = hiddenStates(architecture, { weights, inputs: { ...batch, tokens }, ...options });
  const rows = reshape(hidden, [elementsOf(hidden.shape.slice(0, 2)), hidden.shape[2]!]);
  return architecture.maskedLm(weights, rows, options);
}
