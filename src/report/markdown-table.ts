/**
 * A table of GitHub's Markdown; cells are Markdown already.
 * @param p.left how many columns are to the left, the others being to the right
 */
export function markdownTable(
  heads: readonly string[],
  { rows, left = 1 }: { readonly rows: readonly (readonly string[])[]; readonly left?: number },
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, column) => (column < left ? ':--' : '--:'));
  return [heads, rule, ...rows].map(line).join('\n');
}
