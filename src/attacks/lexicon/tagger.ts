import type { Part } from '../../base/part.ts';

/** Universal parts of speech (Petrov et al. 2012), with proper nouns among nouns and auxiliaries among verbs. */
export type PartOfSpeech = 'noun' | 'verb' | 'adjective' | 'adverb' | 'other';

/** Says the part of speech of each word of a text, in its context. Pure. */
export interface Tagger {
  /** One a word. A word is what white space separates; of one of several tokens (*well-made*) the last with a letter speaks. */
  readonly tags: (words: readonly string[]) => readonly PartOfSpeech[];
  /** Which tagger, and which data: it decides what constraints let through. */
  readonly identity: Part;
}

/** What is needed of wink-nlp: the package's default export, and that of its language model. */
export interface WinkPackages<Model> {
  readonly winkNLP: (model: Model, pipe: string[]) => WinkNlp;
  readonly model: Model;
  /** Of both packages. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What is used of a loaded wink-nlp. */
export interface WinkNlp {
  readDoc(text: string): { tokens(): { out(property: never): unknown } };
  readonly its: { readonly value: unknown; readonly pos: unknown; readonly precedingSpaces: unknown };
}

/** Texts whose tags are remembered: those of one place and its candidates many times over. */
const mostRemembered = 20_000;

/**
 * The part-of-speech tagger of wink-nlp. Tags of a text are remembered.
 *
 * Source: wink-nlp with wink-eng-lite-web-model, which tags by Universal Dependencies.
 *
 * @param packages who bundles for a browser imports them; in Node `englishTagger` of `runs/lexica` does
 */
export function winkTagger<Model>({ winkNLP, model, versions }: WinkPackages<Model>): Tagger {
  const { readDoc, its } = winkNLP(model, ['sbd', 'pos']);
  const remembered = new Map<string, readonly PartOfSpeech[]>();
  return {
    identity: { id: 'wink-nlp', version: 1, settings: versions },
    tags: (words) => {
      const text = words.join(' ');
      const known = remembered.get(text);
      if (known !== undefined) return known;
      if (remembered.size >= mostRemembered) remembered.clear();
      const tokens = readDoc(text).tokens();
      const all = <T>(property: unknown) => tokens.out(property as never) as readonly T[];
      const [values, kinds] = [all<string>(its.value), all<string>(its.pos)];
      const tags: PartOfSpeech[] = [];
      for (const [i, spaces] of all<string>(its.precedingSpaces).entries()) {
        if (i === 0 || spaces !== '') tags.push('other');
        if (/[\p{L}\p{N}]/u.test(values[i]!)) tags[tags.length - 1] = partOf[kinds[i]!] ?? 'other';
      }
      remembered.set(text, tags);
      return tags;
    },
  };
}

const partOf: Readonly<Record<string, PartOfSpeech>> = {
  ...{ NOUN: 'noun', PROPN: 'noun', VERB: 'verb', AUX: 'verb', ADJ: 'adjective', ADV: 'adverb' },
};
