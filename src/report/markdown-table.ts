/** A table of GitHub's Markdown; cells are Markdown already. The first column is to the left, the others to the right. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, column) => (column === 0 ? ':--' : '--:'));
  return [heads, rule, ...rows].map(line).join('\n');
}
