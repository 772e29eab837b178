/**
 * Breaks a text at spaces into lines of at most `width` characters; a longer word keeps a line of its own.
 * Line breaks in the text stay.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
}

/**
 * Two columns, the second wrapped: `left` narrower than its column shares the line, a wider one stands alone above.
 * @param options.width of the whole, in characters
 */
export function twoColumns(
  rows: readonly (readonly [left: string, right: string])[],
  options: { readonly width: number; readonly indent?: number },
): string[] {
  const indent = ' '.repeat(options.indent ?? 2);
  const widest = Math.max(0, ...rows.map(([left]) => left.length));
  const column = Math.min(widest, Math.max(8, Math.floor(options.width * 0.36))) + indent.length + 2;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, Math.max(20, options.width - column));
    const head = indent + left;
    const rest = (from: number) => lines.slice(from).map((line) => ' '.repeat(column) + line);
    return head.length + 2 <= column
      ? [(head.padEnd(column) + lines[0]).trimEnd(), ...rest(1)]
      : [head, ...rest(0)];
  });
}

/** Width for texts that people read: the terminal's, but never over 100 characters nor under 40. */
export const textWidth = (columns: number | undefined): number => Math.min(100, Math.max(40, columns ?? 80));
