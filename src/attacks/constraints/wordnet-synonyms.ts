import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Tagger } from '../lexicon/tagger.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';
import { type LemmaPart, partIndex } from '../lexicon/wordnet-table.ts';
import type { Constraint } from './constraint.ts';
import { tagsOfChange } from './tagged-change.ts';

const rules = { senses: { kind: 'integer', min: 1 } } as const satisfies SettingRules;

/**
 * The two words must be synonyms in frequent senses, in the part of speech that the replaced word has where it stands: a synset
 * among the first `senses` of each, or an adjective and the head of its cluster in its place: *moist* may become *wet*, which says
 * less, and not *big* become *great*, one of the many ways to be big. Of a form that is also a lemma of its own
 * (*felt*) the lemma counts that it is a form of. Stricter than `wordnetRelated`: no step from kind to kind, no see-also.
 *
 * Source: Ren et al. 2019 (PWWS) take a word's synonyms from its synsets; first senses as in Alzantot's and A2T's reviews of
 * WordNet candidates. WordNet 3.1, whose senses stand by falling frequency.
 * @throws VdaError `usage` for less than one sense
 */
export const wordnetSynonyms = ({
  senses,
  wordnet,
  tagger,
}: {
  readonly senses: number;
  readonly wordnet: Wordnet;
  readonly tagger: Tagger;
}): Constraint => ({
  // 1: any part of speech would do, and any lemma; 2: a head gave way to each adjective of its cluster
  ...{
    id: 'wordnet-synonyms',
    version: 3,
    settings: { ...checkSettings('wordnetSynonyms', { senses }, { rules }), tagger: tagger.identity },
  },
  content: wordnet.content(),
  name: `synonyms in the first ${senses} senses (WordNet 3.1)`,
  before: ({ word }) => wordnet.knows(word),
  after: (change) => {
    const tags = tagsOfChange(change, tagger);
    if (tags === undefined) return true;
    if (tags.from === 'other') return false;
    const part = tags.from;
    const synsets = (word: string) => sensesIn(word, { part, senses, wordnet });
    const own = synsets(change.from).flatMap((one) => [one, ...headsOf(one, wordnet)]);
    return synsets(change.to).some((other) => own.includes(other));
  },
});

/** The first senses of each lemma that a word is a form of, in a part of speech; of the word itself where it is no other's form. */
function sensesIn(
  word: string,
  p: { readonly part: LemmaPart; readonly senses: number; readonly wordnet: Wordnet },
): readonly number[] {
  const form = word.toLowerCase();
  const lemmas = [...p.wordnet.lemmas(form, p.part)];
  const others = lemmas.filter((lemma) => lemma !== form);
  return (others.length > 0 ? others : lemmas).flatMap(
    (lemma) => p.wordnet.senses(lemma, p.senses)[partIndex[p.part]]!,
  );
}

/** Heads of the clusters that an adjective's sense belongs to: of a cluster it is the head that has an opposite. */
const headsOf = (synset: number, wordnet: Wordnet): readonly number[] =>
  Array.from(wordnet.related('similar', synset)).filter(
    (head) => wordnet.related('antonym', head).length > 0,
  );
