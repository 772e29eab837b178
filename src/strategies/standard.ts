import { scalar } from '../graph/ops/constant.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value } from '../graph/value.ts';
import { hiddenStates } from '../models/hidden-states.ts';
import { crossEntropy } from '../nn/losses.ts';
import { compileStep } from './compile-step.ts';
import type { ObjectiveInputs, StrategySetup, TrainStep } from './strategy.ts';

/**
 * The first token's last state of token embeddings: embed, then encode.
 * Shapes: tokens `[R, T, H]`, typeIds and attentionMask int64 `[R, T]` → `[R, H]`.
 */
export function encodeTokens(
  { architecture, config }: Pick<StrategySetup, 'architecture' | 'config'>,
  p: Pick<ObjectiveInputs, 'weights' | 'dropout'> & {
    readonly tokens: Value;
    readonly typeIds: Value;
    readonly attentionMask: Value;
  },
): Value {
  const { weights, dropout, ...inputs } = p;
  const first = hiddenStates(architecture, { weights, inputs, config, dropout, firstTokenOnly: true });
  return reshape(first, [first.shape[0]!, first.shape[2]!]);
}

/** Plain fine-tuning: mean cross-entropy of the clean texts (VDA, Eq. 7). */
export const standard = (setup: StrategySetup): Promise<TrainStep> =>
  compileStep({
    ...setup,
    objective: ({ weights, batch, dropout }) => {
      const tokens = takeRows(weights[setup.architecture.wordEmbeddingName]!, batch.ids);
      const states = encodeTokens(setup, { weights, dropout, tokens, ...batch });
      const logits = setup.architecture.classify(weights, states, { config: setup.config, dropout });
      const ce = crossEntropy(logits, batch.labels);
      return { loss: ce, ce, reg: scalar(0) };
    },
  });
