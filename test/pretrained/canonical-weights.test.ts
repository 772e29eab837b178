import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/base/tensor.ts';
import { bert } from '../../src/models/bert/index.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { canonicalName, canonicalWeights } from '../../src/pretrained/canonical-weights.ts';

describe('canonicalName', () => {
  it.each([
    ['bert', 'bert.embeddings.word_embeddings.weight', 'bert.embeddings.word_embeddings.weight'],
    ['bert', 'embeddings.LayerNorm.gamma', 'bert.embeddings.LayerNorm.weight'],
    ['bert', 'encoder.layer.0.output.LayerNorm.beta', 'bert.encoder.layer.0.output.LayerNorm.bias'],
    ['bert', 'pooler.dense.bias', 'bert.pooler.dense.bias'],
    [
      'roberta',
      'encoder.layer.11.attention.self.query.weight',
      'roberta.encoder.layer.11.attention.self.query.weight',
    ],
    ['roberta', 'classifier.out_proj.weight', 'classifier.out_proj.weight'],
    ['roberta', 'lm_head.layer_norm.weight', 'lm_head.layer_norm.weight'],
    ['bert', 'cls.predictions.decoder.bias', 'cls.predictions.bias'],
    ['bert', 'cls.predictions.decoder.weight', 'bert.embeddings.word_embeddings.weight'],
    ['roberta', 'lm_head.decoder.weight', 'roberta.embeddings.word_embeddings.weight'],
    ['bert', 'bert.embeddings.position_ids', undefined],
    ['roberta', 'lm_head.decoder.bias', 'lm_head.bias'],
    ['distilbert', 'embeddings.LayerNorm.weight', 'distilbert.embeddings.LayerNorm.weight'],
    ['distilbert', 'transformer.layer.0.ffn.lin1.bias', 'distilbert.transformer.layer.0.ffn.lin1.bias'],
    ['distilbert', 'vocab_projector.weight', 'distilbert.embeddings.word_embeddings.weight'],
    ['distilbert', 'vocab_projector.bias', 'vocab_projector.bias'],
  ] as const)('of a %s checkpoint: %s is %s', (modelType, stored, name) => {
    expect(canonicalName(stored, { names: familyOf(modelType).stored, all: new Set([stored]) })).toBe(name);
  });

  it('leaves out the decoder’s matrix where the embeddings are there, bare too', () => {
    const some = (...names: readonly string[]) =>
      new Map(
        names.map((name) => [name, { shape: [1], read: () => tensor('float32', [1], new Float32Array(1)) }]),
      );
    const decoder = 'cls.predictions.decoder.weight';
    const embeddings = 'embeddings.word_embeddings.weight';
    for (const stored of [embeddings, `bert.${embeddings}`]) {
      const entries = some(decoder, stored);
      const weights = canonicalWeights([{ path: 'x', entries }], { family: bert });
      expect([...weights]).toEqual([[`bert.${embeddings}`, entries.get(stored)]]);
    }
  });

  it('leaves out the decoder’s bias where the head has its own', () => {
    const all = new Set(['cls.predictions.bias', 'cls.predictions.decoder.bias']);
    expect(canonicalName('cls.predictions.decoder.bias', { names: bert.stored, all })).toBeUndefined();
  });
});
