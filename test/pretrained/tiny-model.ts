import { float32Tensor, sizeOf, type Tensor } from '../../src/base/tensor.ts';

/** The `config.json` of a BERT with one layer of two dimensions, as transformers writes it. */
export const tinyConfig = {
  architectures: ['BertForSequenceClassification'],
  model_type: 'bert',
  vocab_size: 5,
  hidden_size: 2,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  intermediate_size: 3,
  max_position_embeddings: 4,
  type_vocab_size: 1,
  id2label: { 0: 'neg', 1: 'pos' },
  label2id: { neg: 0, pos: 1 },
};

/** Tensors of the given shapes, filled with 0, 1, 2, … so that no two are alike. */
export function countingTensors(shapes: Readonly<Record<string, number[]>>): Map<string, Tensor<'float32'>> {
  let next = 0;
  const fill = (shape: number[]) =>
    float32Tensor(
      shape,
      Array.from({ length: sizeOf(shape) }, () => next++),
    );
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, fill(shape)]));
}
