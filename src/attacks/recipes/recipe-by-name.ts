import { argument, VdaError } from '../../base/error.ts';
import { checkSettings, requireArgument, type SettingRules, shown } from '../../base/setting-rules.ts';
import type { Constraint } from '../constraints/constraint.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { lexiconOf, wordnetLexicon, wordnetSynonyms } from '../lexicon/lexicons.ts';
import { type Profile, type ProfileName, profiles } from '../profiles.ts';
import type { AttackRecipe } from '../recipe.ts';
import type { Lexicon, PresetName, RecipeDefinition, RecipeSettings } from './definition.ts';
import { ensembleMembers, ensembleOf } from './ensemble.ts';
import { type RecipeName, recipes } from './index.ts';
import { type MeaningReaders, meaningOf } from './meaning.ts';
import { readsSetting, unreadSettings } from './unread-settings.ts';

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Choices of an attack; what is left out comes from the recipe's preset. */
export interface RecipeOptions extends Optional<RecipeSettings> {
  /** Default `default`. */
  readonly preset?: PresetName | undefined;
  /** Most queries for one example; an attack that would need more ends as `out-of-queries`. Default: no limit. */
  readonly queryBudget?: number | undefined;
  /** Rules of meaning and limits in place of the recipe's own. Default: the recipe's. */
  readonly profile?: ProfileName | undefined;
  /** Constraints beside the others, each as `parseConstraint` reads it. Default: none. */
  readonly constraints?: readonly string[] | undefined;
}

/** Names of attacks that make one. */
export type RecipeNames = RecipeName | 'ensemble' | readonly (RecipeName | 'ensemble')[];

/** Reads what recipes take their words and rules from: files in Node, what a page has fetched in a browser. */
export interface RecipeReaders extends MeaningReaders {
  /** Constraints by their names, each as `parseConstraint` reads it. */
  readonly constraints: (said: readonly string[]) => readonly Constraint[];
}

interface Making {
  /** What messages call the function that was called. */
  readonly owner: string;
  readonly readers: RecipeReaders;
}

/**
 * An attack by its name, its words and rules read from where the options say. Several names, or `ensemble`, make the worst case
 * over these attacks: each takes of the options what it reads.
 *
 * @throws VdaError `usage` for a name, a preset or an option that the recipe has not, or one out of range; what a reader throws
 */
export function recipeByName(
  name: RecipeNames,
  { owner, readers, options: all }: Making & { readonly options: RecipeOptions },
): AttackRecipe {
  requireArgument(typeof name === 'string' || Array.isArray(name), {
    ...{ owner, name: 'name', got: name },
    expected: "the name of an attack, such as 'bert-attack', or a list of names",
  });
  const names = membersOf(owner, typeof name === 'string' ? [name] : name);
  const definitions = names.map((one) => definitionOf(owner, one));
  const given = checked(names, { owner, options: all });
  const { preset = 'default' } = given;
  for (const { id, presets } of definitions) {
    if (presets[preset] !== undefined) continue;
    throw new VdaError(
      'usage',
      `${owner}: ${argument('preset')}: ${id} has ${Object.keys(presets).join(', ')}; got ${preset}.`,
    );
  }
  const settings = Object.keys(given).filter((key) => !ofEvery.has(key));
  const unread = unreadSettings(settings, { definitions, preset });
  if (unread.length > 0) {
    const each = unread.map((key) => argument(key)).join(', ');
    throw new VdaError(
      'usage',
      `${owner}: ${each} has no effect on the attack${names.length === 1 ? '' : 's'} ${names.join(', ')}.`,
    );
  }
  const members = definitions.map((definition) => {
    const isRead = (key: string) => ofEvery.has(key) || readsSetting(definition, { preset, key });
    const options = Object.fromEntries(Object.entries(given).filter(([key]) => isRead(key)));
    return makeOne(definition, { readers, options });
  });
  return members.length === 1 ? members[0]! : ensembleOf(members);
}

/** Options that every attack reads. */
const ofEvery: ReadonlySet<string> = new Set(['preset', 'queryBudget', 'profile', 'constraints']);

/**
 * The attacks that names stand for, in their order.
 * @throws VdaError `usage` for no name, or one twice
 */
function membersOf(owner: string, names: readonly (RecipeName | 'ensemble')[]): readonly RecipeName[] {
  const members = names.flatMap((name) => (name === 'ensemble' ? ensembleMembers : [name]));
  if (members.length > 0 && new Set(members).size === members.length) return members;
  throw new VdaError(
    'usage',
    `${owner}: expected the names of attacks, each once (ensemble stands for ${ensembleMembers.join(', ')}); got ${shown(names)}.`,
  );
}

