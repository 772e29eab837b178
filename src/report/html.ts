import { sanitize } from '../base/sanitize.ts';

/** A piece of HTML that is safe to join: made only by {@link html} and {@link trusted}. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[] | undefined;

/**
 * Template tag for HTML. Strings put into it are text, never markup: escaped, their control characters shown.
 * Html and lists of it are joined as they are; `undefined` is nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    html: strings.map((fixed, i) => fixed + render(i < parts.length ? parts[i] : undefined)).join(''),
  };
}

/** Markup of our own making (a style sheet, a chart): the caller vouches for it. */
export const trusted = (markup: string): Html => ({ html: markup });

function render(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  if ('html' in part) return part.html;
  return part.map((piece) => piece.html).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that take no room, so that two different words may look alike; joiners of scripts and emoji excepted. */
const unseen = /[\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/** A text as it is shown: what a reader would obey or not see is its visible escape; line ends stay. */
export const shownText = (text: string): string =>
  sanitize(text, { keep: '\n\t' }).replace(
    unseen,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

/** Text for HTML content or a quoted attribute. */
export const escapeText = (text: string): string =>
  shownText(text).replace(/[&<>"']/g, (character) => entities[character]!);

/** Text in a box of its own, so that its reading direction can't reach its neighbours. */
export const isolated = (text: string): Html => html`<bdi>${text}</bdi>`;
