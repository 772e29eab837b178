import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bert } from '../../src/models/bert/index.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import { writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { canonicalName, openWeights } from '../../src/pretrained/weights.ts';
import { temporaryFolder } from './folders.ts';
import { countingTensors } from './tiny-model.ts';

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
    ['roberta', 'lm_head.decoder.weight', undefined],
    ['bert', 'bert.embeddings.position_ids', undefined],
    ['roberta', 'lm_head.decoder.bias', 'lm_head.bias'],
    ['distilbert', 'embeddings.LayerNorm.weight', 'distilbert.embeddings.LayerNorm.weight'],
    ['distilbert', 'transformer.layer.0.ffn.lin1.bias', 'distilbert.transformer.layer.0.ffn.lin1.bias'],
    ['distilbert', 'vocab_projector.weight', undefined],
    ['distilbert', 'vocab_projector.bias', 'vocab_projector.bias'],
  ] as const)('of a %s checkpoint: %s is %s', (modelType, stored, name) => {
    expect(canonicalName(stored, { names: familyOf(modelType).stored, all: new Set([stored]) })).toBe(name);
  });

  it('leaves out the decoder’s bias where the head has its own', () => {
    const all = new Set(['cls.predictions.bias', 'cls.predictions.decoder.bias']);
    expect(canonicalName('cls.predictions.decoder.bias', { names: bert.stored, all })).toBeUndefined();
  });
});

/** The weights of a file with these tensors. */
function stored(shapes: Readonly<Record<string, number[]>>) {
  const folder = temporaryFolder();
  const tensors = countingTensors(shapes);
  writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return { tensors, weights: () => openWeights(folder, { family: bert, architectures: [] }) };
}

describe('openWeights', () => {
  it('refuses two tensors that come down to one name', () => {
    const { weights } = stored({ 'pooler.dense.bias': [2], 'bert.pooler.dense.bias': [2] });
    expect(weights).toThrow(/more than one tensor is bert\.pooler\.dense\.bias/);
  });
});

describe('matchWeights', () => {
  it('reads what is expected and tells what is missing and left over', () => {
    const { tensors, weights } = stored({ 'pooler.dense.gamma': [2, 3], 'cls.b': [1], 'cls.a': [1] });
    const expected = new Map([
      ['classifier.weight', [2, 2]],
      ['bert.pooler.dense.weight', [2, 3]],
      ['classifier.bias', [2]],
    ]);
    expect(matchWeights(expected, weights())).toEqual({
      loaded: new Map([['bert.pooler.dense.weight', tensors.get('pooler.dense.gamma')]]),
      missing: ['classifier.weight', 'classifier.bias'],
      unexpected: ['cls.a', 'cls.b'],
    });
  });

  it('names the tensor and both shapes where they differ', () => {
    const { weights } = stored({ 'classifier.weight': [3, 2] });
    expect(() => matchWeights(new Map([['classifier.weight', [2, 2]]]), weights())).toThrow(
      /classifier\.weight.*expected shape \[2, 2\].*\[3, 2\]/,
    );
  });
});
