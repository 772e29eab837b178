import { constraintAsks, readConstraint } from '../attacks/constraints/catalog.ts';
import { type Profile, type ProfileName, profiles } from '../attacks/profiles.ts';
import type { PresetName, RecipeDefinition } from '../attacks/recipes/definition.ts';
import { ensembleMembers } from '../attacks/recipes/ensemble.ts';
import { type RecipeName, recipes } from '../attacks/recipes/index.ts';
import { unreadSettings } from '../attacks/recipes/unread-settings.ts';
import { argument } from '../base/error.ts';
import { smoothingOptions } from './smoothing.ts';
import { victimOptions } from './victim.ts';

/** A replay attacks nothing: whatever chooses texts or an attack would do nothing. */
const readByReplay: ReadonlySet<string> = new Set([
  ...Object.keys(victimOptions),
  ...Object.keys(smoothingOptions),
  ...[
    'model',
    'labels',
    'replay',
    'replayTask',
    'maxSeqLength',
    'batchSize',
    'timeLimit',
    'shard',
    'numShards',
  ],
  ...['outputDir', 'logToCsv', 'device', 'numThreads'],
]);

/** What a replay does not read. */
export const replayProblems = (given: ReadonlySet<string>): readonly string[] =>
  [...given]
    .filter((key) => !readByReplay.has(key))
    .map((key) => `${argument(key)} has no effect with ${argument('replay')}.`);

/** What the chosen attack does not have or read. */
export function recipeProblems(
  { recipe, preset }: { readonly recipe: readonly (RecipeName | 'ensemble')[]; readonly preset: PresetName },
  given: ReadonlySet<string>,
): readonly string[] {
  const members = recipe.flatMap((name) => (name === 'ensemble' ? ensembleMembers : [name]));
  if (new Set(members).size < members.length)
    return [`${argument('recipe')}: expected each attack once, got ${members.join(', ')}.`];
  const definitions = members.map((name): RecipeDefinition => recipes[name]);
  const without = definitions.filter(({ presets }) => presets[preset] === undefined);
  if (without.length > 0) {
    return without.map(({ id, presets }) => {
      const there = Object.keys(presets).join(', ');
      return `${argument('preset')} ${preset} is none of the attack ${id}: expected one of ${there}.`;
    });
  }
  const settings = [
    'maxCandidates',
    'maxChangeRate',
    'similarity',
    'similarityThreshold',
    'antonyms',
    'stopWords',
  ].filter((key) => given.has(key));
  return unreadSettings(settings, { definitions, preset }).map(
    (key) => `${argument(key)} has no effect with ${argument('recipe')} ${recipe.join(' ')}.`,
  );
}

/** Whether the constraints that are asked for ask a model; what is no constraint is said first. */
function constraintsAsk(
  {
    profile,
    constraints = [],
  }: {
    readonly profile?: ProfileName | undefined;
    readonly constraints?: readonly string[] | undefined;
  },
  model: 'encoder' | 'maskedLm',
): boolean {
  const under: Profile | undefined = profile && profiles[profile];
  return [...(under?.limits ?? []), ...(under?.words ?? []), ...constraints].some((said) =>
    constraintAsks(said, model),
  );
}

/** An encoder that nothing asks, or that is missing; and what is no constraint. */
export function encoderProblems(
  options: Parameters<typeof constraintsAsk>[0] & { readonly encoder?: string | undefined },
): readonly string[] {
  const wrong = (options.constraints ?? []).map(readConstraint).filter((read) => typeof read === 'string');
  if (wrong.length > 0) return wrong;
  const asked = constraintsAsk(options, 'encoder');
  if (asked && options.encoder === undefined) {
    return [`${argument('encoder')} is needed: what is asked for compares sentences.`];
  }
  return !asked && options.encoder !== undefined
    ? [
        `${argument('encoder')} has no effect without a profile or constraint that compares sentences: ${argument('profile')} strict or uniform.`,
      ]
    : [];
}

/** What is wrong about the sources of word similarity. A file of neighbours has no threshold either, but is not read here. */
export function similarityProblems(
  { similarity = [] }: { readonly similarity?: readonly string[] | undefined },
  given: ReadonlySet<string>,
): readonly string[] {
  const hasFile = similarity.some((source) => source !== 'wordnet' && source !== 'none');
  return [
    ...(similarity.length > 1 && similarity.includes('none')
      ? [`${argument('similarity')}: none stands alone; got ${similarity.join(' ')}.`]
      : []),
    ...(given.has('similarityThreshold') && !hasFile
      ? [
          `${argument('similarityThreshold')} has no effect without a file of word vectors in ${argument('similarity')}.`,
        ]
      : []),
  ];
}
