import { VdaError } from '../base/error.ts';
import type { ModelConfig } from '../checkpoints/config.ts';
import { cast } from '../graph/ops/cast.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply, subtract, tanh } from '../graph/ops/elementwise.ts';
import { gelu } from '../graph/ops/gelu.ts';
import { gemm } from '../graph/ops/gemm.ts';
import { layerNorm } from '../graph/ops/layer-norm.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { takeRows } from '../graph/ops/take-rows.ts';
import type { Value } from '../graph/value.ts';
import { attention } from '../nn/attention.ts';
import { linear } from '../nn/linear.ts';
import type { Architecture, ForwardOptions, Head, ParameterSpec, Weights } from './architecture.ts';

/**
 * BERT (Devlin et al. 2019, arXiv:1810.04805) as Hugging Face transformers computes it, with its parameter names
 * (`BertForSequenceClassification`, `BertForMaskedLM` with the decoder tied to the word embeddings).
 */
export const bert: Architecture = {
  wordEmbeddingName: 'bert.embeddings.word_embeddings.weight',
  positionEmbeddingName: 'bert.embeddings.position_embeddings.weight',
  decoderBiasName: 'cls.predictions.bias',
  attentionNames: (layer) => {
    const name = `bert.encoder.layer.${layer}.attention`;
    return {
      ...{ query: `${name}.self.query`, key: `${name}.self.key`, value: `${name}.self.value` },
      output: `${name}.output.dense`,
    };
  },

  parameters: (config, { head, numLabels }) => [
    ...embeddingParameters(config),
    ...Array.from({ length: config.numHiddenLayers }, (_, layer) => layerParameters(config, layer)).flat(),
    ...headParameters(config, { head, numLabels }),
  ],

  embed: (weights, { tokens, typeIds }, { config, dropout }) => {
    const [, length] = tokens.shape;
    const positions = slice(weights['bert.embeddings.position_embeddings.weight']!, {
      axis: 0,
      size: length!,
    });
    const types = takeRows(weights['bert.embeddings.token_type_embeddings.weight']!, typeIds);
    const sum = add(add(tokens, types), positions);
    return dropout(normalize(weights, 'bert.embeddings.LayerNorm', { x: sum, config }), {
      site: 'embeddings',
      probability: config.hiddenDropoutProb,
    });
  },

  encode: (weights, { hidden, attentionMask }, options) => {
    const { config, from = 0, to = config.numHiddenLayers, firstTokenOnly = false } = options;
    const maskBias = keyMaskBias(attentionMask);
    let states = hidden;
    for (let layer = from; layer < to; layer++) {
      const only = firstTokenOnly && layer === to - 1;
      states = encoderLayer(weights, { layer, states, maskBias, firstTokenOnly: only }, options);
    }
    return states;
  },

  classify: (weights, first, { config, dropout }) => {
    const pooled = tanh(linear(first, affine(weights, 'bert.pooler.dense')));
    const probability = config.classifierDropout ?? config.hiddenDropoutProb;
    return linear(dropout(pooled, { site: 'classifier', probability }), affine(weights, 'classifier'));
  },

  maskedLm: (weights, hidden, { config }) => {
    const transformed = activation(config)(
      linear(hidden, affine(weights, 'cls.predictions.transform.dense')),
    );
    const normalized = normalize(weights, 'cls.predictions.transform.LayerNorm', { x: transformed, config });
    return gemm(normalized, weights[bert.wordEmbeddingName]!, {
      transposeB: true,
      addend: weights[bert.decoderBiasName]!,
    });
  },
};

const affine = (weights: Weights, name: string) => ({
  weight: weights[`${name}.weight`]!,
  bias: weights[`${name}.bias`]!,
});

const normalize = (
  weights: Weights,
  name: string,
  { x, config }: { readonly x: Value; readonly config: ModelConfig },
) =>
  layerNorm(x, {
    gamma: weights[`${name}.weight`]!,
    beta: weights[`${name}.bias`]!,
    epsilon: config.layerNormEps,
  });

/** 0 where a key is a token, −10⁹ where it is padding: e to that is 0 in float32. Shapes: `[R, T]` → `[R, 1, 1, T]`. */
function keyMaskBias(attentionMask: Value): Value {
  const [rows, length] = attentionMask.shape;
  const seen = reshape(cast(attentionMask, 'float32'), [rows!, 1, 1, length!]);
  return multiply(subtract(seen, scalar(1)), scalar(1e9));
}

