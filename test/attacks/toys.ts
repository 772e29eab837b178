import type { MaskedLanguageModel, PieceCandidates, WordCandidates } from '../../src/attacks/masked-lm.ts';
import type { Victim, VictimInput } from '../../src/attacks/victim.ts';

/** A well-mixed 32-bit number from a text and a seed (FNV-1a, then a xorshift-multiply finish). */
export function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

const letters = [...'abcdefgh'];
const unk = '[UNK]';
/** Ids: 8 letters that begin a word, the same going on, one special token, one full stop. */
const tokens = [...letters, ...letters.map((letter) => `##${letter}`), unk, '.'];

/** The toy language: a word is a run of letters a–h, each letter a piece; other characters are full stops. */
const piecesOf = (word: string): number[] =>
  [...word].map((letter, i) => {
    const at = letters.indexOf(letter.toLowerCase());
    return at < 0 ? tokens.length - 1 : at + (i > 0 ? letters.length : 0);
  });

/** A masked LM whose ranking at each piece is a shuffle drawn from the text. Words past `length` are cut off. */
export function toyMaskedLm(
  seed: number,
  { length = 1000 } = {},
): MaskedLanguageModel & { readonly calls: number[] } {
  const calls: number[] = [];
  const ranked = (key: string, topK: number): PieceCandidates => {
    const ids = tokens
      .map((_, id) => id)
      .sort((a, b) => hash(`${key} ${a}`, seed) - hash(`${key} ${b}`, seed));
    const kept = ids.slice(0, topK);
    return { ids: kept, logProbs: kept.map((_, rank) => -(rank + 1) / 4) };
  };
  return {
    calls,
    unmaskedCandidates: async (inputs, { topK }) => {
      calls.push(inputs.length);
      return inputs.map(({ words, context }) =>
        words.map((word, index): WordCandidates => {
          const pieces = index < length ? piecesOf(word) : [];
          const read = context === undefined ? words.join(' ') : `${context}|${words.join(' ')}`;
          const candidates = pieces.map((_, place) => ranked(`${read}/${index}/${place}`, topK));
          return { pieces, candidates };
        }),
      );
    },
    maskToken: '[MASK]',
    maskedCandidates: async (inputs, { topK }) => {
      calls.push(inputs.length);
      return inputs.map(({ words, context }) =>
        words.slice(0, length).some((word) => word.includes('[MASK]'))
          ? ranked(`${context}|${words.join(' ')}`, topK)
          : { ids: [], logProbs: [] },
      );
    },
    loss: async (sequences) => sequences.map((ids) => (hash(ids.join(','), seed) % 8) / 8),
    isContinuation: (id) => tokens[id]!.startsWith('##'),
    isSpecial: (id) => tokens[id] === unk,
    textOf: (ids) =>
      ids.reduce((text, id) => {
        const token = tokens[id]!;
        return token.startsWith('##') ? text + token.slice(2) : text === '' ? token : `${text} ${token}`;
      }, ''),
  };
}

export interface ToyVictim extends Victim {
  /** Inputs of each call. */
  readonly calls: (readonly VictimInput[])[];
}

/**
 * A bag of words: the logit of class c is the sum of small whole numbers drawn for (word, c), so equal scores are
 * common and sums are exact whatever the order.
 */
export function toyVictim(seed: number, { classes = 2 } = {}): ToyVictim {
  return victimWith((input) => softmaxOfHalf(sumsOf(input, { seed, classes, levels: 5 })), classes);
}

/**
 * A bag of words that answers its logits times a factor. They are sums of whole numbers up to 2²⁰, exact whatever the order, so
 * that texts tie only where they have the same words: a factor cannot round such a tie away.
 */
export function toyLogits(seed: number, { classes = 2, factor = 1 } = {}): ToyVictim {
  const logits = (input: VictimInput) =>
    sumsOf(input, { seed, classes, levels: 2 ** 20 + 1 }).map((sum) => factor * (sum / 2 ** 19));
  return { ...victimWith(logits, classes), answers: 'logits' };
}

function victimWith(rowOf: (input: VictimInput) => number[], classes: number): ToyVictim {
  const calls: (readonly VictimInput[])[] = [];
  return {
    calls,
    labels: Array.from({ length: classes }, (_, c) => `class ${c}`),
    unkToken: unk,
    maskToken: '[MASK]',
    classify: async (inputs) => {
      calls.push(inputs);
      return inputs.map(rowOf);
    },
  };
}

/** For each class the sum over words of a whole number drawn for both, from −⌊levels/2⌋ to ⌊levels/2⌋. */
function sumsOf(
  { text, textPair }: VictimInput,
  { seed, classes, levels }: { seed: number; classes: number; levels: number },
): number[] {
  const words = [
    ...text.split(/\s+/),
    ...(textPair === undefined ? [] : textPair.split(/\s+/).map((w) => `2${w}`)),
  ];
  const least = (levels - 1) / 2;
  const draw = (word: string, c: number) => (hash(`${word}|${c}`, seed) % levels) - least;
  return Array.from({ length: classes }, (_, c) =>
    words.reduce((sum, word) => sum + (word === '' ? 0 : draw(word, c)), 0),
  );
}

function softmaxOfHalf(logits: readonly number[]): number[] {
  const weights = logits.map((logit) => Math.exp(logit / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
