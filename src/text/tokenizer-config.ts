import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { parseJson } from '../base/parse-json.ts';
import { readShape } from '../base/read-shape.ts';

const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

/** A token as `added_tokens_decoder` and `special_tokens_map.json` describe it; what is left out is false. */
const addedToken = z.looseObject({
  content: z.string(),
  special: z.boolean().optional(),
  normalized: z.boolean().optional(),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
  single_word: z.boolean().optional(),
});

const roleFields = {
  pad_token: token,
  unk_token: token,
  cls_token: token,
  sep_token: token,
  mask_token: token,
};

const schema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  model_type: z.string().nullish(), // of the model's own config.json
  // transformers writes 1e30 for "no limit", which is whole, but no safe integer
  model_max_length: z
    .number()
    .refine((n) => Number.isInteger(n) && n >= 1, 'expected a whole number of at least 1')
    .nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  add_prefix_space: z.boolean().nullish(),
  ...roleFields,
  added_tokens_decoder: z.record(z.string().regex(/^\d{1,9}$/), addedToken).nullish(),
  additional_special_tokens: z.array(z.union([z.string(), addedToken])).nullish(),
  model_input_names: z.array(z.string()).nullish(),
});

/** Where the files of a tokenizer lie, and what their model is. */
export interface TokenizerOrigin {
  /** The folder, for messages. */
  readonly where: string;
  /**
   * The class by the `model_type` of `config.json`, taken where none is named. By the class alone do transformers and
   * transformers.js know whether a model takes token types.
   */
  readonly classOfFamily?: ((modelType: string) => string | undefined) | undefined;
}

/** Classes whose `model_input_names` have no `token_type_ids`, among those that can be read. */
const classesWithoutTypes: readonly string[] = ['DistilBert', 'Roberta'];

/** Whether the tokenizer tells the texts of a pair apart by token types; else all are 0, whatever its template says. */
export const givesTokenTypes = ({
  model_input_names: names,
  tokenizer_class: named,
}: Pick<TokenizerConfig, 'model_input_names' | 'tokenizer_class'>): boolean =>
  names?.includes('token_type_ids') ??
  !classesWithoutTypes.includes((named ?? '').replace(/Tokenizer(Fast)?$/, ''));

/** `tokenizer_config.json`, as far as this project reads it. */
export type TokenizerConfig = z.infer<typeof schema>;

/** The parts that special tokens have in the input. */
export const roles = ['pad', 'unk', 'cls', 'sep', 'mask'] as const;
export type Role = (typeof roles)[number];

/**
 * Reads JSON text.
 * @throws VdaError `bad-input` naming `where`
 */
export const parsedJson = (text: string, where: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    throw new VdaError(
      'bad-input',
      `${where} is not valid JSON: ${messageOf(error)}. Copy the file again from the model it belongs to.`,
      { cause: error },
    );
  }
};

/**
 * Settings of a tokenizer: `tokenizer_config.json` and the tokens of `special_tokens_map.json`. A class it
 * doesn't name follows from the model's `config.json`, as in `AutoTokenizer`.
 * @param files contents by file name; either may be missing
 * @throws VdaError `bad-input` for broken JSON or a value of the wrong type
 */
export const parseTokenizerConfig = (
  files: Readonly<Record<string, string | undefined>>,
  { where, classOfFamily }: TokenizerOrigin,
): TokenizerConfig => {
  const read = (name: string): TokenizerConfig => {
    const text = files[name];
    if (text === undefined) return {};
    const parsed = readShape(schema, parsedJson(text, `${where}/${name}`));
    if (parsed.ok) return parsed.value;
    throw new VdaError('bad-input', `${where}/${name} is not as expected: ${parsed.problem}.`);
  };
  const { tokenizer_class: named, model_type: family } = read('config.json');
  const config = read('tokenizer_config.json');
  const map = read('special_tokens_map.json');
  // Where the configuration describes added tokens, transformers does not look at the map; else the map wins.
  const own = config.added_tokens_decoder
    ? { ...map, ...config }
    : { ...config, ...map, ...moreSpecial(config, map) };
  return { ...own, tokenizer_class: own.tokenizer_class ?? named ?? classOfFamily?.(family ?? '') };
};

/** Additional special tokens of both files, those of the first one first. */
const moreSpecial = (
  { additional_special_tokens: first }: TokenizerConfig,
  { additional_special_tokens: second }: TokenizerConfig,
): Pick<TokenizerConfig, 'additional_special_tokens'> =>
  first || second ? { additional_special_tokens: [...(first ?? []), ...(second ?? [])] } : {};

/** The text of a special token, or undefined where the files don't name it. */
export const tokenOfRole = (config: TokenizerConfig, role: Role): string | undefined => {
  const value = config[`${role}_token`];
  return typeof value === 'string' ? value : value?.content;
};
