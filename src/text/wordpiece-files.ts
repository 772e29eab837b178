import { VdaError } from '../base/error.ts';
import { addedTokens } from './added-tokens.ts';
import type { BertNormalization } from './bert-words.ts';

/** What the files say besides the vocabulary. */
export interface WordPieceFileOptions extends BertNormalization {
  /** Where the vocabulary comes from, for messages. */
  readonly where?: string;
  /** Most tokens the model reads, special ones included (`model_max_length`). Default 512. */
  readonly maxLength?: number;
}

const ROLES = {
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
} as const;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `tokenizer.json` of a BERT WordPiece tokenizer, as a plain object. */
export const wordPieceJson = (
  vocab: readonly string[],
  options: Omit<WordPieceFileOptions, 'maxLength'> = {},
): Record<string, unknown> => {
  const { lowerCase = true, stripAccents, splitChinese = true, cleanText = true } = options;
  const ids = new Map(vocab.map((token, id) => [token, id] as const));
  const special = Object.values(ROLES).map((content) => {
    const id = ids.get(content);
    if (id === undefined) {
      throw new VdaError(
        'bad-input',
        `${options.where === undefined ? '' : `${options.where}: `}A WordPiece vocabulary must hold ${Object.values(ROLES).join(', ')}, but ${content} is not among its ` +
          `${vocab.length} entries. Use the vocabulary file that belongs to the model.`,
      );
    }
    return { id, content };
  });
  const cls = ids.get(ROLES.cls_token)!;
  const sep = ids.get(ROLES.sep_token)!;
  const single = [
    { SpecialToken: { id: ROLES.cls_token, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: ROLES.sep_token, type_id: 0 } },
  ];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: cleanText,
      handle_chinese_chars: splitChinese,
      strip_accents: stripAccents ?? null,
      lowercase: lowerCase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [
        ...single,
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: ROLES.sep_token, type_id: 1 } },
      ],
      special_tokens: {
        [ROLES.cls_token]: { id: ROLES.cls_token, ids: [cls], tokens: [ROLES.cls_token] },
        [ROLES.sep_token]: { id: ROLES.sep_token, ids: [sep], tokens: [ROLES.sep_token] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: ROLES.unk_token,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
};

/**
 * The files of a BERT WordPiece tokenizer, by name: `tokenizer.json`, `vocab.txt`, `tokenizer_config.json`,
 * `special_tokens_map.json`. `transformers` and transformers.js load a folder that holds them.
 * @throws VdaError `bad-input` when the vocabulary lacks one of BERT's five special tokens
 */
export const wordPieceTokenizerFiles = (
  vocab: readonly string[],
  options: WordPieceFileOptions = {},
): Readonly<Record<string, string>> => {
  const { lowerCase = true, stripAccents, splitChinese = true, maxLength = 512 } = options;
  return {
    'tokenizer.json': json(wordPieceJson(vocab, options)),
    'vocab.txt': vocab.map((token) => `${token}\n`).join(''),
    'tokenizer_config.json': json({
      tokenizer_class: 'BertTokenizer',
      model_max_length: maxLength,
      do_lower_case: lowerCase,
      strip_accents: stripAccents ?? null,
      tokenize_chinese_chars: splitChinese,
      clean_up_tokenization_spaces: true,
      ...ROLES,
    }),
    'special_tokens_map.json': json(ROLES),
  };
};
