import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';

const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

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
  model_max_length: z.number().nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  add_prefix_space: z.boolean().nullish(),
  ...roleFields,
});

/**
 * Classes by `model_type`, where the kind of vocabulary doesn't decide it. DistilBERT's is BERT's without token types: by
 * the class alone do transformers and transformers.js know that the model takes none.
 */
const classOfFamily: Readonly<Record<string, string>> = { distilbert: 'DistilBertTokenizer' };

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
    return JSON.parse(text);
  } catch (error) {
    throw new VdaError(
      'bad-input',
      `${where} is not valid JSON: ${messageOf(error)}. Copy the file again from the model it belongs to.`,
      { cause: error },
    );
  }
};

/**
 * Settings of a tokenizer: `tokenizer_config.json`, and `special_tokens_map.json` for tokens it doesn't name. A class it
 * doesn't name follows from the model's `config.json`, as in `AutoTokenizer`.
 * @param files contents by file name; either may be missing
 * @param where the folder, for messages
 * @throws VdaError `bad-input` for broken JSON or a value of the wrong type
 */
export const parseTokenizerConfig = (
  files: Readonly<Record<string, string | undefined>>,
  where: string,
): TokenizerConfig => {
  const read = (name: string): TokenizerConfig => {
    const text = files[name];
    if (text === undefined) return {};
    const parsed = schema.safeParse(parsedJson(text, `${where}/${name}`));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new VdaError(
      'bad-input',
      `${where}/${name} is not as expected at "${issue?.path.join('.')}": ${issue?.message}.`,
    );
  };
  const { tokenizer_class: named, model_type: family } = read('config.json');
  const own = { ...read('special_tokens_map.json'), ...read('tokenizer_config.json') };
  return { ...own, tokenizer_class: own.tokenizer_class ?? named ?? classOfFamily[family ?? ''] };
};

/** The text of a special token, or undefined where the files don't name it. */
export const tokenOfRole = (config: TokenizerConfig, role: Role): string | undefined => {
  const value = config[`${role}_token`];
  return typeof value === 'string' ? value : value?.content;
};