/** An attack with options that it reads. */
function makeOne(
  definition: RecipeDefinition,
  { readers, options }: Pick<Making, 'readers'> & { readonly options: RecipeOptions },
): AttackRecipe {
  const { preset = 'default', queryBudget, profile, constraints = [], ...given } = options;
  const own = definition.presets[preset]!;
  const under: Profile | undefined = profile && profiles[profile];
  const settings: RecipeSettings = {
    ...{ ...unused, ...own, ...(under && settingsUnder(under, own, definition)) },
    ...(given as Partial<RecipeSettings>),
  };
  const { lexicon, similarity } = lexiconFor(definition, { readers, settings });
  const { maxCandidates, maxChangeRate, similarityThreshold, antonyms, stopWords } = settings;
  const official = preset === 'official';
  const recipe = definition.build({
    ...{ preset, queryBudget, maxCandidates, maxChangeRate, lexicon },
    meaning: meaningOf({ similarity, similarityThreshold, antonyms, stopWords, official }, readers),
  });
  const putsWords = own.similarity !== undefined;
  const more = readers.constraints([
    ...(under ? [...under.limits, ...(putsWords ? under.words : [])] : []),
    ...constraints,
  ]);
  return {
    ...recipe,
    ...(profile !== undefined && { profile }),
    ...(under?.queriesPerWord !== undefined && { queriesPerWord: under.queriesPerWord }),
    robustEndings: [...new Set([...recipe.robustEndings, ...(under?.robustEndings ?? [])])],
    constraints: [...recipe.constraints, ...more],
    filters: [...recipe.filters, ...more.map((rule) => rule.name)],
  };
}

/** What a profile sets of a recipe, as far as the recipe reads it. Where words come from a lexicon, there is always one. */
function settingsUnder(
  { settings, stopWords }: Profile,
  own: Partial<RecipeSettings>,
  { readsLexicon }: RecipeDefinition,
): Partial<RecipeSettings> {
  const set = { ...settings, stopWords: stopWords ? functionWords : new Set<string>() };
  return Object.fromEntries(
    Object.entries(set).filter(
      ([key]) => key in own && !(key === 'similarity' && readsLexicon !== undefined),
    ),
  );
}

/** What a recipe that does not read a setting is given. */
const unused: RecipeSettings = {
  ...{ maxCandidates: 1, maxChangeRate: 1, similarity: ['none'], similarityThreshold: 0.7 },
  ...{ antonyms: 'none', stopWords: new Set<string>() },
};

function definitionOf(owner: string, name: string): RecipeDefinition {
  if (Object.hasOwn(recipes, name)) return recipes[name as RecipeName];
  throw new VdaError(
    'usage',
    `${owner}: expected one of ${Object.keys(recipes).join(', ')}, got ${shown(name)}.`,
  );
}

/** The first source of similarity proposes words to a recipe that takes them from a lexicon; the others judge. */
function lexiconFor(
  { id, readsLexicon }: RecipeDefinition,
  { readers, settings }: Pick<Making, 'readers'> & { readonly settings: RecipeSettings },
): { readonly lexicon?: Lexicon; readonly similarity: readonly string[] } {
  const { similarity, similarityThreshold: threshold } = settings;
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
    return { lexicon: words(readers.wordnet()), similarity: others };
  }
  const { content, ...source } = readers.similarity(first);
  return { lexicon: lexiconOf(source, { content, threshold }), similarity: others };
}

const optionRules = {
  preset: { kind: 'choice', choices: ['default', 'paper', 'official'], optional: true },
  maxCandidates: { kind: 'integer', min: 1, optional: true },
  maxChangeRate: { kind: 'number', min: 0, max: 1, optional: true },
  queryBudget: { kind: 'integer', min: 0, optional: true },
  profile: { kind: 'choice', choices: Object.keys(profiles), optional: true },
  similarityThreshold: { kind: 'number', min: -1, max: 1, optional: true },
  antonyms: { kind: 'text', optional: true },
} as const satisfies SettingRules;

function checked(
  names: readonly RecipeName[],
  { owner, options }: Pick<Making, 'owner'> & { readonly options: RecipeOptions },
): RecipeOptions {
  const given: RecipeOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const { similarity, stopWords, constraints, ...others } = given;
  checkSettings(`${owner}('${names.join("', '")}')`, others, { rules: optionRules, strict: true });
  const areSources =
    similarity === undefined ||
    (Array.isArray(similarity) &&
      similarity.length > 0 &&
      similarity.every((source) => typeof source === 'string' && source !== ''));
  if (!areSources) {
    throw new VdaError(
      'usage',
      `${owner}: ${argument('similarity')}: expected a list of wordnet, none or files, got ${shown(similarity)}.`,
    );
  }
  const areNames =
    constraints === undefined ||
    (Array.isArray(constraints) && constraints.every((one) => typeof one === 'string'));
  if (!areNames) {
    throw new VdaError(
      'usage',
      `${owner}: ${argument('constraints')}: expected a list of names, got ${shown(constraints)}.`,
    );
  }
  if (stopWords !== undefined && !(stopWords instanceof Set)) {
    throw new VdaError(
      'usage',
      `${owner}: ${argument('stopWords')}: expected a Set of words, got ${shown(stopWords)}.`,
    );
  }
  return given;
}
