/**
 * Characters that a terminal or a bidirectional renderer obeys rather than shows: C0 and C1 controls (escape
 * sequences begin with one), the line and paragraph separators, the bidirectional marks, embeddings, overrides
 * and isolates (Unicode TR 9 §2), and lone surrogates, which no encoder can write.
 */
const obeyed = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes a text of unknown origin safe to show: each character that could move the cursor, recolour or rename
 * the terminal, start a line, or reorder what is read becomes its visible escape (`\u202e`); everything else
 * stays. The escape character alone is enough to disarm a whole sequence: what followed it is plain text.
 *
 * @param options.keep characters to leave as they are, such as `'\n'` for a text that may have lines; default none
 */
export function sanitize(text: string, options: { readonly keep?: string } = {}): string {
  const keep = options.keep ?? '';
  return text.replace(obeyed, (character) => (keep.includes(character) ? character : visible(character)));
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const visible = (character: string): string =>
  named[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
