import { excerpt } from '../base/excerpt.ts';
import type { Part, Parts } from '../base/part.ts';
import { contentHash } from '../files/content-hash.ts';

/** The identity (fingerprint) of a result: equal exactly where everything is that decides it. */
export interface Identity {
  /** SHA-256 of the parts, hex. */
  readonly hash: string;
  readonly parts: Parts;
}

/**
 * The fingerprint, a content hash, by which trainings, resumes, attacks, shards, candidates and grids are known again: from
 * parts, each with its version, settings and the hash of what it read. Folders, names, threads and logging are in none of them; the
 * device and the versions of the rules are.
 */
export const identityOf = (parts: Parts): Identity => ({ hash: contentHash(canonical(parts)), parts });

/**
 * The settings that decide a result, out of all options.
 * @param decides of each option whether it does: a total table, so that a new option cannot be forgotten
 */
export const decisiveSettings = <T extends object>(
  options: T,
  decides: Readonly<Record<string, boolean>>,
): NonNullable<Part['settings']> =>
  Object.fromEntries(
    Object.entries(decides)
      .filter(([, does]) => does)
      .map(([name]) => [name, options[name as keyof T]]),
  );

/** Sixteen digits of an identity: for names of folders. */
export const shortHash = ({ hash }: Pick<Identity, 'hash'>): string => hash.slice(0, 16);

/** What two results that are compared are called: one that is stored and one of today, unless told. */
export interface ComparedNames {
  readonly there: string;
  readonly now: string;
}

/**
 * What differs between two results, a line each, for refusing to go on with one as the other.
 * @param there the parts that are stored
 * @param now those of today
 */
export function identityDifferences(
  there: Parts,
  now: Parts,
  names: ComparedNames = { there: 'there', now: 'now' },
): readonly string[] {
  const [was, is] = [flatten(there), flatten(now)];
  const keys = [...new Set([...was.keys(), ...is.keys()])];
  return keys
    .filter((key) => was.get(key) !== is.get(key))
    .map((key) => `${key}: ${shown(was.get(key))} ${names.there}, ${shown(is.get(key))} ${names.now}`);
}

/** Differences in one sentence: the first few, and how many more. */
export function differencesInWords(there: Parts, now: Parts, names?: ComparedNames): string {
  const all = identityDifferences(there, now, names);
  const more = all.length > mostShown ? [`and ${all.length - mostShown} more`] : [];
  return [...all.slice(0, mostShown), ...more].join('; ');
}

const mostShown = 4;

const shown = (value: string | undefined): string =>
  value === undefined ? 'none' : excerpt(/^"[0-9a-f]{64}"$/.test(value) ? value.slice(1, 13) : value, 40);

/** JSON with sorted keys: the order in which settings were written is no setting. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A setting, version or hash by its place; parts in a list are named by their ids, and a part's own id stands at its place. */
export type IdentityEntry = readonly [place: readonly string[], value: unknown];

/** All that is in an identity, in the order in which it was put together. */
export function identityEntries(parts: Parts, prefix: readonly string[] = []): readonly IdentityEntry[] {
  const entriesOf = (place: readonly string[], part: Part): readonly IdentityEntry[] => {
    const { id, version, settings = {}, content, parts: inner = {} } = part;
    const contents = typeof content === 'string' ? { content } : (content ?? {});
    const own = [
      ...(version === undefined ? [] : [['version', version] as const]),
      ...Object.entries(settings), // one may be called version too: that of a service, as its user has it
      ...Object.entries(contents),
    ];
    return [
      [place, id],
      ...own.map(([name, value]): IdentityEntry => [[...place, name], value]),
      ...identityEntries(inner, place),
    ];
  };
  return Object.entries(parts).flatMap(([role, one]) => {
    if (one === undefined) return [];
    if (!isList(one)) return entriesOf([...prefix, role], one);
    return one.flatMap((part) => entriesOf([...prefix, role, part.id], part));
  });
}

function flatten(parts: Parts): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [place, value] of identityEntries(parts)) {
    if (value === undefined) continue;
    const [key, said] = [place.join('.'), canonical(value)];
    const before = found.get(key); // two rules of one id in a list
    found.set(key, before === undefined ? said : `${before} + ${said}`);
  }
  return found;
}

const isList = (value: Part | readonly Part[]): value is readonly Part[] => Array.isArray(value);
