import type { Example } from '../data/dataset.ts';
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';

/** Examples with what the model reads of them. */
export interface EncodedExamples {
  readonly examples: readonly Example[];
  readonly encodings: readonly Encoding[];
  /** How many texts were cut to the maximum length. */
  readonly truncated: number;
}

/** Tokenises examples, cut to `maxLength` tokens between words. */
export function encodeExamples(
  examples: readonly Example[],
  { tokenizer, maxLength }: { readonly tokenizer: Tokenizer; readonly maxLength: number },
): EncodedExamples {
  const encodings = examples.map(({ text, textPair }) =>
    tokenizer.encode(text, {
      ...{ maxLength, wholeWords: true },
      ...(textPair === undefined ? {} : { pair: textPair }),
    }),
  );
  return { examples, encodings, truncated: encodings.filter(({ truncated }) => truncated).length };
}

/** Says how many texts were cut, where any was. */
export function sayTruncated(
  { examples, truncated }: Pick<EncodedExamples, 'examples' | 'truncated'>,
  p: { readonly name: string; readonly maxLength: number; readonly say: (line: string) => void },
): void {
  if (truncated > 0)
    p.say(`${truncated} of ${examples.length} ${p.name} texts are cut to ${p.maxLength} tokens.`);
}

/** The texts of each epoch: always as many, but not always the same. */
export interface EpochTexts {
  readonly size: number;
  /** @param at.isStart whether the weights are those of the epoch's start */
  of(epoch: number, at: { readonly isStart: boolean }): EncodedExamples | Promise<EncodedExamples>;
}

/** The same texts in every epoch. */
export const everyEpoch = (texts: EncodedExamples): EpochTexts => ({
  size: texts.examples.length,
  of: () => texts,
});
