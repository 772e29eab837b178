/** What a table for the terminal holds: a cell for each header; `columns` is the width of the terminal in characters. */
export interface TextTable {
  readonly rows: readonly (readonly string[])[];
  readonly columns?: number | undefined;
}

/**
 * The lines of a table for the terminal, numbers to the right. Where it is wider than the terminal, which would fold it beyond
 * reading, each row is a block with a line for each header.
 */
export function textTable(headers: readonly string[], { rows, columns }: TextTable): readonly string[] {
  const widths = headers.map((header, column) =>
    Math.max(lengthOf(header), ...rows.map((cells) => lengthOf(cells[column]!))),
  );
  const width = widths.reduce((sum, each) => sum + each + gap.length, -gap.length);
  return columns !== undefined && width > columns
    ? blocks(headers, rows)
    : aligned([headers, ...rows], widths);
}

const gap = '  ';

/** Characters, not UTF-16 units. */
const lengthOf = (text: string): number => [...text].length;

function aligned(lines: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const [head, ...rows] = lines.map((cells) =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - lengthOf(cell));
        return column === 0 ? cell + space : space + cell;
      })
      .join(gap),
  );
  return [head!, widths.map((width) => '─'.repeat(width)).join(gap), ...rows];
}

function blocks([, ...headers]: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widest = Math.max(...headers.map(lengthOf));
  const numbers = Math.max(0, ...rows.flatMap(([, ...cells]) => cells.map(lengthOf)));
  return rows.flatMap(([name, ...cells], i) => [
    ...(i === 0 ? [] : ['']),
    name!,
    ...headers.map(
      (header, column) =>
        gap + header.padEnd(widest) + gap + ' '.repeat(numbers - lengthOf(cells[column]!)) + cells[column],
    ),
  ]);
}
