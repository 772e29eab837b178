import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { readShape } from '../base/read-shape.ts';
import { byteLevelJson, parseMerges } from './byte-level-files.ts';
import { withAddedTokens } from './merge-added-tokens.ts';
import { parsedJson, roles, type TokenizerConfig, tokenOfRole } from './tokenizer-config.ts';
import { parseTokenizerJson, type TokenizerJson, vocabularySchema } from './tokenizer-json.ts';
import { wordPieceJson } from './wordpiece-files.ts';

/** The files of a tokenizer, their contents by name, and what they say of it. */
export interface TokenizerSource {
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly where: string;
  readonly config: TokenizerConfig;
}

/** Classes whose `vocab.txt` is enough to build the tokenizer. */
const WORDPIECE_CLASSES = ['Bert', 'DistilBert', 'Electra', 'MobileBert', 'ConvBert', 'Funnel'];

const isWordPieceClass = (named: string): boolean =>
  WORDPIECE_CLASSES.includes(named.replace(/Tokenizer(Fast)?$/, ''));

const fromVocabTxt = (text: string, source: TokenizerSource): unknown => {
  const { config, where } = source;
  const named = config.tokenizer_class ?? 'BertTokenizer';
  if (!isWordPieceClass(named)) {
    throw new VdaError(
      'unsupported',
      `${where} holds vocab.txt but no tokenizer.json, and its tokenizer class is ${excerpt(named)}. From vocab.txt alone ` +
        `vda builds the tokenizers of ${WORDPIECE_CLASSES.join(', ')}. Save the tokenizer with transformers' ` +
        'fast tokenizer first, which writes tokenizer.json.',
    );
  }
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return wordPieceJson(lines, {
    where: `${where}/vocab.txt`,
    lowerCase: config.do_lower_case ?? true,
    splitChinese: config.tokenize_chinese_chars ?? true,
    ...(typeof config.strip_accents === 'boolean' ? { stripAccents: config.strip_accents } : {}),
  });
};

const fromVocabAndMerges = (
  text: { readonly vocab: string; readonly merges: string },
  source: TokenizerSource,
): unknown => {
  const { config, where } = source;
  const named = config.tokenizer_class ?? 'RobertaTokenizer';
  if (named.replace(/Tokenizer(Fast)?$/, '') !== 'Roberta') {
    throw new VdaError(
      'unsupported',
      `${where} holds vocab.json and merges.txt but no tokenizer.json, and its tokenizer class is ${excerpt(named)}. From these ` +
        "alone vda builds RoBERTa's tokenizer. Save the tokenizer with transformers' fast tokenizer first, which " +
        'writes tokenizer.json.',
    );
  }
  const vocab = readShape(vocabularySchema, parsedJson(text.vocab, `${where}/vocab.json`));
  if (!vocab.ok) {
    throw new VdaError(
      'bad-input',
      `${where}/vocab.json should map tokens to ids: ${vocab.problem}. Use the model's own file.`,
    );
  }
  const given = roles.flatMap((role) => {
    const token = tokenOfRole(config, role);
    return token === undefined ? [] : [[role, token]];
  });
  return byteLevelJson(
    { vocab: vocab.value, merges: parseMerges(text.merges) },
    {
      where: `${where}/vocab.json`,
      addPrefixSpace: config.add_prefix_space === true,
      specialTokens: Object.fromEntries(given),
    },
  );
};

/**
 * The steps as transformers' class of the tokenizer sets them up: BERT's classes take lower case, Chinese characters and accents
 * from `tokenizer_config.json`, or their own defaults, whatever `tokenizer.json` says; every class so takes the space in front
 * of a byte-level text. Other classes (`PreTrainedTokenizerFast`) leave the rest as it is.
 */
const withConfiguredSteps = (json: TokenizerJson, config: TokenizerConfig): TokenizerJson => {
  if (json.pre_tokenizer?.type === 'ByteLevel') {
    const addPrefixSpace = config.add_prefix_space === true;
    return { ...json, pre_tokenizer: { ...json.pre_tokenizer, add_prefix_space: addPrefixSpace } };
  }
  if (json.model.type !== 'WordPiece' || json.normalizer?.type !== 'BertNormalizer') return json;
  if (!isWordPieceClass(config.tokenizer_class ?? 'BertTokenizer')) return json;
  return {
    ...json,
    normalizer: {
      ...json.normalizer,
      lowercase: config.do_lower_case ?? true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
    },
  };
};

/**
 * The content of `tokenizer.json`, read, or made from the older files of a family, with what other files add to it.
 * @throws VdaError `not-found` without a vocabulary, `bad-input` for broken files, `unsupported` for other families
 */
export const readTokenizerJson = (source: TokenizerSource): TokenizerJson =>
  withAddedTokens(vocabularyJson(source), source);

const vocabularyJson = (source: TokenizerSource): TokenizerJson => {
  const { files, where, config } = source;
  const text = files['tokenizer.json'];
  const { 'vocab.txt': wordPieces, 'vocab.json': vocab, 'merges.txt': merges } = files;
  if (text !== undefined) {
    const path = `${where}/tokenizer.json`;
    return withConfiguredSteps(parseTokenizerJson(parsedJson(text, path), path), config);
  }
  if (wordPieces !== undefined) {
    return parseTokenizerJson(fromVocabTxt(wordPieces, source), `${where}/vocab.txt`);
  }
  if (vocab !== undefined && merges !== undefined) {
    return parseTokenizerJson(fromVocabAndMerges({ vocab, merges }, source), `${where}/vocab.json`);
  }
  throw new VdaError(
    'not-found',
    `There is no tokenizer in ${where}: neither tokenizer.json nor vocab.txt nor vocab.json with merges.txt is there. ` +
      'Give a model folder in Hugging Face format with its tokenizer files.',
  );
};
