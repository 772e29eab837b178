import { type WordConstraint, wordConstraint } from './constraint.ts';

/** What a similarity filter says about a word that its file does not have. */
export type UnknownWords =
  | 'refuse' // nothing could say that the meaning stays: leave the word alone
  | 'allow'; // as the published code does

/** What similarity filters are made from. */
export interface SimilarityOptions {
  /** SHA-256 of the file that it was read from; of a table without a file, whatever tells it from others. */
  readonly content?: string;
  /** Default `refuse`. */
  readonly unknown?: UnknownWords;
}

/**
 * One word must be among the neighbours of the other.
 *
 * @param table word → neighbours, lower case; a word is known when it has an entry or is a neighbour in one
 */
export function neighbourTable(
  table: ReadonlyMap<string, ReadonlySet<string>>,
  { unknown = 'refuse', content }: SimilarityOptions = {},
): WordConstraint {
  const words = new Set(table.keys());
  for (const neighbours of table.values()) for (const word of neighbours) words.add(word);
  const known = (word: string) => words.has(word.toLowerCase());
  const allowsUnknown = unknown === 'allow';
  return wordConstraint(
    {
      ...{ id: 'neighbour-table', version: 2, settings: { unknown } },
      ...(content !== undefined && { content }),
      name: `neighbours (table of ${words.size} words)`,
    },
    {
      allowsReplacing: (word) => allowsUnknown || known(word),
      allowsSubstitution: (from, to) => {
        const [a, b] = [from.toLowerCase(), to.toLowerCase()];
        if (!known(a) || !known(b)) return allowsUnknown;
        return (table.get(a)?.has(b) || table.get(b)?.has(a)) ?? false;
      },
    },
  );
}
