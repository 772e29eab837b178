import type { ParameterSpec } from './architecture.ts';
import type { ModelConfig } from './config.ts';

/** A weight matrix or table: drawn at random, decayed. */
export const matrix = (name: string, shape: readonly number[]): ParameterSpec => ({
  name: `${name}.weight`,
  shape,
  initialization: 'normal',
  decay: true,
});

export const bias = (name: string, size: number): ParameterSpec => ({
  name: `${name}.bias`,
  shape: [size],
  initialization: 'zeros',
  decay: false,
});

/** Weight `[outputs, inputs]` and bias of an affine map. */
export const dense = (
  name: string,
  [outputs, inputs]: readonly [number, number],
): readonly ParameterSpec[] => [matrix(name, [outputs, inputs]), bias(name, outputs)];

/** Scale and shift of a LayerNorm. */
export const norm = (name: string, size: number): readonly ParameterSpec[] => [
  { name: `${name}.weight`, shape: [size], initialization: 'ones', decay: false },
  bias(name, size),
];

/** Tables of words, positions and token types, and their LayerNorm, as BERT names them. */
export const embeddingParameters = (path: string, c: ModelConfig): readonly ParameterSpec[] => [
  matrix(`${path}.word_embeddings`, [c.vocabSize, c.hiddenSize]),
  matrix(`${path}.position_embeddings`, [c.maxPositionEmbeddings, c.hiddenSize]),
  matrix(`${path}.token_type_embeddings`, [c.typeVocabSize, c.hiddenSize]),
  ...norm(`${path}.LayerNorm`, c.hiddenSize),
];
