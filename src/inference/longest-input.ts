import type { PretrainedModel } from '../models/pretrained-model.ts';

/** Tokens that a model can read, special ones included: it has no positions, or its tokenizer no wish, for more. */
export const longestInput = ({
  architecture,
  config,
  tokenizer,
}: Pick<PretrainedModel, 'architecture' | 'config' | 'tokenizer'>): number =>
  Math.min(architecture.positions(config), tokenizer.maxLength);
