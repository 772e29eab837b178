import { excerpt } from '../base/excerpt.ts';
import { camelCase, didYouMean, mostProblems } from './names.ts';
import { type CommandSpec, insteadOf, knownElsewhereAs, optionsOf } from './spec.ts';
import { usageError } from './usage-error.ts';

/** Values of a configuration file by key (camelCase), each with the spelling the file used. */
export type ConfigValues = ReadonlyMap<string, { readonly value: unknown; readonly spelled: string }>;

/**
 * Options of a command by key, from an object of them.
 * @param p.where the object, as messages name it
 * @throws VdaError `usage` (unknown or doubled keys)
 */
export function configValues(
  spec: CommandSpec,
  content: object,
  { where }: { readonly where: string },
): ConfigValues {
  const options = optionsOf(spec);
  const values = new Map<string, { value: unknown; spelled: string }>();
  const problems: string[] = [];
  for (const [given, value] of Object.entries(content)) {
    const spelled = excerpt(given);
    const key = camelCase(spelled);
    const seen = values.get(key);
    if (!options.some((info) => info.key === key)) {
      const known = knownElsewhereAs(key, options).map((info) => info.key);
      const keys = options.map((info) => info.key);
      const isShown = problems.length <= mostProblems; // the others are counted only
      const hint =
        known.length > 0 ? ` Here it is ${known.join(' or ')}.` : isShown ? didYouMean(key, keys) : '';
      const instead = insteadOf(key, spec);
      const unknown = `unknown key ${excerpt(spelled, 40)} in ${where}`;
      problems.push(instead === undefined ? `${unknown}.${hint}` : `${unknown}: ${instead}`);
    } else if (seen) {
      const both = `${excerpt(seen.spelled, 40)} and ${excerpt(spelled, 40)}`;
      problems.push(`${both} in ${where} are the same option; keep one.`);
    } else if (value !== null) {
      values.set(key, { value, spelled });
    }
  }
  if (problems.length > 0) throw usageError(spec.name, problems);
  return values;
}

export const describe = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
