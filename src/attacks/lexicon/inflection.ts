import type { PartOfSpeech } from './tagger.ts';
import type { Wordnet } from './wordnet.ts';

/** Number of a noun, form of a verb, degree of an adjective or adverb. */
export type Inflection =
  | 'singular'
  | 'plural'
  | 'gerund'
  | 'base'
  | 'third-person'
  | 'ing'
  | 'past'
  | 'participle'
  | 'comparative'
  | 'superlative';

/** Irregular simple pasts that are no participles. */
const onlyPast = new Set(
  (
    'arose ate awoke became began bit blew broke came chose did drank drew drove fell flew forgave forgot froze gave went ' +
    'grew hid knew overcame rang rode rose ran sang sank saw shook shrank sprang stole swam swore threw tore took was were ' +
    'withdrew woke wore wrote undertook overtook mistook undid outdid foresaw overran spoke'
  ).split(' '),
);
/** Irregular participles that are no simple pasts. */
const onlyParticiple = new Set(
  (
    'arisen eaten awoken become begun bitten blown broken come chosen done drunk drawn driven fallen flown forgiven forgotten ' +
    'frozen given gone grown hidden known overcome rung ridden risen run sung sunk seen shaken shrunk sprung stolen swum ' +
    'sworn thrown torn taken been withdrawn woken worn written undertaken overtaken mistaken undone outdone foreseen overrun ' +
    'spoken shown sewn sawn'
  ).split(' '),
);

/**
 * What a word may be in a part of speech, by the form that WordNet's inflection rules and lists take it for; empty where it has
 * no such form. Of a word that may be either, such as *glasses*, the inflected form counts.
 */
export function inflectionsOf(word: string, part: PartOfSpeech, wordnet: Wordnet): readonly Inflection[] {
  if (part === 'other') return [];
  const form = word.toLowerCase();
  const lemmas = wordnet.lemmas(form, part);
  if (lemmas.size === 0) return [];
  const isInflected = [...lemmas].some((lemma) => lemma !== form);
  const isLemma = lemmas.has(form);
  if (part === 'noun') {
    if (isInflected) return ['plural'];
    return [isGerund(form, wordnet) ? 'gerund' : 'singular'];
  }
  if (part === 'verb') return verbForms(form, { isInflected, isLemma });
  if (!isInflected) return ['base'];
  return [/st$/.test(form) ? 'superlative' : 'comparative'];
}

/** *filming*, *detailing*: nouns that say the doing, which *film* and *detail* do not. */
const isGerund = (form: string, wordnet: Wordnet): boolean =>
  form.endsWith('ing') && [...wordnet.lemmas(form, 'verb')].some((lemma) => lemma !== form);

function verbForms(
  form: string,
  { isInflected, isLemma }: { readonly isInflected: boolean; readonly isLemma: boolean },
): readonly Inflection[] {
  const base: readonly Inflection[] = isLemma ? ['base'] : [];
  if (onlyPast.has(form)) return ['past'];
  if (onlyParticiple.has(form)) return [...base, 'participle'];
  if (!isInflected) return base;
  if (form.endsWith('ing')) return ['ing'];
  if (form.endsWith('s')) return ['third-person'];
  return [...base, 'past', 'participle'];
}
