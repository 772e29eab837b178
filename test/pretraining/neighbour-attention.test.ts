import { describe, expect, it } from 'vitest';
import { bert } from '../../src/models/bert/index.ts';
import { parseConfig } from '../../src/models/parse-config.ts';
import { readAll } from '../../src/optim/parameter-store.ts';
import { positionDimensions, startAtNeighbours } from '../../src/pretraining/neighbour-attention.ts';
import { createTrainableModel } from '../../src/strategies/trainable-model.ts';

const [hiddenSize, heads, length] = [128, 2, 40];
const config = parseConfig(
  {
    ...{ model_type: 'bert', vocab_size: 30, hidden_size: hiddenSize, num_hidden_layers: 4 },
    ...{ num_attention_heads: heads, intermediate_size: 16, max_position_embeddings: length },
  },
  { path: 'the test' },
);

function started(seed = 1) {
  const model = createTrainableModel({
    ...{ architecture: bert, config, head: 'maskedLm', numLabels: 0, found: new Map(), seed },
  });
  startAtNeighbours(model.store, { architecture: bert, config, seed });
  return Object.fromEntries([...readAll(model.store, 'weights')].map(([name, { data }]) => [name, data]));
}

/** W·x of row-major W `[H, H]`, rows of one head. */
const ofHead = (matrix: Float32Array, x: Float32Array, head: number) =>
  Array.from({ length: hiddenSize / heads }, (_, i) => {
    const row = (head * hiddenSize) / heads + i;
    return x.reduce((sum, value, j) => sum + matrix[row * hiddenSize + j]! * value, 0);
  });

describe('startAtNeighbours', () => {
  const weights = started();
  const states = Array.from({ length }, (_, t) =>
    // As LayerNorm leaves them: words and positions alike of root mean square 1; the word is left out here.
    weights[bert.positionEmbeddingName]!.slice(t * hiddenSize, (t + 1) * hiddenSize).map((p) => p / 0.05),
  );

  it.each([
    [0, 0, -1],
    [0, 1, 1],
    [1, 0, -2],
    [1, 1, 2],
  ])('layer %i, head %i: looks at the token %i places away', (layer, head, offset) => {
    const { query, key } = bert.attentionNames(layer);
    const keys = states.map((x) => ofHead(weights[`${key}.weight`]!, x, head));
    for (let t = 3; t < length - 3; t++) {
      const q = ofHead(weights[`${query}.weight`]!, states[t]!, head);
      const scores = keys.map((k) => k.reduce((sum, x, i) => sum + x * q[i]!, 0) / Math.sqrt(q.length));
      expect(scores.indexOf(Math.max(...scores))).toBe(t + offset);
      expect(scores[t + offset]).toBeCloseTo(8, 0);
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      expect(Math.exp(scores[t + offset]!) / total).toBeGreaterThan(0.5);
    }
  });

  it('keeps words and positions in dimensions of their own', () => {
    const words = weights[bert.wordEmbeddingName]!;
    const { value, output } = bert.attentionNames(0);
    const first = hiddenSize - positionDimensions(config);
    for (let row = 0; row < 30; row++) {
      expect(words.subarray(row * hiddenSize + first, (row + 1) * hiddenSize).every((x) => x === 0)).toBe(
        true,
      );
    }
    const values = weights[`${value}.weight`]!;
    expect(values.subarray(first, hiddenSize).every((x) => x === 0)).toBe(true);
    expect(values.subarray(0, first).every((x) => x !== 0)).toBe(true);
    expect(weights[`${output}.weight`]!.subarray(first * hiddenSize).every((x) => x === 0)).toBe(true);
  });

  it('leaves the upper half of the layers as they were, and is the same for the same seed', () => {
    const plain = createTrainableModel({
      ...{ architecture: bert, config, head: 'maskedLm', numLabels: 0, found: new Map(), seed: 1 },
    }).store;
    const { query } = bert.attentionNames(2);
    expect(weights[`${query}.weight`]).toEqual(plain.read(`${query}.weight`).data);
    expect(started()).toEqual(weights);
    expect(started(2)).not.toEqual(weights);
  });
});
