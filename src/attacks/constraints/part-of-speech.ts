import type { Tagger } from '../lexicon/tagger.ts';
import type { Constraint } from './constraint.ts';
import { tagsOfChange } from './tagged-change.ts';

/**
 * A word gives way to one of the same part of speech, each tagged where it stands.
 *
 * Source: Jin et al. 2020 (arXiv:1907.11932), §3.1. Its published code also lets a noun take a verb's place and the other way
 * round: `nounVerb`.
 */
export const samePartOfSpeech = (
  tagger: Tagger,
  { nounVerb = false }: { readonly nounVerb?: boolean } = {},
): Constraint => ({
  ...{ id: 'part-of-speech', version: 1, settings: { nounVerb, tagger: tagger.identity } },
  name: `same part of speech${nounVerb ? ', noun and verb alike' : ''} (${tagger.identity.id})`,
  after: (change) => {
    const tags = tagsOfChange(change, tagger);
    if (tags === undefined || tags.from === tags.to) return true;
    const exchanged = new Set([tags.from, tags.to]);
    return nounVerb && exchanged.has('noun') && exchanged.has('verb');
  },
});
