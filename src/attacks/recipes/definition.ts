import { VdaError } from '../../base/error.ts';
import type { WordConstraint } from '../constraints/constraint.ts';
import type { AttackRecipe } from '../recipe.ts';
import { onlyFailed } from '../robust-endings.ts';
import { splitWord } from '../transformation/word-core.ts';

/** Named sets of choices: ours, the paper's, and the published code's. */
export type PresetName = 'default' | 'paper' | 'official';

/** The choices of a recipe that a caller may make, beside words and rules that are read from files. */
export interface RecipeSettings {
  /** Words proposed in a word's place, before the constraints; of a masked language model, tokens for each piece. */
  readonly maxCandidates: number;
  /** Largest proportion of words that may change, 0 to 1. */
  readonly maxChangeRate: number;
  /** Sources of word similarity: `wordnet`, `none` or files. */
  readonly similarity: readonly string[];
  /** Least cosine for files of word vectors. */
  readonly similarityThreshold: number;
  /** Source of opposites: `wordnet`, `none` or a file. */
  readonly antonyms: string;
  /** Lower-case words that are neither replaced nor put in. */
  readonly stopWords: ReadonlySet<string>;
}

/** What a recipe is built from. */
export interface RecipeChoices extends Pick<RecipeSettings, 'maxCandidates' | 'maxChangeRate'> {
  readonly preset: PresetName;
  readonly queryBudget?: number | undefined;
  /** The rules that keep meaning, cheap ones first. */
  readonly meaning: readonly WordConstraint[];
  /** Words of similar meaning, best first; for recipes that take their words from a lexicon. */
  readonly lexicon?: Lexicon | undefined;
}

/** Where words of similar meaning come from. */
export interface Lexicon {
  /** The SHA-256 of what it was read from, or whatever tells it from others. */
  readonly content: string;
  /** At most so many words in place of one, best first; none where it is not known. */
  readonly substitutes: (word: string, most: number) => readonly string[];
}

/**
 * The lexicon of a recipe that takes its words from one.
 * @throws VdaError `usage` where there is none
 */
export function requireLexicon(recipe: string, lexicon: Lexicon | undefined): Lexicon {
  if (lexicon !== undefined) return lexicon;
  throw new VdaError('usage', `The recipe ${recipe} needs a lexicon, a source of words of similar meaning.`);
}

/** An attack by its name: what it is, its presets, and how it is put together. One file a recipe, and a line in `recipes/index.ts`. */
export interface RecipeDefinition {
  readonly id: string;
  /** For `vda list` and help. */
  readonly summary: string;
  /** Settings by preset; what a recipe does not read is left out, and refused where it is given. */
  readonly presets: { readonly default: Partial<RecipeSettings> } & {
    readonly [name in PresetName]?: Partial<RecipeSettings>;
  };
  /** For people: where a preset departs from the default, and the default (`default`) from its source (`there`). */
  readonly departures?: { readonly [name in PresetName]?: readonly Departure[] };
  /** It asks a masked language model for words. */
  readonly asksMaskedLm?: true;
  /** It takes its words from the first source of similarity: of WordNet those of related meaning, or synonyms alone. */
  readonly readsLexicon?: 'related' | 'synonyms';
  readonly build: (choices: RecipeChoices) => AttackRecipe;
}

/** A line of what a preset, or the source of the default, does otherwise. */
export interface Departure {
  readonly what: string;
  readonly default: string;
  readonly there: string;
}

/** What recipes have in common unless they say otherwise: texts as they are, words without the punctuation around them. */
export const usual = {
  prepare: (text: string) => text,
  coreOf: (word: string) => splitWord(word).core,
  countsContext: false,
  countsUnread: false,
  robustEndings: onlyFailed,
} as const satisfies Partial<AttackRecipe>;

/** What every recipe takes from its caller's choices as it is. */
export const chosen = ({
  preset,
  queryBudget,
  meaning,
}: RecipeChoices): Pick<AttackRecipe, 'preset' | 'filters' | 'queryBudget'> => ({
  preset,
  filters: meaning.map(({ name }) => name),
  ...(queryBudget !== undefined && { queryBudget }),
});
