import type { Wordnet } from '../lexicon/wordnet.ts';
import { partsOfSpeech } from '../lexicon/wordnet-file.ts';
import type { Constraint } from './constraint.ts';

/** Senses of a lemma that count, most frequent first: rarer ones tie words together that few readers would. */
const frequentSenses = 6;

/**
 * The two words must be related in WordNet in one part of speech: a shared synset (inflected forms of one lemma
 * too), one step up or down from kind to kind (nouns, verbs), a group of verb senses or see-also, adjectives of
 * one cluster (satellites of the same head), adverbs made of such adjectives. Kinds of one kind (*comedy*,
 * *tragedy*) are not related.
 *
 * A word that WordNet does not know (a name, a number, a misspelling) is neither replaced nor put in: nothing
 * could say that the meaning stays.
 *
 * Source: the project's own, in place of counter-fitted vectors, which cannot ship; WordNet 3.1.
 */
export function wordnetRelated(wordnet: Wordnet): Constraint {
  const known = (word: string) => wordnet.knows(word);
  const reached = new Map<string, readonly ReadonlySet<number>[]>();
  const reachOf = (word: string) => {
    let reach = reached.get(word);
    if (reach === undefined) {
      const senses = wordnet.senses(word, frequentSenses);
      reach = partsOfSpeech.map((_, part) => neighbourhood(wordnet, part, senses[part]!));
      reached.set(word, reach);
    }
    return reach;
  };
  return {
    name: 'related in WordNet 3.1',
    allowsReplacing: known,
    allowsSubstitution: (from, to) => {
      if (!known(from) || !known(to)) return false;
      const [a, b] = [wordnet.senses(from, frequentSenses), wordnet.senses(to, frequentSenses)];
      const [nearA, nearB] = [reachOf(from), reachOf(to)];
      return partsOfSpeech.some(
        (part, p) =>
          b[p]!.some((synset) => nearA[p]!.has(synset)) ||
          a[p]!.some((synset) => nearB[p]!.has(synset)) ||
          (part === 'r' && overlap(adjectivesOf(wordnet, nearA[p]!), adjectivesOf(wordnet, nearB[p]!))),
      );
    },
  };
}

/** Synsets that count as the same or next to the given ones. */
function neighbourhood(wordnet: Wordnet, part: number, senses: readonly number[]): ReadonlySet<number> {
  const near = new Set(senses);
  for (const synset of senses) {
    for (const to of wordnet.related('hypernym', synset)) near.add(to);
    for (const to of wordnet.related('also', synset)) near.add(to);
    for (const head of wordnet.related('similar', synset)) {
      near.add(head);
      if (partsOfSpeech[part] === 'a')
        for (const sister of wordnet.related('similar', head)) near.add(sister);
    }
  }
  return near;
}

/** Adjective synsets that adverbs are made of, with the heads of their clusters. */
function adjectivesOf(wordnet: Wordnet, adverbs: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const adverb of adverbs) {
    for (const adjective of wordnet.related('toAdjective', adverb)) {
      found.add(adjective);
      for (const head of wordnet.related('similar', adjective)) found.add(head);
    }
  }
  return found;
}

const overlap = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean => {
  for (const item of a) if (b.has(item)) return true;
  return false;
};
