/** One text, or a pair, as the model reads it. All arrays have the same length (special tokens included). */
export interface Encoding {
  readonly ids: readonly number[];
  /** 0 for the first text and its special tokens, 1 for the second. */
  readonly typeIds: readonly number[];
  /** Index (in `wordsOf`) of the whitespace-separated word each token comes from; −1 for special tokens and lone spaces. */
  readonly wordIds: readonly number[];
  /** For pairs: 0 or 1, the text a token comes from; −1 for special tokens. */
  readonly textIds: readonly number[];
  /** True where truncation dropped something. */
  readonly truncated: boolean;
}

/** What becomes of a text that is encoded: its pair, and how both are cut. */
export interface EncodeOptions {
  /** Second text of a pair. */
  readonly pair?: string;
  /** Most tokens, special ones included; longer input is truncated longest-first, as Hugging Face does. */
  readonly maxLength?: number;
  /**
   * Cut after the last whitespace-separated word that fits whole, where Hugging Face cuts between pieces; see
   * `fillTemplate`. Default false.
   */
  readonly wholeWords?: boolean;
}

/** What the rest of the project needs of a tokenizer; made by `loadTokenizer`. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly maxLength: number;
  readonly padId: number;
  readonly unkId: number;
  readonly clsId: number;
  readonly sepId: number;
  readonly maskId: number;
  readonly specialIds: ReadonlySet<number>;
  encode(text: string, options?: EncodeOptions): Encoding;
  /** Token string of an id, as in the vocabulary (`##ing`). */
  tokenOf(id: number): string;
  /** Id of a vocabulary entry, or undefined. */
  idOf(token: string): number | undefined;
  /** True when the token continues a word (`##…` for WordPiece; no space in front for byte-level BPE, nor punctuation alone). */
  isContinuation(id: number): boolean;
  /** Text of a run of pieces (`['un', '##able']` → `unable`). */
  textOf(ids: readonly number[]): string;
  /** Files to write beside a saved model, by name, so that `transformers` and transformers.js load it. */
  readonly files: Readonly<Record<string, string>>;
}
