import { a2t } from './a2t.ts';
import { baeInsert, baeReplace } from './bae.ts';
import { bertAttack } from './bert-attack.ts';
import { clare } from './clare.ts';
import { deepWordBug } from './deepwordbug.ts';
import type { RecipeDefinition } from './definition.ts';
import { pwws } from './pwws.ts';
import { random } from './random.ts';
import { textBugger } from './textbugger.ts';
import { textFooler } from './textfooler.ts';

/** Every attack, by the name that users give. */
export const recipes = {
  a2t,
  'bert-attack': bertAttack,
  bae: baeReplace,
  'bae-insert': baeInsert,
  clare,
  deepwordbug: deepWordBug,
  pwws,
  random,
  textbugger: textBugger,
  textfooler: textFooler,
} as const satisfies Readonly<Record<string, RecipeDefinition>>;

/** Name of a recipe, as `vda list` has it. */
export type RecipeName = keyof typeof recipes;
