import { inflectionsOf } from '../lexicon/inflection.ts';
import type { Tagger } from '../lexicon/tagger.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import type { Constraint } from './constraint.ts';
import { tagsOfChange } from './tagged-change.ts';

/**
 * A word gives way to one in the same form: singular or plural, the same tense, the same degree. *leans* is not replaced by
 * *lean*, nor *pages* by *pagees*. The form is taken in the part of speech that the replaced word has where it stands; where that
 * is none that inflects, or WordNet does not know the word in it, nothing is asked. What comes must have a form there.
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
  ...{ id: 'inflection', version: 1, settings: { tagger: tagger.identity }, content: wordnet.content() },
  name: 'same number, tense and degree (WordNet 3.1)',
  after: (change) => {
    const tags = tagsOfChange(change, tagger);
    if (tags === undefined) return true;
    const from = inflectionsOf(change.from, tags.from, wordnet);
    if (from.length === 0) return true;
    const to = inflectionsOf(change.to, tags.from, wordnet);
    return to.some((form) => from.includes(form));
  },
});
