import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt, excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { readShape } from '../base/read-shape.ts';
import { fromDistilbertFields, toDistilbertFields } from './config-fields.ts';

/** Architectures (`model_type`) that can be loaded. */
export const supportedModelTypes = ['bert', 'roberta', 'distilbert'] as const;
export type ModelType = (typeof supportedModelTypes)[number];

/** What `config.json` says of a model; names as transformers has them for BERT, in camel case. */
export interface ModelConfig {
  readonly modelType: ModelType;
  readonly architectures: readonly string[];
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
  /** Class index to name. Where the file has none: `LABEL_0`, `LABEL_1`, … as transformers does, two unless `num_labels`. */
  readonly id2label: Readonly<Record<number, string>>;
  readonly label2id: Readonly<Record<string, number>>;
  /** What transformers takes the classifier's logits for; null where it follows from the number of classes and the labels' type. */
  readonly problemType: string | null;
  /** Tokens of a text that a classifier was trained to read, special ones included; null where nothing says it. */
  readonly maxSeqLength: number | null;
  /** Whether the masked language model's output weights are its word embeddings; a classifier has none. */
  readonly tieWordEmbeddings: boolean;
  /** The object in the file, kept so that saving loses nothing. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * Largest sizes that a configuration may name: several times those of any encoder there is, and small enough that work in
 * proportion to one of them ends.
 */
const largest = {
  vocabulary: 10_000_000,
  hidden: 65_536,
  layers: 1024,
  heads: 1024,
  intermediate: 1_048_576,
  positions: 1_048_576,
  tokenTypes: 1024,
  classes: 1_000_000,
} as const;

const size = (most: number) => z.int().min(1).max(most);
const probability = z.number().min(0).max(1);
// Defaults are those of transformers' configurations, which agree: files leave out what equals them.
const configSchema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  vocab_size: size(largest.vocabulary),
  hidden_size: size(largest.hidden).default(768),
  num_hidden_layers: size(largest.layers).default(12),
  num_attention_heads: size(largest.heads).default(12),
  intermediate_size: size(largest.intermediate).default(3072),
  hidden_act: z.string().default('gelu'),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  classifier_dropout: probability.nullish(),
  max_position_embeddings: size(largest.positions).default(512),
  type_vocab_size: size(largest.tokenTypes).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  pad_token_id: z.int().min(0).max(largest.vocabulary).nullish(),
  // Names that transformers takes as they are: numbers, truth values and null are written as JSON has them.
  id2label: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  problem_type: z.string().nullish(),
  max_seq_length: size(largest.positions).nullish(),
  num_labels: size(largest.classes).optional(),
  position_embedding_type: z.string().optional(),
  tie_word_embeddings: z.boolean().nullish(),
  is_decoder: z.boolean().optional(),
});
type RawConfig = z.infer<typeof configSchema>;

/**
 * Reads the object of a `config.json`.
 * @param path where it came from, for errors
 * @throws VdaError `unsupported` for an architecture or a variant of one outside this version; `bad-input` when a field
 *   is missing or wrong, or the hidden size is not a multiple of the heads
 */
export function parseConfig(json: unknown, path: string): ModelConfig {
  const modelType = modelTypeOf(json, path);
  const parsed = readShape(
    configSchema,
    modelType === 'distilbert' ? fromDistilbertFields(json as object) : json,
  );
  if (!parsed.ok) {
    throw new VdaError(
      'bad-input',
      `${path} is not a usable model configuration: ${parsed.problem}. Correct the file.`,
    );
  }
  const raw = parsed.value;
  refuseVariants(raw, path);
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    const sizes = `hidden_size ${raw.hidden_size}, num_attention_heads ${raw.num_attention_heads}`;
    throw new VdaError(
      'bad-input',
      `${path}: hidden_size must be a multiple of num_attention_heads, got ${sizes}.`,
    );
  }
  const labels = labelsOf(raw, path);
  return {
    modelType,
    architectures: raw.architectures ?? [],
    vocabSize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    numHiddenLayers: raw.num_hidden_layers,
    numAttentionHeads: raw.num_attention_heads,
    intermediateSize: raw.intermediate_size,
    hiddenAct: raw.hidden_act,
    hiddenDropoutProb: raw.hidden_dropout_prob,
    attentionProbsDropoutProb: raw.attention_probs_dropout_prob,
    classifierDropout: raw.classifier_dropout ?? null,
    maxPositionEmbeddings: raw.max_position_embeddings,
    typeVocabSize: raw.type_vocab_size,
    layerNormEps: raw.layer_norm_eps,
    initializerRange: raw.initializer_range,
    padTokenId: raw.pad_token_id === undefined ? (modelType === 'roberta' ? 1 : 0) : raw.pad_token_id,
    ...labelMaps(labels),
    problemType: raw.problem_type ?? null,
    maxSeqLength: raw.max_seq_length ?? null,
    tieWordEmbeddings: raw.tie_word_embeddings ?? true,
    raw: json as Record<string, unknown>,
  };
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

