import { argument, VdaError } from '../base/error.ts';
import type { BertNormalization } from './bert-words.ts';
import type { Tokenizer } from './tokenizer.ts';
import { parseTokenizerJson } from './tokenizer-json.ts';
import { alphabetOf, BERT_SPECIAL_TOKENS, countWords } from './train-wordpiece.ts';
import { wordPieceTokenizerFiles } from './wordpiece-files.ts';

/** Fraction of the texts' characters whose own pieces are kept, so that a word without pieces of its own can be spelt. */
const coverage = 0.9999;

/**
 * A part of a WordPiece vocabulary: BERT's special tokens, the single characters of the texts in both their forms, and
 * of the other pieces that the tokenizer cuts the texts into the most frequent ones, in the order of the whole
 * vocabulary. A word whose pieces were left out is cut into shorter ones that are there. Counts are those of the whole
 * vocabulary: a piece that others fall back to is not counted for them. Equal counts go to the lower id.
 *
 * @param options.size entries; fewer where the texts do not show so many
 * @param options.where the tokenizer's folder, for messages
 * @returns files of the tokenizer, by name
 * @throws VdaError `unsupported` for a tokenizer other than BERT's WordPiece, `usage` when `size` can't hold the characters,
 *   `bad-input` when the lines hold no words
 */
export async function subVocabularyFiles(
  tokenizer: Tokenizer,
  lines: AsyncIterable<string> | Iterable<string>,
  options: { readonly size: number; readonly maxLength: number; readonly where: string },
): Promise<Readonly<Record<string, string>>> {
  const { size, maxLength, where } = options;
  const normalization = bertNormalizationOf(tokenizer, where);
  const words = await countWords(lines, normalization);
  if (words.size === 0) {
    throw new VdaError('bad-input', 'Choosing a vocabulary needs text, but the lines given hold no words.');
  }
  const specialTokens = new Set<string>(BERT_SPECIAL_TOKENS);
  const idsOf = (tokens: Iterable<string>) => [...tokens].flatMap((token) => tokenizer.idOf(token) ?? []);
  const characters = [...alphabetOf(words, coverage)];
  const spelling = new Set(idsOf([...characters, ...characters.map((character) => `##${character}`)]));
  const needed = specialTokens.size + spelling.size;
  if (needed > size) {
    throw new VdaError(
      'usage',
      `${argument('vocabSize')}: expected at least ${needed}, the special tokens and characters of these texts, got ${size}.`,
    );
  }
  const counts = new Map<number, number>();
  for (const [word, count] of words) {
    for (const id of tokenizer.encode(word).ids) counts.set(id, (counts.get(id) ?? 0) + count);
  }
  const frequent = [...counts]
    .filter(([id]) => !spelling.has(id) && !tokenizer.specialIds.has(id))
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, size - needed)
    .map(([id]) => id);
  const pieces = [...spelling, ...frequent].sort((a, b) => a - b).map(tokenizer.tokenOf);
  return wordPieceTokenizerFiles([...specialTokens, ...pieces], { ...normalization, maxLength, where });
}

/** How a WordPiece tokenizer cleans text. @throws VdaError `unsupported` for another kind */
function bertNormalizationOf({ files }: Tokenizer, where: string): BertNormalization {
  const { model, normalizer } = parseTokenizerJson(JSON.parse(files['tokenizer.json']!), where);
  if (model.type !== 'WordPiece' || model.continuing_subword_prefix !== '##') {
    throw new VdaError(
      'unsupported',
      `The tokenizer in ${where} is of type ${model.type}; a part of its vocabulary can be taken from a WordPiece one alone, such as BERT's.`,
    );
  }
  // tokenizerFromFiles has let through no other normalizer than BERT's.
  const { lowercase, strip_accents: accents, ...rest }: Readonly<Record<string, unknown>> = normalizer ?? {};
  return {
    lowerCase: lowercase !== false,
    splitChinese: rest.handle_chinese_chars !== false,
    cleanText: rest.clean_text !== false,
    ...(typeof accents === 'boolean' && { stripAccents: accents }),
  };
}
