import { argument, VdaError } from '../../base/error.ts';

/** What a named constraint may be given after `=`. */
interface ValueRule {
  readonly kind: 'number' | 'integer' | 'file';
  readonly min?: number;
  readonly max?: number;
  /** Absent: it must be given. */
  readonly usual?: number;
}

interface CatalogEntry {
  readonly summary: string;
  readonly value?: ValueRule;
  /** The model that it asks. */
  readonly asks?: 'encoder' | 'maskedLm';
}

/** Constraints that any attack may be given beside its own, by name; in the order in which they are asked. */
export const constraintCatalog = {
  repeat: { summary: 'a word is changed once' },
  'max-words': { summary: 'at most n words change', value: { kind: 'integer', min: 1 } },
  'change-rate': {
    summary: 'at most this share of the words changes',
    value: { kind: 'number', min: 0, max: 1 },
  },
  homoglyphs: { summary: 'letters of the same script' },
  'known-words': { summary: 'words that WordNet has, in forms as they are spelt' },
  'one-word': { summary: 'one word for one: nothing put in, left out or merged' },
  article: { summary: 'a and an fit the word after them' },
  synonyms: {
    summary: 'a synset shared among the first n senses (2), in the part of speech that the word has',
    value: { kind: 'integer', min: 1, usual: 2 },
  },
  pairs: { summary: 'only the pairs of a file, two words a line', value: { kind: 'file' } },
  'part-of-speech': { summary: 'same part of speech in context' },
  inflection: { summary: 'same number, tense and degree' },
  proposed: {
    summary: 'among the n words that the masked LM puts in place of the one that it sees (48)',
    value: { kind: 'integer', min: 1, usual: 48 },
    asks: 'maskedLm',
  },
  'masked-fit': {
    summary: 'the masked LM finds what comes at most so many times less likely in its place (3)',
    value: { kind: 'number', min: 0, usual: 3 },
    asks: 'maskedLm',
  },
  'sentence-similarity': {
    summary: 'least similarity of the sentence encoder, angular, in a window of 15 words (0.84)',
    value: { kind: 'number', min: -1, max: 1, usual: 0.84 },
    asks: 'encoder',
  },
  'text-similarity': {
    summary: 'least cosine of the sentence encoder, of the whole text (0.9)',
    value: { kind: 'number', min: -1, max: 1, usual: 0.9 },
    asks: 'encoder',
  },
  perplexity: {
    summary: 'the masked LM is at most so many times as surprised around the edit (3)',
    value: { kind: 'number', min: 0, usual: 3 },
    asks: 'maskedLm',
  },
} as const satisfies Readonly<Record<string, CatalogEntry>>;

export type ConstraintName = keyof typeof constraintCatalog;

/** A constraint by name, as `synonyms` or `synonyms=1` ask for it. */
export interface NamedConstraint {
  readonly name: ConstraintName;
  /** Undefined for a constraint without one. */
  readonly value: number | string | undefined;
}

/**
 * Reads `name` or `name=value`.
 * @throws VdaError `usage` for a name that is none, a value that is missing, out of range, or one too many
 */
export function parseConstraint(said: string): NamedConstraint {
  const read = readConstraint(said);
  if (typeof read !== 'string') return read;
  throw new VdaError('usage', read);
}

/** {@link parseConstraint}, with a sentence in place of what it throws. */
export function readConstraint(said: string): NamedConstraint | string {
  const at = said.indexOf('=');
  const [name, given] = at < 0 ? [said, undefined] : [said.slice(0, at), said.slice(at + 1)];
  if (!Object.hasOwn(constraintCatalog, name)) {
    return unfit(said, `one of ${Object.keys(constraintCatalog).join(', ')}`);
  }
  const own = name as ConstraintName;
  const { value: rule }: CatalogEntry = constraintCatalog[own];
  if (rule === undefined) {
    if (given !== undefined) return unfit(said, `${name} without a value`);
    return { name: own, value: undefined };
  }
  if (rule.kind === 'file') {
    if (given === undefined || given === '') return unfit(said, `${name}=FILE`);
    return { name: own, value: given };
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, kind } = rule;
  const value = given === undefined ? rule.usual : given.trim() === '' ? Number.NaN : Number(given);
  const fits = value !== undefined && value >= min && value <= max;
  if (!fits || (kind === 'integer' && !Number.isInteger(value))) {
    const upTo = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `from ${min} to ${max}`;
    return unfit(said, `${name}= and ${kind === 'integer' ? 'a whole number' : 'a number'} ${upTo}`);
  }
  return { name: own, value };
}

const unfit = (said: string, expected: string): string =>
  `${argument('constraints')}: expected ${expected}; got ${JSON.stringify(said)}.`;

/** Whether a constraint, said as {@link parseConstraint} reads it, asks this model. */
export const constraintAsks = (said: string, model: 'encoder' | 'maskedLm'): boolean => {
  const { asks }: CatalogEntry = constraintCatalog[parseConstraint(said).name];
  return asks === model;
};
