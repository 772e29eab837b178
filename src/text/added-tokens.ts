interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Takes the white space before it along. */
  readonly lstrip?: boolean;
  /** Looked for in normalized text, rather than in the text as it is. */
  readonly normalized?: boolean;
}

/** `added_tokens` of a `tokenizer.json`: special tokens by ascending id. */
export const addedTokens = (special: readonly AddedToken[]): readonly Record<string, unknown>[] =>
  special
    .map(({ id, content, lstrip = false, normalized = false }) => ({
      id,
      content,
      single_word: false,
      lstrip,
      rstrip: false,
      normalized,
      special: true,
    }))
    .sort((a, b) => a.id - b.id);
