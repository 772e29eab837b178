import type { VictimInput } from '../attacks/victim.ts';
import type { Part } from '../base/part.ts';
import type { Encoding } from '../text/tokenizer.ts';

/** Who is told how far the answers are, and what stops them. */
export interface AskOptions {
  /** Told how many texts have an answer, after each batch. */
  readonly onProgress?: (done: number) => void;
  /** Looked at between batches. An aborted call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a classifier takes at once. */
export interface Capacity {
  /** Most tokens in a batch, but two texts are always let in. */
  readonly maxTokens: number;
  /** Most texts in a batch. */
  readonly maxRows: number;
  /** Batches under way at once. */
  readonly atOnce: number;
}

/** A fine-tuned model that answers texts with logits. */
export interface Classifier {
  /** Class names, in the order of the logits. */
  readonly labels: readonly string[];
  /** Tokens that a text is cut to. */
  readonly maxLength: number;
  /** What stands for an unknown word in its texts (`[UNK]`, `<unk>`), and for a hidden one (`[MASK]`, `<mask>`). */
  readonly unkToken: string;
  readonly maskToken: string;
  /** What it takes at once, for those who batch texts of several callers. */
  readonly capacity: Capacity;
  /** An input as the model reads it: a text that is too long is cut after the last word that fits whole. */
  encode(input: VictimInput): Encoding;
  /** How many words of a text the model reads, counted from the first; with `context`, of the second text of a pair. */
  wordsRead(text: string, context?: string): number;
  /**
   * Logits `[C]` of each input, in order.
   * @throws VdaError `usage` for an input that is not an object with a text; `diverged` when a logit is not finite
   */
  logits(inputs: readonly VictimInput[], options?: AskOptions): Promise<readonly Float32Array[]>;
  /**
   * ‖∂m/∂e‖₁ for each word of each input's last text, of the margin m between its two best classes at the word's embeddings
   * e. Worked out by a program of its own, compiled when it is first needed.
   */
  wordGradients(
    inputs: readonly VictimInput[],
    options?: AskOptions,
  ): Promise<readonly (readonly number[])[]>;
  /** {@link logits} for texts that are tokens already. */
  logitsOf(encodings: readonly Encoding[], options?: AskOptions): Promise<readonly Float32Array[]>;
  /** What decides its answers: the model as it is in memory, the length that texts are cut to, the device. */
  identity(): Part;
  release(): Promise<void>;
}

/** A classifier that answers, whether or not it has gradients. */
export type AnsweringClassifier = Omit<Classifier, 'wordGradients'> &
  Partial<Pick<Classifier, 'wordGradients'>>;
