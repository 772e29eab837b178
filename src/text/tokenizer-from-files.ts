import { VdaError } from '../base/error.ts';
import { excerpt, quotedExcerpt } from '../base/excerpt.ts';
import { ROBERTA_SPECIAL_TOKENS } from './byte-level-files.ts';
import { byteLevelModel } from './byte-level-model.ts';
import type { PieceModel } from './piece-model.ts';
import { readTokenizerJson, type TokenizerSource } from './read-tokenizer-json.ts';
import { fillTemplate, tokenBudget } from './special-template.ts';
import type { EncodeOptions, Encoding, Tokenizer } from './tokenizer.ts';
import {
  givesTokenTypes,
  parseTokenizerConfig,
  type Role,
  type TokenizerConfig,
  type TokenizerOrigin,
  tokenOfRole,
} from './tokenizer-config.ts';
import { type TokenizerJson, templateOf } from './tokenizer-json.ts';
import { wordPieceModel } from './wordpiece-model.ts';

/** The files of a tokenizer in a Hugging Face model folder. */
export const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
] as const;

/** Taken where the files name no length, or the placeholder 1e30. */
const DEFAULT_MAX_LENGTH = 512;
const LARGEST_MAX_LENGTH = 1e6;

const ROLE_DEFAULTS = {
  WordPiece: { pad: '[PAD]', unk: '[UNK]', cls: '[CLS]', sep: '[SEP]', mask: '[MASK]' },
  BPE: ROBERTA_SPECIAL_TOKENS,
} as const satisfies Record<TokenizerJson['model']['type'], Record<Role, string>>;

const unsupportedStep = (where: string, what: string): VdaError =>
  new VdaError(
    'unsupported',
    `The tokenizer in ${where} has ${what}, which vda does not know. It reads BERT-like WordPiece tokenizers ` +
      '(BertNormalizer, BertPreTokenizer) and RoBERTa-like byte-level BPE ones (no normalizer, ByteLevel).',
  );

const pieceModelOf = (json: TokenizerJson, unkId: number, where: string): PieceModel => {
  const { model, normalizer, pre_tokenizer: splitter, added_tokens: addedTokens } = json;
  const odd = addedTokens.find(
    (token) => token.single_word || /\s|\p{Cs}/u.test(token.content) || token.content === '',
  );
  if (odd !== undefined) {
    throw unsupportedStep(
      where,
      `the added token ${quotedExcerpt(odd.content)}, empty, with a space, or for single words only`,
    );
  }
  if (model.type === 'BPE') {
    if (normalizer) throw unsupportedStep(where, `the normalizer ${excerpt(normalizer.type)}`);
    if (splitter?.type !== 'ByteLevel' || splitter.use_regex === false) {
      throw unsupportedStep(where, `the pre-tokenizer ${excerpt(splitter?.type ?? 'none')}`);
    }
    // The library tells the two ways to write a merge apart by the first one alone.
    const merges = model.merges.map((pair) => (typeof pair === 'string' ? pair.split(' ', 2) : pair));
    return byteLevelModel({
      addedTokens,
      model: { ...model, merges },
      addPrefixSpace: splitter.add_prefix_space === true,
    });
  }
  if (normalizer?.type !== 'BertNormalizer') {
    throw unsupportedStep(where, `the normalizer ${excerpt(normalizer?.type ?? 'none')}`);
  }
  if (splitter?.type !== 'BertPreTokenizer') {
    throw unsupportedStep(where, `the pre-tokenizer ${excerpt(splitter?.type ?? 'none')}`);
  }
  const accents = normalizer.strip_accents;
  return wordPieceModel({
    idOf: new Map(Object.entries(model.vocab)),
    unkId,
    addedTokens,
    normalization: {
      lowerCase: normalizer.lowercase !== false,
      splitChinese: normalizer.handle_chinese_chars !== false,
      cleanText: normalizer.clean_text !== false,
      ...(typeof accents === 'boolean' ? { stripAccents: accents } : {}),
    },
    prefix: model.continuing_subword_prefix,
    longestWord: model.max_input_chars_per_word,
  });
};

const lengthOf = (config: TokenizerConfig): number => {
  const length = config.model_max_length;
  return typeof length === 'number' && length <= LARGEST_MAX_LENGTH ? length : DEFAULT_MAX_LENGTH;
};

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The added tokens under their ids, where their number may be another in the files that were read. */
const addedTokensOf = (
  { files, config }: TokenizerSource,
  json: TokenizerJson,
): Pick<TokenizerConfig, 'added_tokens_decoder'> => {
  if (!config.added_tokens_decoder && files['added_tokens.json'] === undefined) return {};
  return {
    added_tokens_decoder: Object.fromEntries(
      json.added_tokens.map(({ id, ...token }) => [String(id), token]),
    ),
  };
};

