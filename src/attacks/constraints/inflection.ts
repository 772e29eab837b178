import { inflectionsOf, isPlainlyAdverb, participleOf } from '../lexicon/inflection.ts';
import type { Tagger } from '../lexicon/tagger.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import type { Constraint } from './constraint.ts';
import { tagsOfChange } from './tagged-change.ts';

/**
 * A word gives way to one in the same form: singular or plural, the same tense, the same degree. *leans* is not replaced by
 * *lean*, nor *pages* by *pagees*. The form is taken in the part of speech that the replaced word has where it stands, and what
 * comes must do for every form that it may have there: *wrote* gives way to *told*, *told* not to *wrote*. Besides
 * - what makes (*frustrating*) is not what is made so (*frustrated*), whatever part of speech they are taken for;
 * - an adverb that says so (*fully*) does not give way to an adjective that may stand for one (*full*);
 * - where WordNet has the word, but not in the part of speech of the tagger, one of them is wrong, and the word stays.
 *
 * A word that WordNet does not have, or that does not inflect, is not judged.
 *
 * Source: the project's own, over the inflection rules of morph(7WN).
 */
export const sameInflection = ({
  tagger,
  wordnet,
}: {
  readonly tagger: Tagger;
  readonly wordnet: Wordnet;
}): Constraint => ({
  // 1: one form in common was enough, a lemma counted as a base form, and participles and adverbs were adjectives and lemmas
  ...{ id: 'inflection', version: 2, settings: { tagger: tagger.identity }, content: wordnet.content() },
  name: 'same number, tense and degree (WordNet 3.1)',
  after: (change) => {
    const tags = tagsOfChange(change, tagger);
    if (tags === undefined || tags.from === 'other' || !wordnet.knows(change.from)) return true;
    const from = inflectionsOf(change.from, tags.from, wordnet);
    const to = new Set(inflectionsOf(change.to, tags.from, wordnet));
    if (from.length === 0 || !from.every((form) => to.has(form))) return false;
    if (tags.from === 'adverb') {
      return !isPlainlyAdverb(change.from, wordnet) || isPlainlyAdverb(change.to, wordnet);
    }
    const [own, other] = [participleOf(change.from, wordnet), participleOf(change.to, wordnet)];
    return own === undefined || other === undefined || own === other;
  },
});
