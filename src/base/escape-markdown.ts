import { sanitize } from './sanitize.ts';

/** One line of plain text for Markdown: nothing in it marks up, links or is HTML; controls are shown. */
export const escapeMarkdown = (plain: string): string =>
  sanitize(plain).replace(/[\\`*_{}[\]<>#!|~&]/g, '\\$&');
