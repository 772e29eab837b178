import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { camelCase, didYouMean } from './names.ts';
import { usageError } from './parse-flags.ts';
import { type CommandSpec, knownElsewhereAs, optionsOf } from './spec.ts';

/** Values of a configuration file by key (camelCase), each with the spelling the file used. */
export type ConfigValues = ReadonlyMap<string, { readonly value: unknown; readonly spelled: string }>;

/**
 * Reads `--config FILE`: one YAML or JSON object. Keys in snake_case, kebab-case or camelCase; a `null` leaves
 * the default. Paths inside are relative to the working directory, as in flags.
 * @throws VdaError `not-found` | `bad-input` (not YAML, JSON or not an object) | `usage` (unknown or doubled keys)
 */
export async function readConfigFile(spec: CommandSpec, path: string): Promise<ConfigValues> {
  const content = await readStructured(path, '--config');
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new VdaError(
      'bad-input',
      `--config ${path}: expected an object of options, got ${describe(content)}.`,
    );
  }
  return configValues(spec, content, { where: path });
}

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
      const hint = known.length > 0 ? ` Here it is ${known.join(' or ')}.` : didYouMean(key, keys);
      problems.push(`unknown key ${spelled} in ${where}.${hint}`);
    } else if (seen) {
      problems.push(`${seen.spelled} and ${spelled} in ${where} are the same option; keep one.`);
    } else if (value !== null) {
      values.set(key, { value, spelled });
    }
  }
  if (problems.length > 0) throw usageError(spec.name, problems);
  return values;
}

/**
 * Reads a YAML or JSON file.
 * @param what names the file in messages, such as `--config`
 * @throws VdaError `usage` for another kind of name; `not-found`; `bad-input` for what is not YAML or JSON
 */
export async function readStructured(path: string, what: string): Promise<unknown> {
  const format = extname(path).toLowerCase();
  if (format !== '.json' && format !== '.yaml' && format !== '.yml') {
    throw new VdaError('usage', `${what} ${path}: expected a file named .yaml, .yml or .json.`);
  }
  const text = await readText(path, what);
  try {
    if (format === '.json') return JSON.parse(text);
    const yaml = await import('yaml');
    return yaml.parse(text, { logLevel: 'error' });
  } catch (thrown) {
    const kind = format === '.json' ? 'JSON' : 'YAML';
    throw new VdaError('bad-input', `${what} ${path} is not valid ${kind}: ${messageOf(thrown).trim()}`, {
      cause: thrown,
    });
  }
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (thrown) {
    throw new VdaError('not-found', `${what} ${path} cannot be read: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

const describe = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
