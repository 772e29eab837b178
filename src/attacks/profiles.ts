import type { RecipeSettings } from './recipes/definition.ts';
import { heldWithinRules, type RobustEndings } from './robust-endings.ts';

/** How far attacked texts may go from the original: what stands in place of a recipe's own rules of meaning. */
export interface Profile {
  readonly summary: string;
  readonly source: string;
  /** Settings of the recipe, where it reads them and the caller says nothing else. */
  readonly settings: Partial<Omit<RecipeSettings, 'stopWords'>>;
  /** Function words stay. */
  readonly stopWords: boolean;
  /** Most queries: so many times the words of a text. */
  readonly queriesPerWord?: number;
  /** Of every recipe: limits, and what judges the whole text. As `parseConstraint` reads them. */
  readonly limits: readonly string[];
  /** Of recipes that put words in the place of words; a misspelling is no word. */
  readonly words: readonly string[];
  /** Endings that count as robust, where not the recipe's own. */
  readonly robustEndings?: RobustEndings;
}

/** Profiles, by name. Each is data; what a name means is versioned by the constraints that it lists. */
export const profiles = {
  strict: {
    summary:
      'what readers are likely to find unchanged: synonyms in the same form that a masked language model puts there too, few of them',
    source: "this project's, from readers' ratings (docs/constraints.md)",
    settings: { similarity: ['wordnet'], antonyms: 'wordnet' },
    stopWords: true,
    limits: ['repeat', 'change-rate=0.2', 'homoglyphs', 'sentence-similarity=0.9'],
    words: [
      ...['one-word', 'known-words', 'article', 'synonyms=2', 'part-of-speech', 'inflection'],
      ...['proposed=10', 'masked-fit=3'], // read by hand: docs/constraints.md
    ],
    robustEndings: heldWithinRules, // it leaves half of the texts nothing to change
  },
  uniform: {
    summary:
      "TextDefender's protocol: 50 neighbours, at most 30 % of the words, sentences alike, 50 queries a word",
    source: 'Li et al. 2021 (TextDefender, arXiv:2108.12777), as its code sets it',
    settings: { similarity: ['wordnet'], antonyms: 'none', maxCandidates: 50 },
    stopWords: true,
    queriesPerWord: 50,
    limits: ['repeat', 'change-rate=0.3', 'sentence-similarity=0.84'],
    words: [],
  },
  open: {
    summary:
      'no rule of meaning but what the attack itself proposes: ranks models, and says nothing about readers',
    source: 'none',
    settings: { similarity: ['none'], antonyms: 'none' },
    stopWords: false,
    limits: [],
    words: [],
  },
} as const satisfies Readonly<Record<string, Profile>>;

/** Name of a profile: what all attacks of a comparison may change. */
export type ProfileName = keyof typeof profiles;
