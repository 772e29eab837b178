import { float32Tensor } from '../../base/tensor.ts';
import { gradient } from '../../graph/gradient.ts';
import { reduceSum } from '../../graph/ops/broadcast.ts';
import { gemm } from '../../graph/ops/gemm.ts';
import { reshape } from '../../graph/ops/reshape.ts';
import { stopGradient } from '../../graph/ops/stop-gradient.ts';
import { putAlong, takeAlong } from '../../graph/ops/take-along.ts';
import { takeRows } from '../../graph/ops/take-rows.ts';
import { multiplyDims } from '../../graph/shape.ts';
import { noDropout } from '../../nn/dropout.ts';
import { crossEntropyPerRow } from '../../nn/losses.ts';
import { compile } from '../../runtime/node/compile.ts';
import { createClassificationLoss } from '../classification-loss.ts';
import { forwardVersions } from '../forward-versions.ts';
import { findTokens, tokenPlaceSpecs } from '../token-places.ts';
import { batchSpecs } from '../train-batch.ts';
import type { StepSetup } from '../train-step.ts';
import { hullFeeds, hullSpecs } from './hull-feeds.ts';
import type { AscentPass } from './inputs.ts';

/**
 * The pass of adversarial virtual data: which way does the loss rise from points of the hulls?
 *
 *     ê_i = Σ_j w_ij V_ij,   D = Σ_texts CE(f(Ê), y),   g_i = ∂D/∂ê_i;   out: ⟨g_i, V_ij⟩ of every candidate
 *
 * One forward pass and one backward pass to the embeddings, without dropout; no gradient of a weight is worked out. D is the
 * cross-entropy, plain whatever the options of the loss: unlike sKL(f(E), f(Ê)), whose gradient is 0 at Ê = E, it rises from the
 * text itself; and it needs no prediction of the clean text, a third of the pass.
 */
export async function compileAscent(
  setup: StepSetup,
): Promise<{ readonly pass: AscentPass; release(): Promise<void> }> {
  const { architecture, config, numLabels, store, runtime, seed } = setup;
  const plain: StepSetup = { architecture, config, numLabels, store, runtime, seed };
  const program = await compile(
    ({ weights, batch, places, hulls }) => {
      const { hullColumns, hullWeights, hullTokens } = hulls;
      const positions = multiplyDims('batch', 'length');
      const columns = reshape(hullColumns, [positions, 'candidates']);
      const corners = takeRows(weights[architecture.wordEmbeddingName]!, hullTokens, { distinct: true });
      const spread = putAlong({
        ids: columns,
        values: reshape(hullWeights, [positions, 'candidates']),
        columns: 'distinct',
      });
      const width = corners.shape[1]!;
      const points = reshape(stopGradient(gemm(spread, corners)), ['batch', 'length', width]);
      const inputs = { weights, batch, places, extra: {}, dropout: noDropout, tokens: points };
      const classificationLoss = createClassificationLoss().trace({});
      const { logits } = forwardVersions(plain, { ...inputs, classificationLoss }, [points]);
      const loss = reduceSum(crossEntropyPerRow(logits[0]!, batch.labels), { axes: [0] });
      const ascent = reshape(gradient(loss, { points }).points!, [positions, width]);
      const projections = takeAlong(gemm(ascent, corners, { transposeB: true }), columns);
      return { loss, projections };
    },
    {
      ...{ weights: store.feeds.weights, batch: batchSpecs, places: tokenPlaceSpecs },
      hulls: hullSpecs('batch'),
    },
    runtime,
  );
  return {
    pass: async ({ ids, typeIds, attentionMask, labels }, { hulls, weights }) => {
      const { loss, projections } = await program.run({
        weights: store.feeds.weights,
        batch: { ids, typeIds, attentionMask, labels, weight: float32Tensor([], [1]) },
        places: findTokens(attentionMask).places,
        hulls: hullFeeds(hulls, [weights]),
      });
      return { loss: Number(loss.data[0]), projections: projections.data as Float32Array };
    },
    release: program.release,
  };
}
