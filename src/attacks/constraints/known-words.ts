import { type WordConstraint, wordConstraint } from './constraint.ts';

/**
 * A word that is put in must exist: *stales* and *glassing* are no words of a reader's.
 *
 * @param p.has whether a word exists, such as `wordnet.exists`, or a set of the words of a frequency list (lower case)
 * @param p.source what it knows them from, for the table
 */
export const knownWords = ({
  has,
  source,
  content,
}: {
  readonly has: (word: string) => boolean;
  readonly source: string;
  readonly content: string;
}): WordConstraint =>
  wordConstraint(
    { ...{ id: 'known-words', version: 1, content }, name: `words that exist (${source})` },
    { allowsSubstitution: (_from, to) => has(to.toLowerCase()) },
  );
