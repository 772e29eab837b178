import { sanitize } from './sanitize.ts';

/** Characters of one value, or of one list, that a message may show: about a screen's width. */
const excerptWidth = 80;

/**
 * A value as a message may show it: on one line, and cut to `most` characters, the last then being "…". A file's line, a
 * column's name or a key may hold anything and be of any length; a message is a paragraph.
 *
 * @param most default {@link excerptWidth}
 */
export function excerpt(value: string, most: number = excerptWidth): string {
  // What is left out is not escaped either: a value may be a whole file.
  const shown = Array.from(sanitize(value.slice(0, 2 * most + 2)));
  const whole = value.length <= 2 * most + 2 && shown.length <= most;
  return whole ? shown.join('') : `${shown.slice(0, most - 1).join('')}…`;
}

/** {@link excerpt} in double quotes. */
export const quotedExcerpt = (value: string, most: number = excerptWidth): string =>
  `"${excerpt(value, most)}"`;

/**
 * A list as a message may show it: its values quoted, with commas between, as many as go into `most` characters (one at
 * least), and how many more there are.
 *
 * @param options.most default twice {@link excerptWidth}: lists of names are read, not glanced at
 * @param options.quote default true
 */
export function excerptList(
  values: readonly string[],
  { most = 2 * excerptWidth, quote = true }: { readonly most?: number; readonly quote?: boolean } = {},
): string {
  const shown: string[] = [];
  let length = 0;
  for (const value of values) {
    const one = quote ? quotedExcerpt(value) : excerpt(value);
    length += one.length + 2;
    if (shown.length > 0 && length > most) break;
    shown.push(one);
  }
  const more = values.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
