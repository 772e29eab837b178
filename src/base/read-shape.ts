import type { z } from 'zod';
import { excerpt, excerptList, quotedExcerpt } from './excerpt.ts';

/** A value of the shape asked for, or what is wrong with it. */
export type Shaped<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** A sentence for each thing that is wrong, without its full stop. */
      readonly problems: readonly string[];
      /** The first of them on one line, and how many more there are. */
      readonly problem: string;
    };

/** Characters that a value inside a sentence may take. */
const shownWidth = 40;

/**
 * Checks a value that came from a file against a schema, and says in words what does not fit: the one place where the
 * schema library's own messages are turned into ours.
 */
export function readShape<S extends z.ZodType>(schema: S, value: unknown): Shaped<z.output<S>> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = [...new Set(parsed.error.issues.map(describe))];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { ok: false, problems, problem: `${problems[0]}${more}` };
}

function describe(issue: z.core.$ZodIssue): string {
  const at = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    // A schema with a better sentence of its own keeps it.
    if (!/^Unrecognized keys?: /.test(issue.message))
      return at === '' ? issue.message : `${at}: ${issue.message}`;
    return `${at === '' ? '' : `${at}: `}unknown key${issue.keys.length > 1 ? 's' : ''} ${excerptList(issue.keys)}`;
  }
  if (issue.code === 'custom') return at === '' ? issue.message : `${at}: ${issue.message}`;
  const expected = expectation(issue);
  if (got(issue) === undefined)
    return at === '' ? 'nothing is there' : `${at} is missing, expected ${expected}`;
  return `${at === '' ? '' : `${at}: `}expected ${expected}, got ${shown(got(issue))}`;
}

/** A choice by one field reports the object that the field is in. */
const got = (issue: z.core.$ZodIssue): unknown =>
  issue.code === 'invalid_union' && typeof issue.discriminator === 'string'
    ? (issue.input as Readonly<Record<string, unknown>> | undefined)?.[issue.discriminator]
    : issue.input;

/** `rows[0].train`; keys of any length and any characters are cut to a few words. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key, i) =>
      typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${excerpt(String(key), shownWidth)}`,
    )
    .join('');

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const kindOf = (name: string): string => (Object.hasOwn(kinds, name) ? kinds[name]! : `a ${name}`);

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kindOf(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${excerptList(issue.values.map(String), { quote: false })}`;
    case 'too_small':
      return bounded(issue.origin, `${issue.inclusive ? 'at least' : 'above'}`, issue.minimum);
    case 'too_big':
      return bounded(issue.origin, `${issue.inclusive ? 'at most' : 'below'}`, issue.maximum);
    case 'invalid_union': {
      if ('options' in issue && Array.isArray(issue.options))
        return `one of ${excerptList(issue.options.map(String), { quote: false })}`;
      const choices = issue.errors.flatMap(([first]) =>
        first === undefined || first.path.length > 0 ? [] : [expectation(first)],
      );
      return choices.length === 0 ? 'another form' : [...new Set(choices)].join(' or ');
    }
    default:
      return 'another form';
  }
}

function bounded(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 ? 'a text that is not empty' : `a text of ${relation} ${limit} characters`;
  if (origin === 'array')
    return limit === 1 ? 'a list that is not empty' : `a list of ${relation} ${limit} entries`;
  return `${origin === 'int' ? 'a whole number' : 'a number'} ${relation} ${limit}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quotedExcerpt(value, shownWidth);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return excerpt(String(value), shownWidth);
}
