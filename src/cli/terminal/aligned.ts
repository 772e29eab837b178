/** Columns side by side, the first to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => [...cells[column]!].length)));
  const pad = (cell: string, column: number) => ' '.repeat(widths[column]! - [...cell].length);
  return rows.map((cells) =>
    cells
      .map((cell, c) => (c === 0 ? cell + pad(cell, c) : pad(cell, c) + cell))
      .join('  ')
      .trimEnd(),
  );
}
