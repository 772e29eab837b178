import type { PretrainedModel } from './load-pretrained.ts';

/** Tokens that a model can read, special ones included: it has no positions, or its tokenizer no wish, for more. */
export function longestInput({ config, tokenizer }: Pick<PretrainedModel, 'config' | 'tokenizer'>): number {
  // RoBERTa counts its positions from the one after its padding token's index.
  const unused = config.modelType === 'roberta' ? (config.padTokenId ?? 1) + 1 : 0;
  return Math.min(config.maxPositionEmbeddings - unused, tokenizer.maxLength);
}
