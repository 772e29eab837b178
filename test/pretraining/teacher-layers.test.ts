import { describe, expect, it } from 'vitest';
import { float32Tensor, sizeOf } from '../../src/base/tensor.ts';
import { bert } from '../../src/models/bert/index.ts';
import { distilbert } from '../../src/models/distilbert/index.ts';
import { teacherWeights } from '../../src/pretraining/teacher-layers.ts';
import { frozenMaskedLm } from '../strategies/tiny-step.ts';

const { config: tiny } = frozenMaskedLm();
const sizes = { vocabSize: 6, hiddenSize: 4, numAttentionHeads: 2, maxPositionEmbeddings: 5 };

/** Six layers of three neurons; every value of a tensor is its own: 100·(place of the tensor) + index. */
const teacher = (() => {
  const config = { ...tiny, ...sizes, maxPositionEmbeddings: 8, numHiddenLayers: 6, intermediateSize: 3 };
  const specs = bert.parameters(config, { head: 'maskedLm', numLabels: 0 });
  const weights = specs.map(({ name, shape }, place) => [
    name,
    float32Tensor(
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => 100 * place + i),
    ),
  ]);
  return { architecture: bert, config, weights: Object.fromEntries(weights) };
})();
const student = { ...tiny, ...sizes, numHiddenLayers: 2, intermediateSize: 3 };
const valuesOf = (changes: Partial<typeof student> = {}, from = teacher) => {
  const weights = teacherWeights({ architecture: bert, config: { ...student, ...changes } }, from);
  return (name: string) => [...weights.get(name)!.read().data];
};

describe('teacherWeights', () => {
  it('takes the layer in the middle of each equal part, and all of embeddings and head', () => {
    const read = valuesOf();
    const its = (name: string) => [...teacher.weights[name]!.data];
    for (const part of ['attention.self.query.weight', 'output.LayerNorm.bias']) {
      expect(read(`bert.encoder.layer.0.${part}`)).toEqual(its(`bert.encoder.layer.1.${part}`));
      expect(read(`bert.encoder.layer.1.${part}`)).toEqual(its(`bert.encoder.layer.4.${part}`));
    }
    for (const name of [
      bert.wordEmbeddingName,
      'cls.predictions.transform.dense.weight',
      bert.decoderBiasName,
    ]) {
      expect(read(name)).toEqual(its(name));
    }
    expect(read(bert.positionEmbeddingName)).toEqual(its(bert.positionEmbeddingName).slice(0, 5 * 4));
  });

  it('keeps the neurons whose weights in and out are largest together, in their order', () => {
    const layer = 'bert.encoder.layer.1';
    const weights = {
      ...teacher.weights,
      [`${layer}.intermediate.dense.weight`]: float32Tensor([3, 4], [1, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0]),
      [`${layer}.intermediate.dense.bias`]: float32Tensor([3], [10, 20, 30]),
      // Columns of length 5, 0.1 and 3: products 5, 0.9 and 6.
      [`${layer}.output.dense.weight`]: float32Tensor([4, 3], [5, 0.1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    };
    const read = valuesOf({ intermediateSize: 2 }, { ...teacher, weights });
    expect(read('bert.encoder.layer.0.intermediate.dense.weight')).toEqual([1, 0, 0, 0, 2, 0, 0, 0]);
    expect(read('bert.encoder.layer.0.intermediate.dense.bias')).toEqual([10, 30]);
    expect(read('bert.encoder.layer.0.output.dense.weight')).toEqual([5, 3, 0, 0, 0, 0, 0, 0]);
  });

  it('refuses a student of other sizes, all of them said', () => {
    expect(() => valuesOf({ hiddenSize: 8, numAttentionHeads: 4, numHiddenLayers: 7 })).toThrow(
      'expected hiddenSize 4, numAttentionHeads 2, at most 6 numHiddenLayers. Change that',
    );
    expect(() => valuesOf({ intermediateSize: 4, maxPositionEmbeddings: 9 })).toThrow(
      'expected intermediateSize at most 3, maxSeqLength at most 8.',
    );
    expect(() => teacherWeights({ architecture: distilbert, config: student }, teacher)).toThrow(
      'expected the family of its teacher, bert.',
    );
  });
});
