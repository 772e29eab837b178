import {
  FORMER_MARKS,
  FORMER_PUNCTUATION,
  KEPT_FORMAT_CHARACTERS,
  KEPT_MARKS,
  PUNCTUATION_TAKEN_AS_LETTERS,
} from './unicode-drift.ts';

/** How a BERT tokenizer cleans text before it looks words up. */
export interface BertNormalization {
  /** Default true: as the uncased models. */
  readonly lowerCase?: boolean;
  /** Removes combining marks (é → e). Default: the value of `lowerCase`. */
  readonly stripAccents?: boolean;
  /** Makes each Chinese character a word of its own. Default true. */
  readonly splitChinese?: boolean;
  /** Removes control and format characters (zero-width ones among them). Default true. */
  readonly cleanText?: boolean;
}

const ASCII = /^[\t\n\r -~]*$/;
const ASCII_WORD = /[A-Za-z0-9]+|[!-/:-@[-`{-~]/g;
const REMOVED = new RegExp(
  `(?![\\t\\n\\r${KEPT_FORMAT_CHARACTERS}])[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\uFFFD]`,
  'gu',
);
const PUNCTUATION = `(?![${PUNCTUATION_TAKEN_AS_LETTERS}])[\\p{P}${FORMER_PUNCTUATION}!-/:-@\\[-\`{-~]`;
const WORD = new RegExp(`${PUNCTUATION}|(?:(?!${PUNCTUATION})[^\\p{White_Space}])+`, 'gu');
const MARKS = new RegExp(`[\\p{Mn}${FORMER_MARKS}]`, 'gu');
const KEPT_MARK = new RegExp(`([${KEPT_MARKS}])`, 'u');
/** The blocks BERT calls Chinese: unified ideographs, extensions A to E and the compatibility blocks; no kana, no hangul. */
const CHINESE =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

const withoutAccents = (text: string): string =>
  text
    .split(KEPT_MARK)
    .map((part, i) => (i % 2 === 1 ? part : part.normalize('NFD').replace(MARKS, '')))
    .join('');

// A whole-string toLowerCase would write a word-final Σ as ς; the Rust code lowers one character at a time.
const lowered = (text: string): string => text.replaceAll('Σ', 'σ').toLowerCase();

/** The text cleaned, lower-cased and without accents as `options` say; white space is still there. */
export const bertNormalized = (text: string, options: BertNormalization = {}): string => {
  const { lowerCase = true, stripAccents = lowerCase, splitChinese = true, cleanText = true } = options;
  if (ASCII.test(text)) return lowerCase ? text.toLowerCase() : text;
  let clean = cleanText ? text.replace(REMOVED, '') : text;
  if (splitChinese) clean = clean.replace(CHINESE, ' $& ');
  if (stripAccents) clean = withoutAccents(clean);
  return lowerCase ? lowered(clean) : clean;
};

/** Splits a normalised text on white space, each punctuation character apart. */
export const splitBertWords = (normalized: string): readonly string[] =>
  normalized.match(ASCII.test(normalized) ? ASCII_WORD : WORD) ?? [];

/**
 * The words BERT's WordPiece looks up in a text: cleaned, lower-cased, without accents, punctuation and Chinese
 * characters apart, white space gone. `'Café-au-lait!'` → `['cafe', '-', 'au', '-', 'lait', '!']`.
 *
 * White space separates words whatever the options, so the words of a text are those of its
 * whitespace-separated chunks one after the other: callers may cache by chunk.
 *
 * Source: Devlin et al. 2019, `tokenization.py` (`BasicTokenizer`), in the reading of Hugging Face's
 * `BertNormalizer` and `BertPreTokenizer`. Departure: lone surrogates, which Rust strings can't hold, are removed.
 */
export const bertWords = (text: string, options: BertNormalization = {}): readonly string[] =>
  splitBertWords(bertNormalized(text, options));
