import type { PresetName, RecipeDefinition } from './definition.ts';

/** Whether an attack reads a setting under a preset; of a preset that it has not it reads none. */
export const readsSetting = (
  { presets }: RecipeDefinition,
  { preset, key }: { readonly preset: PresetName; readonly key: string },
): boolean => key in (presets[preset] ?? {});

/** Of settings those that none of several attacks reads: they would have no effect. */
export const unreadSettings = (
  keys: readonly string[],
  { definitions, preset }: { readonly definitions: readonly RecipeDefinition[]; readonly preset: PresetName },
): readonly string[] =>
  keys.filter((key) => !definitions.some((definition) => readsSetting(definition, { preset, key })));
