import { adverb, findReach, frequentSenses, madeOf } from '../constraints/wordnet-related.ts';
import type { Lexicon } from '../recipes/definition.ts';
import type { Wordnet } from './wordnet.ts';
import { partsOfSpeech } from './wordnet-table.ts';

/**
 * The words of a list that `wordnetRelated` lets stand in for a word, in the order of the list: its rule read backwards, over an index of
 * the list's senses, so that no pair of words has to be asked.
 *
 * @param words the words there are, such as a vocabulary
 */
export function relatedWords(wordnet: Wordnet, words: readonly string[]): Lexicon {
  const bySynset = partsOfSpeech.map(() => new Map<number, number[]>());
  const byAdjective = new Map<number, number[]>();
  const put = (index: Map<number, number[]>, synset: number, word: number) => {
    const own = index.get(synset);
    if (own) own.push(word);
    else index.set(synset, [word]);
  };
  for (const [i, word] of words.entries()) {
    const senses = wordnet.senses(word, frequentSenses);
    for (const [part, synsets] of senses.entries())
      for (const synset of synsets) put(bySynset[part]!, synset, i);
    for (const adjective of madeOf(wordnet, senses[adverb]!)) put(byAdjective, adjective, i);
  }
  return {
    content: wordnet.content(),
    substitutes: (word, most) => {
      if (!wordnet.knows(word)) return [];
      const { near, adjectives } = findReach(wordnet, word);
      const found = new Set<number>();
      for (const [part, synsets] of near.entries())
        for (const synset of synsets) for (const i of bySynset[part]!.get(synset) ?? []) found.add(i);
      for (const adjective of adjectives) for (const i of byAdjective.get(adjective) ?? []) found.add(i);
      return [...found]
        .sort((a, b) => a - b)
        .map((i) => words[i]!)
        .slice(0, most);
    },
  };
}
