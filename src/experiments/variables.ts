import { argument, VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { didYouMean, firstOf } from '../options/names.ts';

/** Values given by `--set name=value`. */
export type Variables = ReadonlyMap<string, string>;

/**
 * Reads `--set` options.
 * @throws VdaError `usage` for what is not `name=value`, and for a name given twice
 */
export function readVariables(given: readonly string[]): Variables {
  const variables = new Map<string, string>();
  for (const one of given) {
    const [, name, value] = /^([\w-]+)=(.*)$/s.exec(one) ?? [];
    if (name === undefined || value === undefined || variables.has(name)) {
      const problem = name === undefined ? `expected name=value, got '${one}'` : `${name} is given twice`;
      throw new VdaError('usage', `vda reproduce: ${argument('set')}: ${problem}.`);
    }
    variables.set(name, value);
  }
  return variables;
}

/** A default may hold all but braces, so that each character is looked at once. */
const pattern = /\$\{([\w-]+)(?::-([^{}]*))?\}/g;

/**
 * A document with its variables filled in. Texts that begin with a variable are left as given, the others go through
 * `readText` with the key they stand under; a text that is nothing but a variable may become a number or a switch.
 *
 * @throws VdaError `usage` naming every variable without a value, and every value without a variable
 */
export function withVariables(
  document: unknown,
  p: {
    readonly variables: Variables;
    readonly path: string;
    readonly readText: (key: string, text: string) => string;
  },
): unknown {
  const used = new Set<string>();
  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replaceAll(pattern, (_, name: string, fallback?: string) => {
      used.add(name);
      const value = p.variables.get(name) ?? fallback;
      if (value === undefined) missing.add(name);
      return value ?? '';
    });
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (!value.startsWith('${')) return p.readText(key, fill(value));
      return /^\$\{[^}]*\}$/.test(value) ? scalar(fill(value)) : fill(value);
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]));
  };
  const filled = walk(document, '');
  const unused = [...p.variables.keys()].filter((name) => !used.has(name));
  const problems = [
    ...(missing.size > 0
      ? [
          `${p.path} needs ${firstOf([...missing].map((name) => `${argument('set')} ${excerpt(name, 40)}=…`)).join(' ')}.`,
        ]
      : []),
    ...unused.map((name) => `${p.path} has no variable ${excerpt(name, 40)}.${didYouMean(name, used)}`),
  ];
  if (problems.length > 0) throw new VdaError('usage', `vda reproduce: ${problems.join('\n')}`);
  return filled;
}

function scalar(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
