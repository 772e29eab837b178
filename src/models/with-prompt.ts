import type { Tokenizer } from '../text/tokenizer.ts';
import type { Architecture } from './architecture.ts';
import { type Prompt, promptTokens } from './prompt.ts';
import { promptedArchitecture } from './prompted-architecture.ts';
import { promptedTokenizer } from './prompted-tokenizer.ts';

/**
 * A model that classifies by a prompt, where there is one: its tokenizer puts the prompt around each text, and its classifier is
 * its masked language model at the mask.
 * @throws VdaError as `promptTokens`
 */
export function withPrompt<A extends Architecture>(
  model: { readonly architecture: A; readonly tokenizer: Tokenizer },
  prompt: Prompt | undefined,
): { readonly architecture: A; readonly tokenizer: Tokenizer } {
  if (prompt === undefined) return model;
  const tokens = promptTokens(prompt, model.tokenizer);
  return {
    architecture: promptedArchitecture(model.architecture, tokens),
    tokenizer: promptedTokenizer(model.tokenizer, tokens),
  };
}
