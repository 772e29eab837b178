import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { addedTokens } from './added-tokens.ts';
import type { Role } from './tokenizer-config.ts';

/** RoBERTa's special tokens, in the order a new vocabulary starts with: ids 0 to 4, the padding token 1. */
export const ROBERTA_SPECIAL_TOKENS = {
  cls: '<s>',
  pad: '<pad>',
  sep: '</s>',
  unk: '<unk>',
  mask: '<mask>',
} as const satisfies Record<Role, string>;

/** A byte-level BPE vocabulary: ids by token, and the pairs that merge, first one first. */
export interface ByteLevelVocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (readonly [string, string])[];
}

/** What the files say besides the vocabulary. */
export interface ByteLevelFileOptions {
  /** Where the vocabulary comes from, for messages. */
  readonly where?: string;
  /** Puts a space before a text that starts without one. Default false. */
  readonly addPrefixSpace?: boolean;
  /** Special tokens that differ from RoBERTa's. */
  readonly specialTokens?: Partial<Record<Role, string>>;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * `tokenizer.json` of a RoBERTa tokenizer, as a plain object: what `transformers` makes of `vocab.json` and `merges.txt`.
 * @throws VdaError `bad-input` when the vocabulary lacks a special token
 */
export const byteLevelJson = (
  { vocab, merges }: ByteLevelVocabulary,
  { addPrefixSpace = false, specialTokens = {}, where }: ByteLevelFileOptions = {},
): Record<string, unknown> => {
  const tokens: Record<Role, string> = { ...ROBERTA_SPECIAL_TOKENS, ...specialTokens };
  const special = Object.values(tokens).map((content) => {
    const id = Object.hasOwn(vocab, content) ? vocab[content] : undefined;
    if (id === undefined) {
      throw new VdaError(
        'bad-input',
        `${where === undefined ? '' : `${where}: `}A RoBERTa vocabulary must hold its special tokens, but ${excerpt(content)} is not among its ` +
          `${Object.keys(vocab).length} entries. Use the vocabulary files that belong to the model.`,
      );
    }
    return { id, content };
  });
  const named = (token: string) => [token, vocab[token]!];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(
      special.map((token) => {
        const isMask = token.content === tokens.mask;
        return { ...token, lstrip: isMask, normalized: !isMask };
      }),
    ),
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: named(tokens.sep),
      cls: named(tokens.cls),
      trim_offsets: true,
      add_prefix_space: addPrefixSpace,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
};

/** The pairs of a `merges.txt`, first one first; its header and empty lines aside. */
export const parseMerges = (text: string): readonly (readonly [string, string])[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#version'))
    .map((line) => {
      const [left = '', right = ''] = line.split(' ');
      return [left, right];
    });

/**
 * The files of a RoBERTa tokenizer, by name: `tokenizer.json`, `vocab.json`, `merges.txt`, `tokenizer_config.json`,
 * `special_tokens_map.json`. `transformers` and transformers.js load a folder that holds them.
 * @param options.maxLength most tokens the model reads, special ones included (`model_max_length`); default 512
 * @throws VdaError `bad-input` when the vocabulary lacks a special token
 */
export const byteLevelTokenizerFiles = (
  vocabulary: ByteLevelVocabulary,
  { maxLength = 512 }: { readonly maxLength?: number } = {},
): Readonly<Record<string, string>> => {
  const { cls, pad, sep, unk, mask } = ROBERTA_SPECIAL_TOKENS;
  const tokens = {
    bos_token: cls,
    eos_token: sep,
    cls_token: cls,
    sep_token: sep,
    pad_token: pad,
    unk_token: unk,
    mask_token: mask,
  };
  const merges = vocabulary.merges.map((pair) => `${pair.join(' ')}\n`);
  return {
    'tokenizer.json': json(byteLevelJson(vocabulary)),
    'vocab.json': `${JSON.stringify(vocabulary.vocab)}\n`,
    'merges.txt': `#version: 0.2\n${merges.join('')}`,
    'tokenizer_config.json': json({
      tokenizer_class: 'RobertaTokenizer',
      model_max_length: maxLength,
      add_prefix_space: false,
      clean_up_tokenization_spaces: false,
      ...tokens,
    }),
    'special_tokens_map.json': json(tokens),
  };
};
