import { homedir } from 'node:os';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';

/** Where a report is made: what its paths are told from. */
export interface Place {
  /** The working folder. */
  readonly folder: string;
  readonly home: string;
}

export const thisPlace = (): Place => ({ folder: process.cwd(), home: homedir() });

/**
 * A path as a report may show it, for reports are handed around: an absolute one relative to the working folder, and where
 * it lies outside or leads through a home folder its last part alone. A relative one stays, unless it climbs out and names
 * the home folder.
 */
export function shownPath(path: string, { folder, home }: Place): string {
  const climbs = path.split(/[/\\]/).includes('..') && path.split(/[/\\]/).includes(basename(home));
  if (!isAbsolute(path) && !climbs) return path;
  const target = resolve(folder, path);
  return isWithin(target, folder) && !leadsThroughHome(folder, target, home)
    ? relative(folder, target) || '.'
    : basename(target);
}

/** A text, such as a command or a message, with every absolute path of two parts or more as `show` gives it; `pairs:/a/b.txt` has one. */
export const withPathsAs = (text: string, show: (path: string) => string): string =>
  text.replace(
    /(?<![\p{L}\p{N}_.~/@\\-])(?<!(?<![\p{L}\p{N}_])\p{L}:)(?:\/[\p{L}\p{N}_.@+~%-]+){2,}/gu,
    show,
  );

/** {@link withPathsAs} for every text in a value, however deep; a text that is an absolute path is shown whole. */
export function valueWithPathsAs(value: unknown, show: (path: string) => string): unknown {
  if (typeof value === 'string') return isAbsolute(value) ? show(value) : withPathsAs(value, show);
  if (Array.isArray(value)) return value.map((one) => valueWithPathsAs(one, show));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, valueWithPathsAs(one, show)]));
}

/** {@link shownPath} of every absolute path of two parts or more within a text. */
export const withShownPaths = (text: string, place: Place): string =>
  withPathsAs(text, (path) => shownPath(path, place));

/** {@link shownPath} of every absolute path in a value, however deep. */
export const shownValue = (value: unknown, place: Place): unknown =>
  valueWithPathsAs(value, (path) => shownPath(path, place));

/**
 * A link from a folder to a file; undefined where it would lead through the root, or through what holds the home folder,
 * and so name the folders on the way.
 */
export function linkTo(
  path: string,
  { from, home }: { readonly from: string; readonly home: string },
): string | undefined {
  const target = resolve(path);
  const link = relative(from, target);
  const up = link.split(sep).filter((part) => part === '..');
  const common = resolve(from, ...up);
  const isRoot = common === resolve(common, '..');
  return isAbsolute(link) || isRoot || leadsThroughHome(common, target, home) ? undefined : link;
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Whether the way from a folder down to a target names the home folder. */
const leadsThroughHome = (folder: string, target: string, home: string): boolean =>
  folder !== home && isWithin(home, folder) && isWithin(target, home);
