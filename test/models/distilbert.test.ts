import { describe, expect, it } from 'vitest';
import { distilbert } from '../../src/models/distilbert/index.ts';
import { configToJson, parseConfig } from '../../src/models/parse-config.ts';
import { describeAgainstTransformers } from './against-transformers.ts';

// oracles/tiny_distilbert.py
describeAgainstTransformers(distilbert, {
  folder: 'tiny-distilbert',
  dropsAttentionOutput: false,
  classifierSites: ['classifier'],
});

describe('the configuration of a DistilBERT', () => {
  it('has the defaults of DistilBertConfig in transformers 4.57.6', () => {
    expect(parseConfig({ model_type: 'distilbert', vocab_size: 10 }, { path: 'c' })).toMatchObject({
      hiddenSize: 768,
      numHiddenLayers: 6,
      numAttentionHeads: 12,
      intermediateSize: 3072,
      hiddenDropoutProb: 0.1,
      attentionProbsDropoutProb: 0.1,
      classifierDropout: 0.2,
      padTokenId: 0,
    });
  });

  it('keeps to DistilBERT’s own names for its fields', () => {
    const sizes = { dim: 4, hidden_dim: 6, n_layers: 1, n_heads: 2, activation: 'gelu' };
    const rates = { dropout: 0.25, attention_dropout: 0.5, seq_classif_dropout: 0.125 };
    const file = { model_type: 'distilbert', vocab_size: 10, ...sizes, ...rates };
    const read = parseConfig(file, { path: 'c' });
    expect(read).toMatchObject({
      ...{ hiddenSize: 4, intermediateSize: 6, numHiddenLayers: 1, numAttentionHeads: 2 },
      ...{ hiddenDropoutProb: 0.25, attentionProbsDropoutProb: 0.5, classifierDropout: 0.125 },
    });
    const json = configToJson({ ...read, hiddenDropoutProb: 0 }, { dtype: 'float32' });
    expect(json).toMatchObject({ ...file, dropout: 0 });
    expect(Object.keys(json)).not.toContain('hidden_size');
    expect(Object.keys(json)).not.toContain('type_vocab_size');
  });

  it('takes no inherited name for a field of DistilBERT', () => {
    const json = { model_type: 'distilbert', vocab_size: 5, dim: 2, n_heads: 1, toString: 1, constructor: 2 };
    expect(parseConfig(json, { path: 'config.json' })).toMatchObject({ hiddenSize: 2 });
  });

  it('is known by its class where model_type is missing', () => {
    expect(() =>
      parseConfig({ vocab_size: 5, architectures: ['DistilBertForMaskedLM'] }, { path: 'c' }),
    ).toThrow(/Add it: `"model_type": "distilbert"`.*DistilBertForMaskedLM/);
  });
});
