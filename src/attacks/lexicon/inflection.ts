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
    'arisen eaten awoken begun bitten blown broken chosen done drunk drawn driven fallen flown forgiven forgotten ' +
    'frozen given gone grown hidden known rung ridden risen sung sunk seen shaken shrunk sprung stolen swum ' +
    'sworn thrown torn taken been withdrawn woken worn written undertaken overtaken mistaken undone outdone foreseen ' +
    'spoken shown sewn sawn'
  ).split(' '),
);
const baseAndParticiple = new Set('become come overcome run overrun'.split(' '));
/** *lay* is the past of *lie*, and a verb of its own. */
const baseAndPast = new Set(['lay']);
const sameInPast = new Set(
  (
    'bet bid broadcast burst cast cost cut forecast hit hurt let offset put quit read recast reset rid set shed shut slit ' +
    'split spread sublet thrust upset wed wet'
  ).split(' '),
);

/**
 * What a word may be in a part of speech, by the form that WordNet's inflection rules and lists take it for; empty where it has
 * no such form. Of a word that may be either, such as *glasses* or *felt*, the inflected form counts; verbs whose past is their base
 * (*cut*) may be all three.
 */
export function inflectionsOf(word: string, part: PartOfSpeech, wordnet: Wordnet): readonly Inflection[] {
  if (part === 'other') return [];
  const form = word.toLowerCase();
  const lemmas = wordnet.lemmas(form, part);
  if (lemmas.size === 0) return [];
  const isInflected = [...lemmas].some((lemma) => lemma !== form);
  if (part === 'noun') {
    if (isInflected) return ['plural'];
    return [isGerund(form, wordnet) ? 'gerund' : 'singular'];
  }
  if (part === 'verb') return verbForms(form, { isInflected });
  if (!isInflected) return ['base'];
  return [/st$/.test(form) ? 'superlative' : 'comparative'];
}

/** *filming*, *detailing*: nouns that say the doing, which *film* and *detail* do not. */
const isGerund = (form: string, wordnet: Wordnet): boolean =>
  form.endsWith('ing') && [...wordnet.lemmas(form, 'verb')].some((lemma) => lemma !== form);

function verbForms(form: string, { isInflected }: { readonly isInflected: boolean }): readonly Inflection[] {
  if (sameInPast.has(form)) return ['base', 'past', 'participle'];
  if (baseAndPast.has(form)) return ['base', 'past'];
  if (onlyPast.has(form)) return ['past'];
  if (baseAndParticiple.has(form)) return ['base', 'participle'];
  if (onlyParticiple.has(form)) return ['participle'];
  if (!isInflected) return ['base'];
  if (form.endsWith('ing')) return ['ing'];
  if (form.endsWith('s')) return ['third-person'];
  return ['past', 'participle'];
}

/** Whether a word is made of a verb as *-ing* or as a participle: *frustrating* is what makes *frustrated*. */
export function participleOf(word: string, wordnet: Wordnet): 'ing' | 'participle' | undefined {
  const form = word.toLowerCase();
  const isOfVerb = [...wordnet.lemmas(form, 'verb')].some((lemma) => lemma !== form);
  if (form.endsWith('ing')) return isOfVerb ? 'ing' : undefined;
  return onlyParticiple.has(form) || (isOfVerb && /(?:[^s]|ss)$/.test(form) && !onlyPast.has(form))
    ? 'participle'
    : undefined;
}

/** Whether a word is an adverb that says so: *fully*; not *full*, an adjective that now and then stands for it. */
export const isPlainlyAdverb = (word: string, wordnet: Wordnet): boolean =>
  wordnet.lemmas(word, 'adverb').size > 0 &&
  (/ly$/i.test(word) || wordnet.lemmas(word, 'adjective').size === 0);
