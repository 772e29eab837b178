import type { Prompt } from './prompt.ts';

/** What a model of any family says of its encoder; names as transformers has them for BERT, in camel case. */
export interface EncoderFields {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly intermediateSize: number;
  readonly hiddenAct: string;
  readonly hiddenDropoutProb: number;
  readonly attentionProbsDropoutProb: number;
  /** Dropout before the classifier; null means `hiddenDropoutProb`. */
  readonly classifierDropout: number | null;
  readonly maxPositionEmbeddings: number;
  readonly typeVocabSize: number;
  readonly layerNormEps: number;
  readonly initializerRange: number;
  readonly padTokenId: number | null;
}

/** What `config.json` says of a model. A family may have more fields, which it alone reads. */
export interface ModelConfig extends EncoderFields {
  /** The family, as `model_type` names it. */
  readonly modelType: string;
  readonly architectures: readonly string[];
  /** Class index to name. Where the file has none: `LABEL_0`, `LABEL_1`, … as transformers does, two unless `num_labels`. */
  readonly id2label: Readonly<Record<number, string>>;
  readonly label2id: Readonly<Record<string, number>>;
  /** What transformers takes the classifier's logits for; null where it follows from the number of classes and the labels' type. */
  readonly problemType: string | null;
  /** Tokens of a text that a classifier was trained to read, special ones included; null where nothing says it. */
  readonly maxSeqLength: number | null;
  /** Whether the masked language model's output weights are its word embeddings; a classifier has none. */
  readonly tieWordEmbeddings: boolean;
  /** How a classifier is asked that is a masked language model; absent where it has a head of its own. */
  readonly prompt?: Prompt;
  /** The object in the file, kept so that saving loses nothing. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The two label maps of a configuration from the class names in order. */
export function labelMaps(labels: readonly string[]): Pick<ModelConfig, 'id2label' | 'label2id'> {
  return {
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** Whether class names are those that transformers gives where nobody did: `LABEL_0`, `LABEL_1`, …. */
export const areDefaultLabels = (labels: readonly string[]): boolean =>
  labels.every((label, id) => label === `LABEL_${id}`);

/** Class names of a configuration, in order. */
export const labelNames = ({ id2label }: Pick<ModelConfig, 'id2label'>): string[] =>
  Array.from({ length: Object.keys(id2label).length }, (_, id) => id2label[id]!);
