import { VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { contentHash } from '../../files/content-hash.ts';
import type { Constraint } from './constraint.ts';
import { readSource } from './read-source.ts';

/**
 * Refuses to put in a word that a list names as the opposite of the one it would replace, either way round.
 *
 * @param path text file, two words a line apart by white space; case and a language mark (`en_good`) are left aside
 * @throws VdaError `not-found` when the file cannot be read, `bad-input` when a line has not two words
 */
export function antonymPairs(path: string): Constraint {
  const pairs = new Set<string>();
  const expected = 'wordnet, none, or the path of a file of word pairs';
  const text = readSource(path, { what: 'Antonyms', expected }).toString('utf8');
  text.split('\n').forEach((line, index) => {
    const words = line.trim().toLowerCase().split(/\s+/).map(withoutLanguage);
    if (words.length === 1 && words[0] === '') return;
    if (words.length !== 2) {
      throw new VdaError(
        'bad-input',
        `${path}, line ${index + 1}: expected two words that are opposites, as in 'good bad'; got ${quotedExcerpt(line.trim())}.`,
      );
    }
    pairs.add(`${words[0]} ${words[1]}`);
  });
  return {
    ...{ id: 'antonym-pairs', version: 1, content: contentHash(text) },
    name: `no antonyms (${pairs.size} pairs from a file)`,
    allowsSubstitution: (from, to) => {
      const [a, b] = [from.toLowerCase(), to.toLowerCase()];
      return !pairs.has(`${a} ${b}`) && !pairs.has(`${b} ${a}`);
    },
  };
}

const withoutLanguage = (word: string): string => word.replace(/^[a-z]{2}_/, '');