/** What to write beside a saved model: the files read, completed by what `transformers` would otherwise guess. */
const filesToSave = (
  source: TokenizerSource,
  made: { readonly json: TokenizerJson; readonly roles: Readonly<Record<Role, string>> },
): Readonly<Record<string, string>> => {
  const { files, config } = source;
  const { json, roles } = made;
  const kept = Object.fromEntries(
    TOKENIZER_FILES.filter((name) => name !== 'added_tokens.json') // its tokens are in tokenizer.json
      .flatMap((name) => (files[name] === undefined ? [] : [[name, files[name]]])),
  );
  const tokens = Object.fromEntries(Object.entries(roles).map(([role, token]) => [`${role}_token`, token]));
  const isWordPiece = json.model.type === 'WordPiece';
  const completed = {
    ...tokens,
    ...(isWordPiece
      ? {
          do_lower_case: json.normalizer?.lowercase !== false,
          strip_accents: json.normalizer?.strip_accents ?? null,
          tokenize_chinese_chars: json.normalizer?.handle_chinese_chars !== false,
        }
      : { add_prefix_space: json.pre_tokenizer?.add_prefix_space === true }),
    ...config,
    ...addedTokensOf(source, json),
    tokenizer_class: config.tokenizer_class ?? (isWordPiece ? 'BertTokenizer' : 'RobertaTokenizer'),
    model_max_length: lengthOf(config),
  };
  const byId = Object.entries(json.model.vocab).sort((a, b) => a[1] - b[1]);
  const lines = byId.every(([, id], line) => id === line)
    ? byId.map(([token]) => `${token}\n`).join('')
    : undefined;
  return {
    ...(isWordPiece && lines !== undefined ? { 'vocab.txt': lines } : {}),
    'special_tokens_map.json': pretty(tokens),
    ...kept,
    'tokenizer.json': pretty(json),
    'tokenizer_config.json': pretty(completed),
  };
};

/**
 * Makes a tokenizer from the contents of its files: `tokenizer.json`, or `vocab.txt` for the BERT family, or `vocab.json`
 * and `merges.txt` for RoBERTa. `do_lower_case`, `strip_accents`, `tokenize_chinese_chars` and `add_prefix_space` of
 * `tokenizer_config.json` are honoured.
 *
 * Ids, token types and truncation are those of Hugging Face's fast tokenizers. Departures: an empty second text
 * makes a pair (as in their batches; their single call drops it); a maximum length without room for the special
 * tokens is an error (they ignore it).
 * `specialIds` are theirs: every special token, the unknown one included.
 *
 * @param files contents by name, see `TOKENIZER_FILES`; the model's `config.json` may be among them
 * @throws VdaError `not-found` without a vocabulary, `bad-input` for broken files, `unsupported` for other families
 */
export const tokenizerFromFiles = (
  files: Readonly<Record<string, string | undefined>>,
  origin: TokenizerOrigin,
): Tokenizer => {
  const { where } = origin;
  const source: TokenizerSource = { files, where, config: parseTokenizerConfig(files, origin) };
  const json = readTokenizerJson(source);
  const idOf = new Map(Object.entries(json.model.vocab));
  for (const { content, id } of json.added_tokens) idOf.set(content, id);
  const tokens: string[] = [];
  for (const [token, id] of idOf) tokens[id] = token;

  const defaults = ROLE_DEFAULTS[json.model.type];
  const roleToken = (role: Role): string => tokenOfRole(source.config, role) ?? defaults[role];
  const roles = {
    pad: roleToken('pad'),
    unk: json.model.unk_token ?? roleToken('unk'),
    cls: roleToken('cls'),
    sep: roleToken('sep'),
    mask: roleToken('mask'),
  };
  const idOfRole = (role: Role): number => {
    const id = idOf.get(roles[role]);
    if (id !== undefined) return id;
    throw new VdaError(
      'bad-input',
      `The tokenizer in ${where} has no entry ${quotedExcerpt(roles[role])}, its ${role} token. Its vocabulary has ` +
        `${idOf.size} entries. Use the tokenizer files that belong to the model.`,
    );
  };
  const roleIds = {
    padId: idOfRole('pad'),
    unkId: idOfRole('unk'),
    clsId: idOfRole('cls'),
    sepId: idOfRole('sep'),
    maskId: idOfRole('mask'),
  };
  const special = json.added_tokens.filter((token) => token.special).map((token) => token.id);

  const pieceModel = pieceModelOf(json, roleIds.unkId, where);
  const specialIds = new Set([...special, ...Object.values(roleIds)]);
  const template = templateOf(json.post_processor, { typed: givesTokenTypes(source.config) });
  const nameless = [...template.single, ...template.pair].find(
    (part) => 'token' in part && tokens[part.token] === undefined,
  );
  if (nameless !== undefined && 'token' in nameless) {
    throw new VdaError(
      'bad-input',
      `The tokenizer in ${where} puts id ${nameless.token} around a text, which no token of its vocabulary has. Copy the ` +
        'file again from the model it belongs to.',
    );
  }
  const tokenOf = (id: number): string => tokens[id] ?? roles.unk;

  const encode = (text: string, options: EncodeOptions = {}): Encoding => {
    const { pair, maxLength, wholeWords } = options;
    if (pair !== undefined) {
      const whole = Number.POSITIVE_INFINITY; // which text is the longer one decides how a pair is cut
      const texts = [pieceModel.textPieces(text, whole), pieceModel.textPieces(pair, whole)] as const;
      return fillTemplate(texts, { template, maxLength, wholeWords });
    }
    const limit =
      maxLength === undefined ? Number.POSITIVE_INFINITY : tokenBudget(template.single, maxLength);
    return fillTemplate([pieceModel.textPieces(text, limit)], { template, maxLength, wholeWords });
  };

  return {
    vocabSize: tokens.length,
    maxLength: lengthOf(source.config),
    ...roleIds,
    specialIds,
    encode,
    tokenOf,
    idOf: (token) => idOf.get(token),
    isContinuation: (id) => !specialIds.has(id) && pieceModel.isContinuation(tokenOf(id)),
    textOf: (some) => pieceModel.textOf(some.map(tokenOf)),
    files: filesToSave(source, { json, roles }),
  };
};
