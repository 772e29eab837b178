import { keepsArticle } from '../../attacks/constraints/article.ts';
import { type ConstraintName, parseConstraint } from '../../attacks/constraints/catalog.ts';
import { maxChangeRate } from '../../attacks/constraints/change-rate.ts';
import type { Constraint } from '../../attacks/constraints/constraint.ts';
import { noHomoglyphs } from '../../attacks/constraints/homoglyphs.ts';
import { sameInflection } from '../../attacks/constraints/inflection.ts';
import { knownWords } from '../../attacks/constraints/known-words.ts';
import { maskedFit } from '../../attacks/constraints/masked-fit.ts';
import { maxWords } from '../../attacks/constraints/max-words.ts';
import { oneWord } from '../../attacks/constraints/one-word.ts';
import { samePartOfSpeech } from '../../attacks/constraints/part-of-speech.ts';
import { perplexityRatio } from '../../attacks/constraints/perplexity.ts';
import { proposed } from '../../attacks/constraints/proposed.ts';
import { repeat } from '../../attacks/constraints/repeat.ts';
import { sentenceSimilarity } from '../../attacks/constraints/sentence-similarity.ts';
import { allowedPairs } from '../../attacks/constraints/word-pairs.ts';
import { wordnetSynonyms } from '../../attacks/constraints/wordnet-synonyms.ts';
import { contentHash } from '../../files/content-hash.ts';
import { embeddedWordnet } from './load-constraints.ts';
import { englishTagger } from './load-tagger.ts';
import { readSource } from './read-source.ts';

/** How each constraint of the catalogue is made. */
const makers: Readonly<Record<ConstraintName, (value: never) => Constraint>> = {
  repeat: () => repeat,
  'max-words': maxWords,
  'change-rate': maxChangeRate,
  homoglyphs: () => noHomoglyphs,
  'known-words': () => {
    const { exists: has, content } = embeddedWordnet();
    return knownWords({ has, source: 'WordNet 3.1', content: content() });
  },
  'one-word': () => oneWord,
  article: () => keepsArticle,
  synonyms: (senses: number) =>
    wordnetSynonyms({ senses, wordnet: embeddedWordnet(), tagger: englishTagger() }),
  pairs: (path: string) => {
    const expected = 'the path of a file of word pairs';
    const text = readSource(path, { what: 'Pairs', expected }).toString('utf8');
    return allowedPairs(text, { name: path, content: contentHash(text) });
  },
  'part-of-speech': () => samePartOfSpeech(englishTagger()),
  inflection: () => sameInflection({ tagger: englishTagger(), wordnet: embeddedWordnet() }),
  proposed: (most: number) => proposed({ most }),
  'masked-fit': (ratio: number) => maskedFit({ ratio }),
  'sentence-similarity': (threshold: number) =>
    sentenceSimilarity({ threshold, measure: 'angular', window: 15, against: 'current' }),
  'text-similarity': (threshold: number) => sentenceSimilarity({ threshold, measure: 'cosine' }),
  perplexity: (ratio: number) => perplexityRatio({ ratio }),
};

/**
 * Constraints by their names, cheap ones first whatever the order they are given in.
 * @param said each as `parseConstraint` reads it
 * @throws VdaError `usage` for what is none; what reading a file throws
 */
export function loadConstraints(said: readonly string[]): readonly Constraint[] {
  const names = Object.keys(makers);
  return said
    .map(parseConstraint)
    .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    .map(({ name, value }) => makers[name](value as never));
}
