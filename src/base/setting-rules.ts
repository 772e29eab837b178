import { argument, VdaError } from './error.ts';
import { excerpt } from './excerpt.ts';

interface Optional {
  /** May be left out. */
  readonly optional?: boolean;
}

/** A finite number. */
export interface NumberRule extends Optional {
  readonly kind: 'number' | 'integer';
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
}

/** A list of numbers, one at least, each as its rule has it. */
export interface NumberListRule extends Optional {
  readonly kind: 'numbers';
  readonly each: NumberRule;
}

/** What one setting may be; `text` is not empty, `texts` a list of at least one such. */
export type SettingRule =
  | NumberRule
  | NumberListRule
  | (Optional & {
      readonly kind: 'choice';
      readonly choices: readonly string[] | Readonly<Record<string, unknown>>;
    })
  | (Optional & { readonly kind: 'flag' })
  | (Optional & { readonly kind: 'text' })
  | (Optional & { readonly kind: 'texts' });

export type SettingRules = Readonly<Record<string, SettingRule>>;

/** What a rule lets through, in words: `a whole number at least 1`. */
export function expectationOf(rule: SettingRule): string {
  if (rule.kind === 'choice') return `one of ${choicesOf(rule).join(', ')}`;
  if (rule.kind === 'flag') return 'true or false';
  if (rule.kind === 'text') return 'a text that is not empty';
  if (rule.kind === 'texts') return 'a list of texts that are not empty';
  if (rule.kind === 'numbers') return `a list, each ${expectationOf(rule.each)}`;
  const bounds = [
    ...(rule.above === undefined ? [] : [`above ${rule.above}`]),
    ...(rule.min === undefined ? [] : [`at least ${rule.min}`]),
    ...(rule.below === undefined ? [] : [`below ${rule.below}`]),
    ...(rule.max === undefined ? [] : [`at most ${rule.max}`]),
  ];
  return `${rule.kind === 'integer' ? 'a whole number' : 'a number'} ${bounds.join(' and ')}`.trim();
}

const choicesOf = ({ choices }: Extract<SettingRule, { readonly kind: 'choice' }>): readonly string[] =>
  Array.isArray(choices) ? choices : Object.keys(choices);

function fits(value: unknown, rule: SettingRule): boolean {
  switch (rule.kind) {
    case 'choice':
      return choicesOf(rule).includes(value as string);
    case 'flag':
      return typeof value === 'boolean';
    case 'text':
      return isText(value);
    case 'texts':
      return Array.isArray(value) && value.length > 0 && value.every(isText);
    case 'numbers':
      return Array.isArray(value) && value.length > 0 && value.every((each) => fits(each, rule.each));
    default: {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (rule.kind === 'integer' && !Number.isSafeInteger(value)) return false;
      const { above = -Infinity, min = -Infinity, below = Infinity, max = Infinity } = rule;
      return value > above && value >= min && value < below && value <= max;
    }
  }
}

/**
 * Holds settings against their rules, for callers that no command line has checked, and gives them back.
 * @param owner the function that was called, as messages name it
 * @param options.strict refuse what has no rule; false unless told
 * @throws VdaError `usage` naming every setting that is wrong: what was expected, what was got
 */
export function checkSettings<S extends object>(
  owner: string,
  settings: S,
  { rules, strict = false }: { readonly rules: SettingRules; readonly strict?: boolean },
): S {
  if (typeof settings !== 'object' || settings === null) {
    throw new VdaError('usage', `${owner}: expected an object of settings, got ${shown(settings)}.`);
  }
  const values = new Map<string, unknown>(Object.entries(settings));
  const wrong = Object.entries(rules).flatMap(([name, rule]) => {
    const value = values.get(name);
    if (value === undefined ? rule.optional : fits(value, rule)) return [];
    return [`${argument(name)}: expected ${expectationOf(rule)}, got ${shown(value)}`];
  });
  const unknown = [...values.keys()].filter((name) => strict && !Object.hasOwn(rules, name));
  if (unknown.length > 0) {
    const known = Object.keys(rules);
    wrong.push(
      `there is no ${unknown.map((name) => shown(name)).join(', ')}; known are ${known.join(', ') || 'none'}`,
    );
  }
  if (wrong.length > 0) throw new VdaError('usage', `${owner}: ${wrong.join('; ')}.`);
  return settings;
}

/** A value in a message, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${excerpt(value)}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/**
 * Refuses an argument that is not what a function takes, for callers that no compiler has checked.
 * @throws VdaError `usage`: `owner: name: expected …, got …`
 */
export function requireArgument(
  fits: boolean,
  p: { readonly owner: string; readonly name: string; readonly expected: string; readonly got: unknown },
): void {
  if (fits) return;
  throw new VdaError('usage', `${p.owner}: ${p.name}: expected ${p.expected}, got ${shown(p.got)}.`);
}

/** Whether a value is a text of at least one character. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whether a value is an object with functions of these names. */
export const hasMethods = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
