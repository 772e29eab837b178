import { VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { type WordConstraint, wordConstraint } from './constraint.ts';

/**
 * Refuses to put in a word that a list names as the opposite of the one it would replace, either way round.
 *
 * @param text two words a line apart by white space; case and a language mark (`en_good`) are left aside
 * @param p.name what messages call it, such as the path of its file; `p.content`: what tells the list from others
 * @throws VdaError `bad-input` when a line has not two words
 */
export function antonymPairs(
  text: string,
  { name, content }: { readonly name: string; readonly content: string },
): WordConstraint {
  const pairs = new Set<string>();
  text.split('\n').forEach((line, index) => {
    const words = line.trim().toLowerCase().split(/\s+/).map(withoutLanguage);
    if (words.length === 1 && words[0] === '') return;
    if (words.length !== 2) {
      throw new VdaError(
        'bad-input',
        `${name}, line ${index + 1}: expected two words that are opposites, as in 'good bad'; got ${quotedExcerpt(line.trim())}.`,
      );
    }
    pairs.add(`${words[0]} ${words[1]}`);
  });
  return wordConstraint(
    {
      ...{ id: 'antonym-pairs', version: 1, content },
      name: `no antonyms (${pairs.size} pairs from a file)`,
    },
    {
      allowsSubstitution: (from, to) => {
        const [a, b] = [from.toLowerCase(), to.toLowerCase()];
        return !pairs.has(`${a} ${b}`) && !pairs.has(`${b} ${a}`);
      },
    },
  );
}

const withoutLanguage = (word: string): string => word.replace(/^[a-z]{2}_/, '');
