import { once } from '../../base/once.ts';
import { regularForms } from './regular-forms.ts';
import {
  type LemmaPart,
  partIndex,
  partsOfSpeech,
  type Relation,
  type RelationName,
  type WordnetTable,
} from './wordnet-table.ts';

type PartOfSpeech = (typeof partsOfSpeech)[number];

/** Endings of regular inflection and what may stand in their place, by part of speech (morph(7WN), table). */
const endings: Readonly<Record<PartOfSpeech, readonly (readonly [string, string])[]>> = {
  n: [
    ['s', ''],
    ['ses', 's'],
    ['xes', 'x'],
    ['zes', 'z'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['men', 'man'],
    ['ies', 'y'],
  ],
  v: [
    ['s', ''],
    ['ies', 'y'],
    ['es', 'e'],
    ['es', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ],
  a: [
    ['er', ''],
    ['est', ''],
    ['er', 'e'],
    ['est', 'e'],
  ],
  r: [],
};

/** Synsets of one word in any of its inflected readings, by part of speech (n, v, a, r). */
export type Senses = readonly (readonly number[])[];

/** Questions about words; answers are kept, so asking twice is cheap. */
export interface Wordnet {
  /** True when the word, or a lemma it may be a form of, is in WordNet (names are not). */
  knows(word: string): boolean;
  /** True when the word is a lemma, or a form of one as it is spelt: *pages*, not *pagees*, which `knows` takes for one. */
  exists(word: string): boolean;
  /** Synsets by part of speech over all lemmas of the word, the `most` frequent senses of each lemma. */
  senses(word: string, most?: number): Senses;
  /** Targets of one relation from one synset. */
  related(relation: RelationName, synset: number): ArrayLike<number> & Iterable<number>;
  /** Lemmas the word may be a form of, itself included where it is one; of one part of speech, or of all. */
  lemmas(word: string, part?: LemmaPart): ReadonlySet<string>;
  /** Lemmas of one synset, in alphabetical order. */
  wordsOf(synset: number): readonly string[];
  /** SHA-256 of the file behind the answers, hex. */
  content(): string;
}

/**
 * WordNet 3.1 over lower-cased single words, with the inflection rules and irregular forms of its own `morphy`.
 * The table is not decoded before the first question.
 *
 * Source: WordNet manual, morph(7WN), and its `morph.c`. Departures: all rules that give a lemma count, where `morph.c`
 * ends with the first; a verb or adjective in silent -e drops it (*excuseing* is no form of *excuse*).
 *
 * @param load gives the table, see `decodeWordnet`
 * @param content what tells the table from others, such as the SHA-256 of its file
 */
export function createWordnet(load: () => WordnetTable, content: () => string): Wordnet {
  let table: WordnetTable | undefined;
  let bySynset: ReadonlyMap<number, readonly string[]> | undefined;
  const lemmasOf = new Map<string, readonly (readonly string[])[]>();
  const sensesOf = new Map<number, Map<string, Senses>>(); // by how many senses of a lemma count

  const lemmasByPart = (word: string): readonly (readonly string[])[] => {
    let known = lemmasOf.get(word);
    if (known === undefined) {
      table ??= load();
      const form = word.toLowerCase();
      known = partsOfSpeech.map((_, part) => lemmasInPart(table!, form, part));
      lemmasOf.set(word, known);
    }
    return known;
  };

  const senses = (word: string, most = Number.POSITIVE_INFINITY): Senses => {
    let cache = sensesOf.get(most);
    if (cache === undefined) {
      cache = new Map();
      sensesOf.set(most, cache);
    }
    let known = cache.get(word);
    if (known === undefined) {
      known = lemmasByPart(word).map((lemmas, part) => [
        ...new Set(lemmas.flatMap((lemma) => rowOf(table!.senses, senseRow(table!, lemma, part), most))),
      ]);
      cache.set(word, known);
    }
    return known;
  };

  return {
    senses,
    knows: (word) => lemmasByPart(word).some((lemmas) => lemmas.length > 0),
    exists: (word) => {
      const form = word.toLowerCase();
      return Object.entries(partIndex).some(([name, part]) =>
        lemmasByPart(form)[part]!.some(
          (lemma) =>
            lemma === form ||
            table!.irregular.get(`${part} ${form}`)?.includes(lemma) ||
            regularForms(lemma, name as LemmaPart).includes(form),
        ),
      );
    },
    content: once(content), // two filters ask
    lemmas: (word, part) =>
      new Set(part === undefined ? lemmasByPart(word).flat() : lemmasByPart(word)[partIndex[part]]!),
    wordsOf: (synset) => {
      table ??= load();
      bySynset ??= wordsBySynset(table);
      return bySynset.get(synset) ?? [];
    },
    related: (relation, synset) => {
      table ??= load();
      const { offsets, targets } = table.relations[relation];
      return targets.subarray(offsets[synset]!, offsets[synset + 1]!);
    },
  };
}

/** The table read backwards: its words by synset. */
function wordsBySynset(table: WordnetTable): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const word of table.wordIds.keys()) {
    for (let part = 0; part < partsOfSpeech.length; part++) {
      for (const synset of rowOf(table.senses, senseRow(table, word, part), Number.POSITIVE_INFINITY)) {
        const words = found.get(synset);
        if (words === undefined) found.set(synset, [word]);
        else words.push(word);
      }
    }
  }
  return found;
}

const senseRow = (table: WordnetTable, lemma: string, part: number): number =>
  table.wordIds.get(lemma)! * partsOfSpeech.length + part;

function rowOf(relation: Relation, row: number, most: number): number[] {
  const start = relation.offsets[row]!;
  return Array.from(relation.targets.subarray(start, Math.min(start + most, relation.offsets[row + 1]!)));
}

/** Endings before which a final silent e is dropped: *excuse* makes *excusing*, so *excuseing* is no form of it. */
const dropsSilentE = (lemma: string, ending: string): boolean =>
  (ending === 'ing' || ending === 'ed' || ending === 'er' || ending === 'est') && /[^eoy]e$/.test(lemma);

/** The lemmas a form can have in one part of speech, only those that have senses there. */
function lemmasInPart(table: WordnetTable, form: string, part: number): string[] {
  const irregular = table.irregular.get(`${part} ${form}`);
  const guesses = [form, ...(irregular ?? detach(form, partsOfSpeech[part]!))];
  return [...new Set(guesses)].filter(
    (lemma) => table.wordIds.has(lemma) && rowOf(table.senses, senseRow(table, lemma, part), 1).length > 0,
  );
}

/**
 * What a form may be made of by the rules. Nouns in -ss and of one or two letters are no plurals (*ass* is none of *as*);
 * those in -ful have theirs before it (*cupsful*).
 */
function detach(form: string, part: PartOfSpeech): string[] {
  if (part === 'n' && (form.endsWith('ss') || form.length <= 2)) return [];
  const after = part === 'n' && form.endsWith('ful') ? 'ful' : '';
  const inflected = form.slice(0, form.length - after.length);
  return endings[part].flatMap(([ending, lemmaEnding]) => {
    if (!inflected.endsWith(ending)) return [];
    const stem = inflected.slice(0, inflected.length - ending.length);
    return lemmaEnding === '' && dropsSilentE(stem, ending) ? [] : [stem + lemmaEnding + after];
  });
}
