import { cast } from '../graph/ops/cast.ts';
import { scalar } from '../graph/ops/constant.ts';
import { add, multiply, subtract } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import type { Value } from '../graph/value.ts';
import { attention } from '../nn/attention.ts';
import { linear } from '../nn/linear.ts';
import { type Packing, pack, unpack } from '../nn/packing.ts';
import { singleQueryAttention } from '../nn/single-query-attention.ts';
import type { Architecture, ForwardOptions, ParameterSpec, Weights } from './architecture.ts';
import type { ModelConfig } from './config.ts';
import { activation, affine, normalize } from './named-layers.ts';
import { dense, norm } from './parameter-specs.ts';

/** Where a family keeps the parts of its layers, and where it departs from BERT. */
export interface EncoderLayout {
  /** What layers are numbered under: `x.encoder.layer` holds `x.encoder.layer.0`, … */
  readonly path: string;
  /** Names within a layer, in the order of the computation. */
  readonly names: Readonly<Record<LayerPart, string>>;
  /** Whether the projected attention is dropped out before it joins the residual. */
  readonly attentionOutputDropout: boolean;
}

type LayerPart =
  | 'query'
  | 'key'
  | 'value'
  | 'attentionOutput'
  | 'attentionNorm'
  | 'intermediate'
  | 'output'
  | 'outputNorm';

/**
 * Transformer layers as most encoders have them, LayerNorm after each residual sum:
 *
 *     a = LN(x + W_o·attention(x)),   y = LN(a + W₂·gelu(W₁·a))
 *
 * Shapes: x, a, y `[R, T, H]`, W₁·a `[R, T, intermediate]`; packed `[P, H]` and `[P, intermediate]`.
 * Source: Vaswani et al. 2017 (arXiv:1706.03762) §3.1; gelu for ReLU, Devlin et al. 2019 (arXiv:1810.04805) A.2.
 */
export const transformerEncoder = (
  layout: EncoderLayout,
): Pick<Architecture, 'encode' | 'attentionNames'> & {
  readonly parameters: (config: ModelConfig) => readonly ParameterSpec[];
} => ({
  parameters: (config) =>
    Array.from({ length: config.numHiddenLayers }, (_, layer) =>
      layerParameters(config, { layout, layer }),
    ).flat(),

  attentionNames: (layer) => {
    const { query, key, value, attentionOutput: output } = layout.names;
    const place = `${layout.path}.${layer}`;
    return {
      ...{ query: `${place}.${query}`, key: `${place}.${key}`, value: `${place}.${value}` },
      output: `${place}.${output}`,
    };
  },

  encode: (weights, { hidden, attentionMask, packing }, options) => {
    const {
      config,
      from = 0,
      to = config.numHiddenLayers,
      firstTokenOnly = false,
      plainAttention = false,
    } = options;
    const maskBias = keyMaskBias(attentionMask);
    let states = packing ? pack(hidden, packing) : hidden;
    for (let layer = from; layer < to; layer++) {
      const only = firstTokenOnly && layer === to - 1;
      if (only && packing) states = unpack(states, packing);
      const reach = { firstTokenOnly: only, singleQuery: only && !plainAttention };
      const inputs = { layout, layer, states, maskBias, packing: only ? undefined : packing, ...reach };
      states = encoderLayer(weights, inputs, options);
    }
    return packing && !firstTokenOnly ? unpack(states, packing) : states;
  },
});

/** 0 where a key is a token, −10⁹ where it is padding: e to that is 0 in float32. Shapes: `[R, T]` → `[R, 1, 1, T]`. */
function keyMaskBias(attentionMask: Value): Value {
  const [rows, length] = attentionMask.shape;
  const seen = reshape(cast(attentionMask, 'float32'), [rows!, 1, 1, length!]);
  return multiply(subtract(seen, scalar(1)), scalar(1e9));
}

interface Layer {
  readonly layout: EncoderLayout;
  readonly layer: number;
}

const partOf =
  ({ layout, layer }: Layer) =>
  (part: LayerPart): string =>
    `${layout.path}.${layer}.${layout.names[part]}`;

/** One layer. Shapes: states `[R, T, H]` or packed `[P, H]` → the same; with `firstTokenOnly`, `[R, T, H]` → `[R, 1, H]`. */
function encoderLayer(
  weights: Weights,
  p: Layer & {
    readonly states: Value;
    readonly maskBias: Value;
    readonly packing: Packing | undefined;
    readonly firstTokenOnly: boolean;
    readonly singleQuery: boolean;
  },
  { config, dropout }: ForwardOptions,
): Value {
  const site = `layer.${p.layer}`;
  const probability = config.hiddenDropoutProb;
  const name = partOf(p);
  const map = (part: LayerPart, x: Value) => linear(x, affine(weights, name(part)));
  const attentionOptions = {
    ...{ heads: config.numAttentionHeads, maskBias: p.maskBias },
    ...{ dropout, site: `${site}.attention.weights`, probability: config.attentionProbsDropoutProb },
  };

  const { states, packing } = p;
  const residual = p.firstTokenOnly ? slice(states, { axis: 1, size: 1 }) : states;
  const queries = map('query', residual);
  const context = p.singleQuery
    ? singleQueryAttention(queries, {
        ...{ states, keyWeight: affine(weights, name('key')).weight, value: affine(weights, name('value')) },
        ...attentionOptions,
      })
    : attention(queries, {
        ...{ keys: map('key', states), values: map('value', states), packing },
        ...attentionOptions,
      });
  const projected = map('attentionOutput', context);
  const kept = p.layout.attentionOutputDropout
    ? dropout(projected, { site: `${site}.attention.output`, probability })
    : projected;
  const attended = normalize(weights, name('attentionNorm'), { x: add(kept, residual), config });

  const output = map('output', activation(config)(map('intermediate', attended)));
  return normalize(weights, name('outputNorm'), {
    x: add(dropout(output, { site: `${site}.output`, probability }), attended),
    config,
  });
}

function layerParameters({ hiddenSize, intermediateSize }: ModelConfig, of: Layer): readonly ParameterSpec[] {
  const name = partOf(of);
  const square = [hiddenSize, hiddenSize] as const;
  return [
    ...dense(name('query'), square),
    ...dense(name('key'), square),
    ...dense(name('value'), square),
    ...dense(name('attentionOutput'), square),
    ...norm(name('attentionNorm'), hiddenSize),
    ...dense(name('intermediate'), [intermediateSize, hiddenSize]),
    ...dense(name('output'), [hiddenSize, intermediateSize]),
    ...norm(name('outputNorm'), hiddenSize),
  ];
}
