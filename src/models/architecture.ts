import type { Value } from '../graph/value.ts';
import type { Dropout } from '../nn/dropout.ts';
import type { Packing } from '../nn/packing.ts';
import type { ModelConfig } from './config.ts';

/** How a parameter starts when no checkpoint has it. */
export type Initialization = 'normal' | 'zeros' | 'ones';

/** A parameter as the checkpoint names it. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialization: Initialization;
  /** Biases and LayerNorm parameters aren't decayed (Loshchilov & Hutter 2019; the Trainer's rule). */
  readonly decay: boolean;
}

/** Which parts of a model are wanted beside the encoder. */
export type Head = 'classifier' | 'maskedLm';

/** Parameters by checkpoint name, as symbolic values. */
export type Weights = Readonly<Record<string, Value>>;

/** A batch as the encoder sees it. R rows (clean texts, then virtual ones), T tokens. */
export interface EncoderInputs {
  /** int64 `[R, T]`. */
  readonly typeIds: Value;
  /** int64 `[R, T]`, 1 for tokens, 0 for padding. */
  readonly attentionMask: Value;
}

export interface ForwardOptions<Config extends ModelConfig = ModelConfig> {
  readonly config: Config;
  readonly dropout: Dropout;
}

/**
 * What a family of models computes, taken apart where the methods of the papers reach in: token embeddings may be mixed,
 * perturbed or mixed up in the middle before the rest runs. Pure functions of graph values. Which files a family comes from
 * is for `Family` to say.
 *
 * @template Config what `config.json` says of such a model, where that is more than any family says
 */
export interface Architecture<Config extends ModelConfig = ModelConfig> {
  /** Parameters of the encoder and the given head, in a fixed order. */
  parameters(
    config: Config,
    head: { readonly head: Head; readonly numLabels: number },
  ): readonly ParameterSpec[];
  /** Name of the token embedding table `[V, H]` (M_E in the paper). */
  readonly wordEmbeddingName: string;
  /** Name of the position embedding table `[positions, H]`. */
  readonly positionEmbeddingName: string;
  /** Names of a layer's attention matrices, without `.weight` and `.bias`. */
  attentionNames(layer: number): Readonly<Record<'query' | 'key' | 'value' | 'output', string>>;
  /** Name of the masked LM's output bias `[V]`; its output weights are the embedding table. */
  readonly decoderBiasName: string;
  /** What `config.json` calls a model with this head under `architectures`: the class transformers loads it with. */
  readonly classNames: Readonly<Record<Head, string>>;
  /** Token types there are embeddings for; infinitely many where types are not read. */
  tokenTypes(config: Config): number;
  /** Tokens that there are positions for. */
  positions(config: Config): number;
  /** Token embeddings `[R, T, H]` → input of layer 0 `[R, T, H]`: positions, token types, LayerNorm, dropout. */
  embed(
    weights: Weights,
    inputs: EncoderInputs & { readonly tokens: Value },
    options: ForwardOptions<Config>,
  ): Value;
  /**
   * Layers `from` … `to` − 1 on hidden states `[R, T, H]` → `[R, T, H]`. With `firstTokenOnly`, the last of them works out only
   * the first token's state, `[R, 1, H]`: all a classifier reads, so the rest of that layer need not be computed. With a
   * packing nothing is worked out for padding, where the result holds zeros.
   */
  encode(
    weights: Weights,
    inputs: {
      readonly hidden: Value;
      readonly attentionMask: Value;
      readonly packing?: Packing | undefined;
    },
    options: ForwardOptions<Config> & {
      readonly from?: number;
      readonly to?: number;
      readonly firstTokenOnly?: boolean;
      /**
       * A single query attends as many do, to keys and values, so that each product is by a whole weight matrix: more work, but
       * what tools that quantise look for. Default false.
       */
      readonly plainAttention?: boolean;
    },
  ): Value;
  /** First token's state `[R, H]` → logits `[R, C]`. */
  classify(weights: Weights, first: Value, options: ForwardOptions<Config>): Value;
  /** States `[N, H]` → masked-LM logits `[N, V]`. */
  maskedLm(weights: Weights, hidden: Value, options: ForwardOptions<Config>): Value;
}
