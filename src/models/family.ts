import type { Tokenizer } from '../text/tokenizer.ts';
import type { Architecture } from './architecture.ts';
import type { EncoderFields, ModelConfig } from './config.ts';

/** How a family's own fields of `config.json` are read and written; labels and the like are the same for all. */
export interface ConfigFormat<Config extends ModelConfig = ModelConfig> {
  /**
   * The family's fields of the object in a `config.json`, with its defaults for those that the file leaves out.
   * The order of the result's keys counts: stored results know models by a hash of them.
   * @param path where it came from, for errors
   * @throws VdaError `bad-input` for a field that is missing or wrong, `unsupported` for a variant that is not computed
   */
  read(json: object, path: string): EncoderFields & Omit<Config, keyof ModelConfig>;
  /** The inverse of `read`: fields under the names that the family's files have. */
  write(config: Config): Readonly<Record<string, unknown>>;
}

/** How checkpoints name tensors, where not as the parameters of the model with a head are called. */
export interface StoredNames {
  /** What the encoder's names begin with: `base_model_prefix` in transformers. */
  readonly prefix: string;
  /** Modules of the encoder: their names begin so, without the prefix, where it was saved bare. */
  readonly modules: readonly string[];
  /** Other names of a parameter, one that is tied to it too; null for tensors that carry nothing, such as indices. */
  readonly aliases: Readonly<Record<string, string | null>>;
}

/** Sizes that a new model is asked to have. */
export interface NewModelSizes {
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly intermediateSize: number;
}

/** How a masked language model of a family begins where no checkpoint is given. */
export interface NewMaskedLm {
  /** One line for the help of pre-training: what it is, and over which vocabulary. */
  readonly summary: string;
  /** The kind of vocabulary. */
  readonly pieces: 'WordPiece' | 'byte-level BPE';
  /** Files of a tokenizer learnt from the texts, by name. */
  learnTokenizer(
    lines: AsyncIterable<string>,
    options: { readonly size: number; readonly maxLength: number },
  ): Promise<Readonly<Record<string, string>>>;
  /** The family's fields of `config.json`. */
  config(tokenizer: Tokenizer, sizes: NewModelSizes): Readonly<Record<string, unknown>>;
}

/**
 * Everything that is decided by the family a model is of (its `model_type` in `config.json`): what it computes, and how its
 * files are read and written. Whatever loads, trains or saves models asks this, and knows no family by name.
 *
 * @template Config what `config.json` says of such a model, where that is more than any family says
 */
export interface Family<Config extends ModelConfig = ModelConfig> extends Architecture<Config> {
  /** One line for lists. */
  readonly summary: string;
  readonly config: ConfigFormat<Config>;
  readonly stored: StoredNames;
  /**
   * The tokenizer's class where no file of the model names one, as in `AutoTokenizer`: it decides whether texts get token
   * types. Undefined where the kind of vocabulary tells it.
   */
  readonly tokenizerClass: string | undefined;
  /** How one is pre-trained from scratch; `'none'` where this is not offered. */
  readonly newMaskedLm: NewMaskedLm | 'none';
}

/** Families by the `model_type` of their `config.json`. */
export type Families = Readonly<Record<string, Family>>;

/** What a model may be of. */
export interface FamilyOptions {
  /** Families by `model_type`. By default all that this version knows; a program may add its own. */
  readonly families?: Families | undefined;
}
