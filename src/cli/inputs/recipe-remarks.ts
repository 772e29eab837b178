import type { AttackRecipe } from '../../attacks/recipe.ts';
import type { RecipeDefinition } from '../../attacks/recipes/definition.ts';
import { recipes } from '../../attacks/recipes/index.ts';

/** What is said of an attack before it runs: its preset and filters, and where it departs from what it is made after. */
export function recipeRemarks(recipe: AttackRecipe): readonly string[] {
  const { id, preset, profile, filters, members = [] } = recipe;
  if (members.length > 0) {
    return [
      `${id}: one after another up to the first that succeeds, ${members.length} attacks.`,
      ...members.flatMap(recipeRemarks),
    ];
  }
  const under = profile === undefined ? '' : `, profile ${profile}`;
  const filtered = filters.length > 0 ? filters.join(', ') : 'none';
  return [`${id} (${preset}${under}); filters: ${filtered}.`, ...departureRemarks(recipe)];
}

function departureRemarks({ id, preset, source }: AttackRecipe): readonly string[] {
  const { departures }: RecipeDefinition = recipes[id as keyof typeof recipes];
  const lines = departures?.[preset as keyof typeof departures] ?? [];
  if (lines.length === 0) return [];
  if (preset === 'default') {
    return [
      `It departs from ${source} in:`,
      ...lines.map(({ what, there, default: ours }) => `- ${what}: ${ours} (there: ${there})`),
    ];
  }
  return [
    `The preset ${preset} departs from the default attack in:`,
    ...lines.map(({ what, there, default: usual }) => `- ${what}: ${there} (default: ${usual})`),
  ];
}
