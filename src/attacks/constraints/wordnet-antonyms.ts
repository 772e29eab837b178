import { onceEach } from '../../base/once.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import { type WordConstraint, wordConstraint } from './constraint.ts';

/** What a negating prefix or suffix does to a word: *likely*, *unlikely*; *useful*, *useless*. */
const negatingPrefix = /^(?:un|in|im|il|ir|dis|non|mis|anti|counter|de)-?/;

/**
 * Refuses opposites. Two words are opposites when, in any sense of any lemma they may be forms of,
 * - their synsets, or the kinds one step above them (nouns, verbs), are antonyms;
 * - they are adjectives whose clusters have antonymous heads (*terrible* ~ bad ⟂ good ~ *superb*);
 * - they are nouns, verbs or adverbs made of such adjectives (*badly*, *goodness*);
 * - one is the other with a negating prefix, or *-ful* against *-less*.
 *
 * Looking at all senses refuses some harmless pairs; it lets fewer opposites pass.
 *
 * Source: Li et al. 2020, §3: antonyms are filtered for sentiment tasks; the way is the project's own. WordNet 3.1.
 */
export function wordnetAntonyms(wordnet: Wordnet): WordConstraint {
  const polesOf = onceEach((word: string) => findPoles(wordnet, word));
  return wordConstraint(
    {
      ...{ id: 'wordnet-antonyms', version: 2, content: wordnet.content() },
      name: 'no antonyms (WordNet 3.1)',
    },
    {
      allowsSubstitution: (from, to) => {
        const [a, b] = [polesOf(from), polesOf(to)];
        if (meet(a.at, b.against) || meet(b.at, a.against)) return false;
        return !differByNegation(a.lemmas, b.lemmas);
      },
    },
  );
}

/** Where a word stands, and what it stands against. */
interface Poles {
  readonly at: ReadonlySet<number>;
  readonly against: ReadonlySet<number>;
  readonly lemmas: ReadonlySet<string>;
}

function findPoles(wordnet: Wordnet, word: string): Poles {
  const at = new Set(wordnet.senses(word).flat());
  const step = (relation: 'hypernym' | 'toAdjective' | 'similar') => {
    for (const synset of [...at]) for (const to of wordnet.related(relation, synset)) at.add(to);
  };
  step('hypernym');
  step('toAdjective');
  step('similar');
  const against = new Set<number>();
  for (const synset of at) for (const to of wordnet.related('antonym', synset)) against.add(to);
  return { at, against, lemmas: wordnet.lemmas(word) };
}

function meet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const item of b) if (a.has(item)) return true;
  return false;
}

function differByNegation(from: ReadonlySet<string>, to: ReadonlySet<string>): boolean {
  for (const a of from) {
    for (const b of to) {
      if (a === b) continue;
      const [short, long] = a.length < b.length ? [a, b] : [b, a];
      if (long.endsWith(short) && long.replace(negatingPrefix, '') === short) return true;
      if (a.endsWith('ful') && b === `${a.slice(0, -3)}less`) return true;
      if (b.endsWith('ful') && a === `${b.slice(0, -3)}less`) return true;
    }
  }
  return false;
}