/** One transformer layer, LayerNorm after each residual sum. Shapes: states `[R, T, H]` → `[R, T or 1, H]`. */
function encoderLayer(
  weights: Weights,
  p: {
    readonly layer: number;
    readonly states: Value;
    readonly maskBias: Value;
    readonly firstTokenOnly: boolean;
  },
  { config, dropout }: ForwardOptions,
): Value {
  const name = `bert.encoder.layer.${p.layer}`;
  const site = `layer.${p.layer}`;
  const probability = config.hiddenDropoutProb;
  const residual = p.firstTokenOnly ? slice(p.states, { axis: 1, size: 1 }) : p.states;

  const context = attention(linear(residual, affine(weights, `${name}.attention.self.query`)), {
    keys: linear(p.states, affine(weights, `${name}.attention.self.key`)),
    values: linear(p.states, affine(weights, `${name}.attention.self.value`)),
    heads: config.numAttentionHeads,
    maskBias: p.maskBias,
    dropout,
    site: `${site}.attention.weights`,
    probability: config.attentionProbsDropoutProb,
  });
  const projected = linear(context, affine(weights, `${name}.attention.output.dense`));
  const attended = normalize(weights, `${name}.attention.output.LayerNorm`, {
    x: add(dropout(projected, { site: `${site}.attention.output`, probability }), residual),
    config,
  });

  const inner = activation(config)(linear(attended, affine(weights, `${name}.intermediate.dense`)));
  const output = linear(inner, affine(weights, `${name}.output.dense`));
  return normalize(weights, `${name}.output.LayerNorm`, {
    x: add(dropout(output, { site: `${site}.output`, probability }), attended),
    config,
  });
}

function activation({ hiddenAct }: ModelConfig): (x: Value) => Value {
  if (hiddenAct === 'gelu') return gelu;
  throw new VdaError(
    'unsupported',
    `config.json asks for hidden_act "${hiddenAct}"; this version computes "gelu" only.`,
  );
}

const matrix = (name: string, shape: readonly number[]): ParameterSpec => ({
  name: `${name}.weight`,
  shape,
  initialization: 'normal',
  decay: true,
});
const bias = (name: string, size: number): ParameterSpec => ({
  name: `${name}.bias`,
  shape: [size],
  initialization: 'zeros',
  decay: false,
});
const dense = (name: string, [outputs, inputs]: readonly [number, number]): readonly ParameterSpec[] => [
  matrix(name, [outputs, inputs]),
  bias(name, outputs),
];
const norm = (name: string, size: number): readonly ParameterSpec[] => [
  { name: `${name}.weight`, shape: [size], initialization: 'ones', decay: false },
  bias(name, size),
];

const embeddingParameters = (c: ModelConfig): readonly ParameterSpec[] => [
  matrix('bert.embeddings.word_embeddings', [c.vocabSize, c.hiddenSize]),
  matrix('bert.embeddings.position_embeddings', [c.maxPositionEmbeddings, c.hiddenSize]),
  matrix('bert.embeddings.token_type_embeddings', [c.typeVocabSize, c.hiddenSize]),
  ...norm('bert.embeddings.LayerNorm', c.hiddenSize),
];

function layerParameters(
  { hiddenSize, intermediateSize }: ModelConfig,
  layer: number,
): readonly ParameterSpec[] {
  const name = `bert.encoder.layer.${layer}`;
  return [
    ...['query', 'key', 'value'].flatMap((part) =>
      dense(`${name}.attention.self.${part}`, [hiddenSize, hiddenSize]),
    ),
    ...dense(`${name}.attention.output.dense`, [hiddenSize, hiddenSize]),
    ...norm(`${name}.attention.output.LayerNorm`, hiddenSize),
    ...dense(`${name}.intermediate.dense`, [intermediateSize, hiddenSize]),
    ...dense(`${name}.output.dense`, [hiddenSize, intermediateSize]),
    ...norm(`${name}.output.LayerNorm`, hiddenSize),
  ];
}

const headParameters = (
  { hiddenSize, vocabSize }: ModelConfig,
  { head, numLabels }: { readonly head: Head; readonly numLabels: number },
): readonly ParameterSpec[] =>
  head === 'classifier'
    ? [
        ...dense('bert.pooler.dense', [hiddenSize, hiddenSize]),
        ...dense('classifier', [numLabels, hiddenSize]),
      ]
    : [
        ...dense('cls.predictions.transform.dense', [hiddenSize, hiddenSize]),
        ...norm('cls.predictions.transform.LayerNorm', hiddenSize),
        bias('cls.predictions', vocabSize),
      ];
