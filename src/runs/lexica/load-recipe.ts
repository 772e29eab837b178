import { lexiconOf, wordnetLexicon, wordnetSynonyms } from '../../attacks/lexicon/lexicons.ts';
import type { AttackRecipe } from '../../attacks/recipe.ts';
import type {
  Lexicon,
  PresetName,
  RecipeDefinition,
  RecipeSettings,
} from '../../attacks/recipes/definition.ts';
import { ensembleMembers, ensembleOf } from '../../attacks/recipes/ensemble.ts';
import { type RecipeName, recipes } from '../../attacks/recipes/index.ts';
import { argument, VdaError } from '../../base/error.ts';
import { checkSettings, type SettingRules, shown } from '../../base/setting-rules.ts';
import { embeddedWordnet, loadMeaning, readSimilarity } from './load-constraints.ts';

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Choices of an attack; what is left out comes from the recipe's preset. */
export interface RecipeOptions extends Optional<RecipeSettings> {
  /** Default `default`. */
  readonly preset?: PresetName | undefined;
  /** Most queries for one example; an attack that would need more ends as `out-of-queries`. Default: no limit. */
  readonly queryBudget?: number | undefined;
}

/**
 * An attack by its name, its words and rules read from where the options say. Several names, or `ensemble`, make the worst case
 * over these attacks: each takes of the options what it reads.
 *
 * @throws VdaError `usage` for a name, a preset or an option that the recipe has not, or one out of range; what reading a file
 *   throws
 */
export function loadRecipe(
  name: RecipeName | 'ensemble' | readonly (RecipeName | 'ensemble')[],
  options: RecipeOptions = {},
): AttackRecipe {
  const names = membersOf(typeof name === 'string' ? [name] : name);
  if (names.length === 1) return loadOne(names[0]!, options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const { preset = 'default' } = options;
  const isRead = (member: RecipeName, key: string) =>
    key === 'preset' || key === 'queryBudget' || key in (definitionOf(member).presets[preset] ?? {});
  const unread = given.filter(([key]) => !names.some((member) => isRead(member, key)));
  if (unread.length > 0) {
    const each = unread.map(([key]) => argument(key)).join(', ');
    throw new VdaError('usage', `loadRecipe: ${each} has no effect on the attacks ${names.join(', ')}.`);
  }
  return ensembleOf(
    names.map((member) => loadOne(member, Object.fromEntries(given.filter(([key]) => isRead(member, key))))),
  );
}

/**
 * The attacks that names stand for, in their order.
 * @throws VdaError `usage` for no name, or one twice
 */
function membersOf(names: readonly (RecipeName | 'ensemble')[]): readonly RecipeName[] {
  const members = names.flatMap((name) => (name === 'ensemble' ? ensembleMembers : [name]));
  if (members.length > 0 && new Set(members).size === members.length) return members;
  throw new VdaError(
    'usage',
    `loadRecipe: expected the names of attacks, each once (ensemble stands for ${ensembleMembers.join(', ')}); got ${shown(names)}.`,
  );
}

function loadOne(name: RecipeName, options: RecipeOptions): AttackRecipe {
  const definition = definitionOf(name);
  const { preset = 'default', queryBudget, ...given } = checked(name, options);
  const own = definition.presets[preset];
  if (own === undefined) {
    throw new VdaError(
      'usage',
      `loadRecipe: ${argument('preset')}: ${name} has ${Object.keys(definition.presets).join(', ')}; got ${preset}.`,
    );
  }
  const unread = Object.keys(given).filter((key) => !(key in own));
  if (unread.length > 0) {
    const each = unread.map((key) => argument(key)).join(', ');
    throw new VdaError('usage', `loadRecipe: ${each} has no effect on the attack ${name}.`);
  }
  const settings: RecipeSettings = { ...unused, ...own, ...(given as Partial<RecipeSettings>) };
  const { lexicon, similarity } = lexiconFor(definition, settings);
  const { maxCandidates, maxChangeRate, similarityThreshold, antonyms, stopWords } = settings;
  const official = preset === 'official';
  return definition.build({
    ...{ preset, queryBudget, maxCandidates, maxChangeRate, lexicon },
    meaning: loadMeaning({ similarity, similarityThreshold, antonyms, stopWords, official }),
  });
}

/** What a recipe that does not read a setting is given. */
const unused: RecipeSettings = {
  ...{ maxCandidates: 1, maxChangeRate: 1, similarity: ['none'], similarityThreshold: 0.7 },
  ...{ antonyms: 'none', stopWords: new Set<string>() },
};

function definitionOf(name: string): RecipeDefinition {
  if (Object.hasOwn(recipes, name)) return recipes[name as RecipeName];
  throw new VdaError(
    'usage',
    `loadRecipe: expected one of ${Object.keys(recipes).join(', ')}, got ${shown(name)}.`,
  );
}

/** The first source of similarity proposes words to a recipe that takes them from a lexicon; the others judge. */
function lexiconFor(
  { id, readsLexicon }: RecipeDefinition,
  { similarity, similarityThreshold: threshold }: RecipeSettings,
): { readonly lexicon?: Lexicon; readonly similarity: readonly string[] } {
  if (readsLexicon === undefined) return { similarity };
  const [first, ...others] = similarity;
  if (first === undefined || first === 'none') {
    throw new VdaError(
      'usage',
      `The attack ${id} takes its words from the first source of ${argument('similarity')}: expected wordnet or a file, got none.`,
    );
  }
  if (first === 'wordnet') {
    const words = readsLexicon === 'synonyms' ? wordnetSynonyms : wordnetLexicon;
    return { lexicon: words(embeddedWordnet()), similarity: others };
  }
  const { content, ...source } = readSimilarity(first);
  return { lexicon: lexiconOf(source, { content, threshold }), similarity: others };
}

const optionRules = {
  preset: { kind: 'choice', choices: ['default', 'paper', 'official'], optional: true },
  maxCandidates: { kind: 'integer', min: 1, optional: true },
  maxChangeRate: { kind: 'number', min: 0, max: 1, optional: true },
  queryBudget: { kind: 'integer', min: 0, optional: true },
  similarityThreshold: { kind: 'number', min: -1, max: 1, optional: true },
  antonyms: { kind: 'text', optional: true },
} as const satisfies SettingRules;

function checked(name: RecipeName, options: RecipeOptions): RecipeOptions {
  const given: RecipeOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const { similarity, stopWords, ...others } = given;
  checkSettings(`loadRecipe('${name}')`, others, { rules: optionRules, strict: true });
  const areSources =
    similarity === undefined ||
    (Array.isArray(similarity) &&
      similarity.length > 0 &&
      similarity.every((source) => typeof source === 'string' && source !== ''));
  if (!areSources) {
    throw new VdaError(
      'usage',
      `loadRecipe: ${argument('similarity')}: expected a list of wordnet, none or files, got ${shown(similarity)}.`,
    );
  }
  if (stopWords !== undefined && !(stopWords instanceof Set)) {
    throw new VdaError(
      'usage',
      `loadRecipe: ${argument('stopWords')}: expected a Set of words, got ${shown(stopWords)}.`,
    );
  }
  return given;
}
