import { sharedAndOwn } from '../../base/shared-and-own.ts';
import { untargeted } from '../goal/untargeted.ts';
import type { AttackRecipe } from '../recipe.ts';
import { attackStatuses } from '../record.ts';
import { worstOf } from '../search/worst-of.ts';
import { usual } from './definition.ts';
import type { RecipeName } from './index.ts';

/** The attacks of the ensemble, in the order in which they run: those that succeed most often first, the control last. Ours. */
export const ensembleMembers: readonly RecipeName[] = [
  'bert-attack',
  'textfooler',
  'pwws',
  'deepwordbug',
  'random',
];

/** The worst case over several attacks as one: a text is robust only if it survives all. */
export const ensembleOf = (members: readonly AttackRecipe[]): AttackRecipe => ({
  ...usual,
  ...{ id: 'ensemble', version: 1, source: 'ours, the worst case over attacks' },
  preset: members[0]?.preset ?? 'default',
  ...(members[0]?.profile !== undefined && { profile: members[0].profile }),
  robustEndings: attackStatuses.filter((status) =>
    members.every(({ robustEndings }) => robustEndings.includes(status)),
  ),
  goal: untargeted,
  search: worstOf(members),
  members,
  transformations: members.flatMap(({ transformations }) => transformations),
  constraints: members.flatMap(({ constraints }) => constraints), // each holds within its attack alone
  filters: filtersOf(members),
});

/** What all members keep to, then what each does beside it. */
function filtersOf(members: readonly AttackRecipe[]): readonly string[] {
  const { shared, own } = sharedAndOwn(members.map(({ filters }) => filters));
  const alone = members.flatMap(({ id }, i) =>
    own[i]!.length > 0 ? [`${id} alone: ${own[i]!.join(', ')}`] : [],
  );
  return [...shared, ...alone];
}
