import { onceEach } from '../../base/once.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import { partsOfSpeech } from '../lexicon/wordnet-table.ts';
import { type WordConstraint, wordConstraint } from './constraint.ts';

/**
 * Senses of a lemma that count, most frequent first. Rarer ones tie together what few readers would (*awful* as
 * inspiring awe with *wonderful*); 4 keep four fifths of PPDB's synonyms related, 6 hardly more.
 */
export const frequentSenses = 4;

/** What a word of a text may become. */
export interface Reach {
  /** By part of speech: its senses and the synsets next to them. */
  readonly near: readonly ReadonlySet<number>[];
  /** Adjectives that its adverb senses are made of, and those that share a cluster with one as head or satellite. */
  readonly adjectives: ReadonlySet<number>;
}

/**
 * The two words must be related in WordNet in one part of speech: a shared synset (inflected forms of one lemma
 * too), one step up or down from kind to kind (nouns, verbs), a group of verb senses or see-also, an adjective and
 * the head of its cluster, adverbs made of such adjectives. Kinds of one kind (*comedy*, *tragedy*) are not related,
 * nor are satellites of one head: *wonderful* and *terrible* are both extraordinary. See-also links count as WordNet
 * has them, one in nine in one direction only.
 *
 * A word that WordNet does not know (a name, a number, a misspelling) is neither replaced nor put in: nothing
 * could say that the meaning stays.
 *
 * Source: the project's own, in place of counter-fitted vectors, which cannot ship; WordNet 3.1.
 */
export function wordnetRelated(wordnet: Wordnet): WordConstraint {
  const reachOf = onceEach((word: string) => findReach(wordnet, word));
  return wordConstraint(
    {
      ...{ id: 'wordnet-related', version: 2, content: wordnet.content() },
      name: 'related in WordNet 3.1',
    },
    {
      allowsReplacing: (word) => wordnet.knows(word),
      allowsSubstitution: (from, to) => {
        const reach = reachOf(from);
        const senses = wordnet.senses(to, frequentSenses);
        for (let part = 0; part < partsOfSpeech.length; part++) {
          if (anyIn(senses[part]!, reach.near[part]!)) return true;
        }
        return reach.adjectives.size > 0 && anyIn(madeOf(wordnet, senses[adverb]!), reach.adjectives);
      },
    },
  );
}

/** Place of adverbs among the parts of speech. */
export const adverb = partsOfSpeech.indexOf('r');

/** What a word may become. */
export function findReach(wordnet: Wordnet, word: string): Reach {
  const senses = wordnet.senses(word, frequentSenses);
  const near = partsOfSpeech.map((_, part) => neighbourhood(wordnet, senses[part]!));
  const adjectives = new Set(madeOf(wordnet, senses[adverb]!));
  for (const adjective of [...adjectives]) {
    for (const other of wordnet.related('similar', adjective)) adjectives.add(other);
  }
  return { near, adjectives };
}

/** Synsets that count as the same or next to the given ones. */
function neighbourhood(wordnet: Wordnet, senses: readonly number[]): ReadonlySet<number> {
  const near = new Set(senses);
  for (const synset of senses) {
    for (const to of wordnet.related('hypernym', synset)) near.add(to);
    for (const to of wordnet.related('hyponym', synset)) near.add(to);
    for (const to of wordnet.related('also', synset)) near.add(to);
    for (const to of wordnet.related('similar', synset)) near.add(to);
  }
  return near;
}

/** Adjective synsets that adverbs are made of. */
export const madeOf = (wordnet: Wordnet, adverbs: readonly number[]): readonly number[] =>
  adverbs.flatMap((synset) => Array.from(wordnet.related('toAdjective', synset)));

function anyIn(items: Iterable<number>, set: ReadonlySet<number>): boolean {
  for (const item of items) if (set.has(item)) return true;
  return false;
}
