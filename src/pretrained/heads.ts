import type { Head } from '../models/architecture.ts';
import { labelNames, type ModelConfig } from '../models/config.ts';
import { requireSingleLabel } from './single-label-head.ts';
import { requireTiedDecoder } from './tied-decoder.ts';

/** What the caller wants the model for, and what to say when it has no such head. */
export interface PretrainedHead {
  /** `none`: embeddings and layers alone are wanted. */
  readonly head: Head | 'none';
  readonly numLabels: (config: ModelConfig) => number;
  /** Refuses a model whose configuration says that its head is another. */
  readonly check?: (config: ModelConfig, folder: string) => void;
  /** The head in words, such as `a classification head`. */
  readonly what: string;
  /** What to do without one: a sentence. */
  readonly instead: string;
}

/** One class a text. */
export const classificationHead: PretrainedHead = {
  head: 'classifier',
  numLabels: (config) => labelNames(config).length,
  check: requireSingleLabel,
  what: 'classification head',
  instead: 'Fine-tune it first with vda train, or give a checkpoint that was fine-tuned for classification.',
};

/** A token at each place. */
export const maskedLmHead: PretrainedHead = {
  head: 'maskedLm',
  numLabels: () => 0,
  check: requireTiedDecoder,
  what: 'masked language model head',
  instead:
    'A classifier has lost it in fine-tuning: give the model it was fine-tuned from, such as bert-base-uncased.',
};

/** States of the last layer, as sentence encoders read them. */
export const noHead: PretrainedHead = {
  head: 'none',
  numLabels: () => 0,
  what: 'encoder',
  instead: 'Give a folder of a BERT-like model.',
};
