import type { Tensor } from '../base/tensor.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { Architecture } from './architecture.ts';
import type { ModelConfig } from './config.ts';

/** A trained model, ready to be asked; its weights never change. */
export interface PretrainedModel {
  readonly folder: string;
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** By checkpoint name. */
  readonly weights: Readonly<Record<string, Tensor<'float32'>>>;
  /** Tensors that the checkpoint has beside those of this head, sorted; left out. */
  readonly unexpected: readonly string[];
}
