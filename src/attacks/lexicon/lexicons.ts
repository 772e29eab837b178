import { type PairsFile, parsePairs } from '../constraints/word-pairs.ts';
import type { Lexicon } from '../recipes/definition.ts';
import type { SimilaritySource } from './similarity-sources.ts';
import type { Wordnet } from './wordnet.ts';

/** Words of similar meaning from a file of neighbours (its order), or of vectors (by falling cosine, from the threshold on). */
export function lexiconOf(
  source: SimilaritySource,
  { content, threshold }: { readonly content: string; readonly threshold: number },
): Lexicon {
  if (source.kind === 'neighbours') {
    const { table } = source;
    return {
      content,
      substitutes: (word, most) => [...(table.get(word.toLowerCase()) ?? [])].slice(0, most),
    };
  }
  const { rows, dimension, values } = source.vectors;
  const words = [...rows.keys()];
  const nearest = new Map<number, readonly string[]>();
  const byCosine = (row: number): readonly string[] => {
    const own = values.subarray(row * dimension, (row + 1) * dimension);
    const close: { readonly word: string; readonly cosine: number }[] = [];
    for (let other = 0; other < words.length; other++) {
      if (other === row) continue;
      let cosine = 0;
      for (let i = 0; i < dimension; i++) cosine += own[i]! * values[other * dimension + i]!;
      if (cosine >= threshold) close.push({ word: words[other]!, cosine });
    }
    return close.sort((a, b) => b.cosine - a.cosine).map(({ word }) => word);
  };
  return {
    content,
    substitutes: (word, most) => {
      const row = rows.get(word.toLowerCase());
      if (row === undefined) return [];
      if (!nearest.has(row)) nearest.set(row, byCosine(row));
      return nearest.get(row)!.slice(0, most);
    },
  };
}

/**
 * Words that a list of pairs names beside a word, either way round.
 * @throws VdaError `bad-input` when a line has not two words
 */
export function pairsLexicon(text: string, { name, content }: PairsFile): Lexicon {
  const beside = parsePairs(text, { name, like: "alike, as in 'film movie'" }).beside();
  return { content, substitutes: (word, most) => [...(beside.get(word.toLowerCase()) ?? [])].slice(0, most) };
}

/** Lemmas that share a synset with a word, then those of the synsets next to it, most frequent sense first. */
export const wordnetLexicon = (wordnet: Wordnet): Lexicon => ({
  content: wordnet.content(),
  substitutes: (word, most) => {
    const senses = wordnet.senses(word).flat();
    const next = senses.flatMap((synset) =>
      (['similar', 'hypernym', 'hyponym'] as const).flatMap((relation) =>
        Array.from(wordnet.related(relation, synset)),
      ),
    );
    const found = new Set([...senses, ...next].flatMap((synset) => wordnet.wordsOf(synset)));
    for (const lemma of wordnet.lemmas(word)) found.delete(lemma);
    return [...found].slice(0, most);
  },
});

/** Lemmas that share a synset with a word, most frequent sense first, in any part of speech. Source: Ren et al. 2019, §3.2.1. */
export const wordnetSynonyms = (wordnet: Wordnet): Lexicon => ({
  content: `synonyms of ${wordnet.content()}`,
  substitutes: (word, most) => {
    const found = new Set(
      wordnet.senses(word).flatMap((senses) => senses.flatMap((synset) => wordnet.wordsOf(synset))),
    );
    for (const lemma of wordnet.lemmas(word)) found.delete(lemma);
    return [...found].slice(0, most);
  },
});