/** The object to save as `config.json`: the original one with every field of the configuration written over it, under the names of its family. */
export function configToJson(config: ModelConfig, dtype: 'float32' | 'float16'): Record<string, unknown> {
  const { torch_dtype: _older, num_labels: _derived, ...kept } = config.raw;
  const fields = {
    model_type: config.modelType,
    architectures: config.architectures,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    intermediate_size: config.intermediateSize,
    hidden_act: config.hiddenAct,
    hidden_dropout_prob: config.hiddenDropoutProb,
    attention_probs_dropout_prob: config.attentionProbsDropoutProb,
    classifier_dropout: config.classifierDropout,
    max_position_embeddings: config.maxPositionEmbeddings,
    type_vocab_size: config.typeVocabSize,
    layer_norm_eps: config.layerNormEps,
    initializer_range: config.initializerRange,
    pad_token_id: config.padTokenId,
    id2label: config.id2label,
    label2id: config.label2id,
    ...(config.problemType !== null && { problem_type: config.problemType }),
    ...(config.maxSeqLength !== null && { max_seq_length: config.maxSeqLength }),
    dtype,
    torch_dtype: dtype, // the name that transformers before 4.56 reads
  };
  return { ...kept, ...(config.modelType === 'distilbert' ? toDistilbertFields(fields) : fields) };
}

function modelTypeOf(json: unknown, path: string): ModelType {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new VdaError(
      'bad-input',
      `${path} should hold a JSON object; got ${Array.isArray(json) ? 'a list' : excerpt(String(json))}.`,
    );
  }
  const found = 'model_type' in json ? json.model_type : undefined;
  const supported = supportedModelTypes.find((name) => name === found);
  if (supported === undefined) {
    const known = supportedModelTypes.join(', ');
    const remedy =
      found === undefined
        ? `Add it: \`"model_type": "${modelTypeByClass(json) ?? '…'}"\`, one of ${known}${'architectures' in json ? ` (its architectures are ${shown(json.architectures)})` : ''}.`
        : `This version supports ${known}: choose a checkpoint of one of these architectures.`;
    throw new VdaError(
      'unsupported',
      `${path}: model_type is ${found === undefined ? 'missing, so nothing says which architecture this is' : shown(found)}. ${remedy}`,
    );
  }
  return supported;
}

/** The family that a model's class, such as `BertForMaskedLM`, belongs to. */
function modelTypeByClass(json: object): ModelType | undefined {
  const [first] = 'architectures' in json && Array.isArray(json.architectures) ? json.architectures : [];
  const family = /^(Bert|Roberta|DistilBert)(For|Model$)/
    .exec(typeof first === 'string' ? first : '')?.[1]
    ?.toLowerCase();
  return supportedModelTypes.find((name) => name === family);
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? quotedExcerpt(value)
    : Array.isArray(value)
      ? excerptList(value.filter((one) => typeof one === 'string'))
      : typeof value === 'object'
        ? 'no text'
        : String(value);

/** Variants that would load without complaint and compute something else. */
function refuseVariants(raw: RawConfig, path: string): void {
  const expectations = [
    ['position_embedding_type', raw.position_embedding_type ?? 'absolute', 'absolute'],
    ['is_decoder', raw.is_decoder ?? false, false],
  ] as const;
  for (const [field, got, expected] of expectations) {
    if (got !== expected) {
      throw new VdaError(
        'unsupported',
        `${path}: ${field} must be ${expected}, got ${excerpt(String(got))}. Choose another checkpoint.`,
      );
    }
  }
}

function labelsOf(raw: RawConfig, path: string): string[] {
  if (raw.id2label === undefined || raw.id2label === null)
    return Array.from({ length: raw.num_labels ?? 2 }, (_, id) => `LABEL_${id}`);
  const { id2label } = raw;
  const keys = Object.keys(id2label);
  const labels = Array.from({ length: keys.length }, (_, id) => {
    const label = id2label[id];
    if (label === undefined) {
      const got = excerptList(keys, { quote: false });
      throw new VdaError(
        'bad-input',
        `${path}: id2label must have the keys 0, 1, …; key ${id} is missing among ${got}.`,
      );
    }
    return String(label);
  });
  const seen = new Set<string>();
  const twice = labels.find((label) => seen.size === seen.add(label).size);
  if (twice === undefined) return labels;
  throw new VdaError(
    'bad-input',
    `${path}: id2label calls two classes ${quotedExcerpt(twice)}. Answers go by the names: give each class its own.`,
  );
}
