import type { Wordnet } from '../lexicon/wordnet.ts';
import { partsOfSpeech } from '../lexicon/wordnet-table.ts';
import { type WordConstraint, wordConstraint } from './constraint.ts';

/**
 * The two words must be synonyms in frequent senses: a synset among the first `senses` of each in one part of speech, or an
 * adjective and the head of its cluster. Stricter than `wordnetRelated`: no step from kind to kind, no see-also.
 *
 * Source: Ren et al. 2019 (PWWS) take a word's synonyms from its synsets; first senses as in Alzantot's and A2T's reviews of
 * WordNet candidates. WordNet 3.1, whose senses stand by falling frequency.
 */
export function wordnetSynonyms(wordnet: Wordnet, { senses }: { readonly senses: number }): WordConstraint {
  return wordConstraint(
    {
      ...{ id: 'wordnet-synonyms', version: 1, settings: { senses }, content: wordnet.content() },
      name: `synonyms in the first ${senses} senses (WordNet 3.1)`,
    },
    {
      allowsReplacing: (word) => wordnet.knows(word),
      allowsSubstitution: (from, to) => {
        const [a, b] = [wordnet.senses(from, senses), wordnet.senses(to, senses)];
        return partsOfSpeech.some((_, part) =>
          a[part]!.some((one) => {
            const heads = [one, ...wordnet.related('similar', one)];
            return b[part]!.some((other) => heads.includes(other));
          }),
        );
      },
    },
  );
}
