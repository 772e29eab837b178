import { argument, VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import type { Tokenizer } from '../text/tokenizer.ts';

/** How a masked language model is asked for a class: by the word that it would put into a sentence about the text. */
export interface Prompt {
  /** The sentence: `{text}` stands for the text, or both texts of a pair, `[MASK]` for the word. */
  readonly template: string;
  /** The words that stand for each class, in the order of the classes; a class is as likely as the likeliest of its words. */
  readonly labelWords: readonly (readonly string[])[];
}

/** A prompt in a model's own tokens. */
export interface PromptTokens {
  /** Around the text, within the special tokens that begin and end an input. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Where the mask is: its distance from the first token, or that from the end of the input. */
  readonly mask: { readonly fromStart: number } | { readonly fromEnd: number };
  readonly labelWords: readonly (readonly number[])[];
}

const [textSlot, maskSlot] = ['{text}', '[MASK]'];

/**
 * A prompt in the tokens of a vocabulary. White space before a slot of the text is not read.
 * @throws VdaError `usage` unless the template has both slots once and its words are known; for a label word that is not one token,
 *   or stands for two classes; `unsupported` for a tokenizer that puts other than one special token around a text
 */
export function promptTokens({ template, labelWords }: Prompt, tokenizer: Tokenizer): PromptTokens {
  const isOnce = (slot: string) => template.split(slot).length === 2;
  if (!isOnce(textSlot) || !isOnce(maskSlot)) {
    throw refused(
      'promptTemplate',
      `expected a sentence with ${textSlot} and ${maskSlot} in it once each, such as "${textSlot} It was ${maskSlot}."; got ${quotedExcerpt(template)}`,
    );
  }
  if (tokenizer.encode('').ids.length !== 2) {
    throw new VdaError(
      'unsupported',
      'A prompt stands between the special tokens that begin and end an input, and the tokenizer of this model puts other than one at each end. Train without a prompt.',
    );
  }
  const tokensOf = (text: string): readonly number[] => tokenizer.encode(text).ids.slice(1, -1);
  const maskToken = tokenizer.tokenOf(tokenizer.maskId);
  const [before, after] = template
    .split(textSlot)
    .map((part) => tokensOf(part.trimEnd().replace(maskSlot, () => maskToken))) as [number[], number[]];
  if ([...before, ...after].includes(tokenizer.unkId)) {
    throw refused('promptTemplate', `a word of ${quotedExcerpt(template)} is not in the vocabulary`);
  }
  const inFront = before.indexOf(tokenizer.maskId);
  const mask =
    inFront >= 0
      ? { fromStart: 1 + inFront }
      : { fromEnd: after.length - after.indexOf(tokenizer.maskId) + 1 };
  return { before, after, mask, labelWords: labelWordTokens(labelWords, { tokensOf, tokenizer }) };
}

function labelWordTokens(
  labelWords: Prompt['labelWords'],
  p: { readonly tokensOf: (text: string) => readonly number[]; readonly tokenizer: Tokenizer },
): readonly (readonly number[])[] {
  const seen = new Set<number>();
  return labelWords.map((words) =>
    words.map((word) => {
      const tokens = p.tokensOf(` ${word}`); // as within a sentence: byte-level vocabularies tell the two apart
      const [id] = tokens;
      if (id === undefined || tokens.length > 1 || id === p.tokenizer.unkId) {
        const pieces = tokens.map((token) => p.tokenizer.tokenOf(token)).join(' ');
        throw refused(
          'labelWords',
          `${quotedExcerpt(word)} is ${tokens.length === 1 ? 'not in the vocabulary' : `${tokens.length} tokens (${pieces})`}; expected a word that is one token`,
        );
      }
      if (seen.has(id)) throw refused('labelWords', `${quotedExcerpt(word)} stands there twice`);
      seen.add(id);
      return id;
    }),
  );
}

const refused = (name: string, what: string): VdaError =>
  new VdaError('usage', `${argument(name)}: ${what}.`);
