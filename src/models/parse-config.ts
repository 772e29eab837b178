import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt, excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { labelMaps, type ModelConfig } from './config.ts';
import { largestSizes, readFields, size } from './config-schema.ts';
import { families as registered } from './families.ts';
import type { Families, FamilyOptions } from './family.ts';
import { familyOf } from './family-of.ts';

// The fields that are the same for all families.
const schema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  // Names that transformers takes as they are: numbers, truth values and null are written as JSON has them.
  id2label: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  problem_type: z.string().nullish(),
  max_seq_length: size(largestSizes.positions).nullish(),
  num_labels: size(largestSizes.classes).optional(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: z.looseObject({ quant_method: z.string().optional() }).nullish(),
  // Written by vda alone.
  vda_prompt: z
    .object({ template: z.string(), label_words: z.array(z.array(z.string()).min(1)).min(2) })
    .nullish(),
});

/** Where a configuration came from, for errors, and the families it may be of: by default all there are. */
export interface ParseConfigOptions extends FamilyOptions {
  readonly path: string;
}

/**
 * Reads the object of a `config.json`.
 * @throws VdaError `unsupported` for a family or a variant of one outside this version, and for quantised weights; `bad-input` when a field is missing
 *   or wrong, and what the family's own reading throws
 */
export function parseConfig(json: unknown, { path, families = registered }: ParseConfigOptions): ModelConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new VdaError(
      'bad-input',
      `${path} should hold a JSON object; got ${Array.isArray(json) ? 'a list' : excerpt(String(json))}.`,
    );
  }
  const modelType = modelTypeOf(json, { path, families });
  const fields = familyOf(modelType, families).config.read(json, path);
  const raw = readFields(schema, { json, path });
  if (raw.quantization_config) {
    throw new VdaError(
      'unsupported',
      `${path}: the weights are quantised (quantization_config, ${excerpt(raw.quantization_config.quant_method ?? 'of no name')}): they are ` +
        'whole numbers, which mean nothing without their scales. Take the model as it was before, or save it so in Python: ' +
        '`model.dequantize().save_pretrained(folder)`.',
    );
  }
  return {
    modelType,
    architectures: raw.architectures ?? [],
    ...fields,
    ...labelMaps(labelsOf(raw, path)),
    problemType: raw.problem_type ?? null,
    maxSeqLength: raw.max_seq_length ?? null,
    tieWordEmbeddings: raw.tie_word_embeddings ?? true,
    ...(raw.vda_prompt && {
      prompt: { template: raw.vda_prompt.template, labelWords: raw.vda_prompt.label_words },
    }),
    raw: json as Record<string, unknown>,
  };
}

/** The object to save as `config.json`: the original one with every field of the configuration written over it, under the names of its family. */
export function configToJson(
  config: ModelConfig,
  { dtype, families }: FamilyOptions & { readonly dtype: 'float32' | 'float16' },
): Record<string, unknown> {
  const { torch_dtype: _older, num_labels: _derived, vda_prompt: _read, ...kept } = config.raw;
  const { prompt } = config;
  return {
    ...kept,
    model_type: config.modelType,
    architectures: config.architectures,
    ...familyOf(config.modelType, families).config.write(config),
    id2label: config.id2label,
    label2id: config.label2id,
    ...(config.problemType !== null && { problem_type: config.problemType }),
    ...(config.maxSeqLength !== null && { max_seq_length: config.maxSeqLength }),
    ...(prompt && { vda_prompt: { template: prompt.template, label_words: prompt.labelWords } }),
    dtype,
    torch_dtype: dtype, // the name that transformers before 4.56 reads
  };
}

/** The family that a configuration names. @throws VdaError `unsupported` saying which there are */
export function modelTypeOf(
  json: object,
  { path, families }: { readonly path: string; readonly families: Families },
): string {
  const found = 'model_type' in json ? json.model_type : undefined;
  if (typeof found === 'string' && Object.hasOwn(families, found)) return found;
  const known = Object.keys(families).join(', ');
  const remedy =
    found === undefined
      ? `Add it: \`"model_type": "${modelTypeByClass(json, families) ?? '…'}"\`, one of ${known}${'architectures' in json ? ` (its architectures are ${shown(json.architectures)})` : ''}.`
      : `This version supports ${known}: choose a checkpoint of one of these architectures.`;
  throw new VdaError(
    'unsupported',
    `${path}: model_type is ${found === undefined ? 'missing, so nothing says which architecture this is' : shown(found)}. ${remedy}`,
  );
}

/** The family whose classes in transformers begin as the model's first one does: `XForMaskedLM`, `XModel`. */
function modelTypeByClass(json: object, families: Families): string | undefined {
  const [first] = 'architectures' in json && Array.isArray(json.architectures) ? json.architectures : [];
  if (typeof first !== 'string') return undefined;
  const stem = (className: string) => className.replace(/(For.*|Model)$/, '');
  return Object.keys(families).find((type) => stem(families[type]!.classNames.classifier) === stem(first));
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? quotedExcerpt(value)
    : Array.isArray(value)
      ? excerptList(value.filter((one) => typeof one === 'string'))
      : typeof value === 'object'
        ? 'no text'
        : String(value);

function labelsOf(raw: z.output<typeof schema>, path: string): string[] {
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
