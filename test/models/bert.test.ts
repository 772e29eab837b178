import { expect, it } from 'vitest';
import { input } from '../../src/graph/ops/index.ts';
import { bert } from '../../src/models/bert/index.ts';
import { noDropout } from '../../src/nn/dropout.ts';
import { describeAgainstTransformers, tinyModel, tracedWeights } from './against-transformers.ts';

// oracles/tiny_bert.py
describeAgainstTransformers(bert, {
  folder: 'tiny-bert',
  dropsAttentionOutput: true,
  classifierSites: ['classifier'],
});

it('an activation that is not computed is refused', () => {
  const { config, maskedLm } = tinyModel(bert, 'tiny-bert');
  const other = { config: { ...config, hiddenAct: 'silu' }, dropout: noDropout };
  const hidden = input('hidden', { dtype: 'float32', shape: ['rows', config.hiddenSize] });
  expect(() => bert.maskedLm(tracedWeights(maskedLm.weights), hidden, other)).toThrow('hidden_act "silu"');
});
