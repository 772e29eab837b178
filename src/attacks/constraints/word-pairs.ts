import { VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { type WordConstraint, wordConstraint } from './constraint.ts';

/** Pairs of words read from text. */
export interface PairsFile {
  /** What messages call it, such as the path of its file. */
  readonly name: string;
  /** What tells the list from others. */
  readonly content: string;
}

/**
 * Refuses to put in a word that a list names as the opposite of the one it would replace, either way round.
 *
 * @param text two words a line apart by white space; case and a language mark (`en_good`) are left aside
 * @throws VdaError `bad-input` when a line has not two words
 */
export function antonymPairs(text: string, { name, content }: PairsFile): WordConstraint {
  const { count, has } = parsePairs(text, { name, like: "opposites, as in 'good bad'" });
  return wordConstraint(
    { ...{ id: 'antonym-pairs', version: 1, content }, name: `no antonyms (${count} pairs from a file)` },
    { allowsSubstitution: (from, to) => !has(from, to) },
  );
}

/**
 * A word gives way only to one that a list names beside it, either way round; what the list does not have stays.
 *
 * Source: lists of paraphrases such as PPDB (Pavlick et al. 2015), as counter-fitting takes them (Mrkšić et al. 2016).
 *
 * @param text as {@link antonymPairs}
 * @throws VdaError `bad-input` when a line has not two words
 */
export function allowedPairs(text: string, { name, content }: PairsFile): WordConstraint {
  const { count, has, words } = parsePairs(text, { name, like: "alike, as in 'film movie'" });
  return wordConstraint(
    { ...{ id: 'allowed-pairs', version: 1, content }, name: `paraphrases (${count} pairs from a file)` },
    { allowsReplacing: (word) => words.has(word.toLowerCase()), allowsSubstitution: has },
  );
}

/**
 * Reads a list of pairs.
 * @throws VdaError `bad-input` when a line has not two words
 */
export function parsePairs(text: string, { name, like }: { readonly name: string; readonly like: string }) {
  const pairs = new Set<string>();
  text.split('\n').forEach((line, index) => {
    const words = line.trim().toLowerCase().split(/\s+/).map(withoutLanguage);
    if (words.length === 1 && words[0] === '') return;
    if (words.length !== 2) {
      throw new VdaError(
        'bad-input',
        `${name}, line ${index + 1}: expected two words that are ${like}; got ${quotedExcerpt(line.trim())}.`,
      );
    }
    pairs.add(`${words[0]} ${words[1]}`);
  });
  return {
    count: pairs.size,
    words: new Set([...pairs].flatMap((pair) => pair.split(' '))),
    has: (from: string, to: string) => {
      const [a, b] = [from.toLowerCase(), to.toLowerCase()];
      return pairs.has(`${a} ${b}`) || pairs.has(`${b} ${a}`);
    },
    /** Words that stand beside each word, in the order of the list. */
    beside: () => {
      const found = new Map<string, Set<string>>();
      const put = (from: string, to: string) => {
        if (!found.has(from)) found.set(from, new Set());
        found.get(from)!.add(to);
      };
      for (const pair of pairs) {
        const [a, b] = pair.split(' ') as [string, string];
        put(a, b);
        put(b, a);
      }
      return found as ReadonlyMap<string, ReadonlySet<string>>;
    },
  };
}

const withoutLanguage = (word: string): string => word.replace(/^[a-z]{2}_/, '');
