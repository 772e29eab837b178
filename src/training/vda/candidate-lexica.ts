import { wordnetRelated } from '../../attacks/constraints/wordnet-related.ts';
import { lexiconOf, pairsLexicon } from '../../attacks/lexicon/lexicons.ts';
import { relatedWords } from '../../attacks/lexicon/related-words.ts';
import { bare } from '../../attacks/recipe.ts';
import type { Lexicon } from '../../attacks/recipes/definition.ts';
import type { Part } from '../../base/part.ts';
import { contentHash } from '../../files/content-hash.ts';
import { embeddedWordnet, readSimilarity } from '../../runs/lexica/load-constraints.ts';
import { readSource } from '../../runs/lexica/read-source.ts';
import type { LexiconSource } from '../../strategies/vda/candidate-sources.ts';

/** A lexicon that substitutes are taken from. */
export interface CandidateLexicon {
  /** What it is, by content. */
  readonly part: Part;
  /** Its words in place of one. @param words the words there are */
  lexiconAmong(words: readonly string[]): Lexicon;
}

/** Least cosine of word vectors that are neighbours, as in the attack's filters. */
const leastCosine = 0.7;

/**
 * A source's lexicon.
 * @throws VdaError `not-found` or `bad-input` of a file
 */
export function loadCandidateLexicon(source: LexiconSource): CandidateLexicon {
  switch (source.kind) {
    case 'wordnet': {
      const wordnet = embeddedWordnet();
      return { part: bare(wordnetRelated(wordnet)), lexiconAmong: (words) => relatedWords(wordnet, words) };
    }
    case 'neighbours': {
      const { content, ...file } = readSimilarity(source.path);
      const settings = file.kind === 'vectors' ? { leastCosine } : {};
      const lexicon = lexiconOf(file, { content, threshold: leastCosine });
      return { part: { id: 'neighbours', version: 1, content, settings }, lexiconAmong: () => lexicon };
    }
    case 'pairs': {
      const expected = 'a file of word pairs';
      const text = readSource(source.path, { what: 'Candidates', expected }).toString('utf8');
      const content = contentHash(text);
      const lexicon = pairsLexicon(text, { name: source.path, content });
      return { part: { id: 'pairs', version: 1, content }, lexiconAmong: () => lexicon };
    }
  }
}
