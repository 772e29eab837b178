import { VdaError } from '../base/error.ts';
import type { Encoding } from './tokenizer.ts';

/** One place of a template: a fixed token, or all tokens of the first (0) or second (1) text. */
export type TemplatePart =
  | { readonly token: number; readonly typeId: number }
  | { readonly text: 0 | 1; readonly typeId: number };

/** Where special tokens go around one text and around a pair: `[CLS] A [SEP]`, `<s> A </s></s> B </s>`. */
export interface SpecialTemplate {
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
}

/** Tokens of one text before special tokens are added. */
export interface TextPieces {
  readonly ids: readonly number[];
  readonly wordIds: readonly number[];
}

const fixedTokens = (template: readonly TemplatePart[]): number =>
  template.filter((part) => 'token' in part).length;

/**
 * How many tokens the texts may have once the template's own are counted.
 * @throws VdaError `usage` when not even the special tokens fit
 */
export const tokenBudget = (template: readonly TemplatePart[], maxLength: number): number => {
  const budget = maxLength - fixedTokens(template);
  if (!(budget >= 0)) {
    throw new VdaError(
      'usage',
      `A maximum length of ${maxLength} tokens leaves no room for the ${fixedTokens(template)} special tokens ` +
        'around the text. Give a larger maximum length.',
    );
  }
  return budget;
};

/**
 * How many tokens of each text of a pair are kept: the longer text gives way until both are equally long, then
 * both do. With n ≤ m the two lengths and b the budget:
 *
 *     n + m ≤ b: (n, m);   2n ≤ b: (n, b − n);   else (⌊b/2⌋, ⌈b/2⌉)
 *
 * The shorter text gets the smaller half; of two equally long texts the first counts as the shorter.
 *
 * Source: `longest_first` of Hugging Face tokenizers 0.22 (the fast tokenizers; the slow Python ones break ties
 * the other way).
 */
const longestFirst = (lengths: readonly [number, number], budget: number): readonly [number, number] => {
  const [first, second] = lengths;
  if (first + second <= budget) return lengths;
  const shorter = Math.min(first, second);
  const [small, large] =
    2 * shorter <= budget ? [shorter, budget - shorter] : [Math.floor(budget / 2), Math.ceil(budget / 2)];
  return first <= second ? [small, large] : [large, small];
};

/**
 * How many of a text's first `count` tokens belong to words that fit in them whole. All `count`, where that would give up
 * more than half of them: then the text has hardly any white space (Chinese, a long address) and words say nothing.
 */
const wholeWordsWithin = ({ wordIds }: TextPieces, count: number): number => {
  const cut = wordIds[count];
  if (cut === undefined || cut < 0) return count;
  let end = count;
  while (end > 0 && wordIds[end - 1] === cut) end--;
  return 2 * end < count ? count : end;
};

/**
 * Puts the tokens of one or two texts into their template, cut to `maxLength`; with `wholeWords` each text then gives up
 * the pieces of a word that does not fit whole.
 * @throws VdaError `usage` when not even the special tokens fit
 */
export const fillTemplate = (
  texts: readonly [TextPieces] | readonly [TextPieces, TextPieces],
  options: {
    readonly template: SpecialTemplate;
    readonly maxLength?: number | undefined;
    readonly wholeWords?: boolean | undefined;
  },
): Encoding => {
  const [first, second] = texts;
  const parts = second === undefined ? options.template.single : options.template.pair;
  const budget =
    options.maxLength === undefined ? Number.POSITIVE_INFINITY : tokenBudget(parts, options.maxLength);
  const lengths = [first.ids.length, second?.ids.length ?? 0] as const;
  const fitting = second === undefined ? [Math.min(lengths[0], budget), 0] : longestFirst(lengths, budget);
  const kept = options.wholeWords
    ? fitting.map((count, text) => wholeWordsWithin(texts[text] ?? first, count))
    : fitting;
  const ids: number[] = [];
  const typeIds: number[] = [];
  const wordIds: number[] = [];
  const textIds: number[] = [];
  for (const part of parts) {
    if ('token' in part) {
      ids.push(part.token);
      typeIds.push(part.typeId);
      wordIds.push(-1);
      textIds.push(-1);
      continue;
    }
    const pieces = part.text === 0 ? first : second!;
    const count = kept[part.text]!;
    for (let i = 0; i < count; i++) {
      ids.push(pieces.ids[i]!);
      typeIds.push(part.typeId);
      wordIds.push(pieces.wordIds[i]!);
      textIds.push(part.text);
    }
  }
  const truncated = kept[0]! < lengths[0] || kept[1]! < lengths[1];
  return { ids, typeIds, wordIds, textIds, truncated };
};
