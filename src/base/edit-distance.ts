/**
 * Damerau-Levenshtein distance (optimal string alignment): the least number of insertions, deletions,
 * substitutions and swaps of neighbours that turn `a` into `b`, no part edited twice.
 *
 *     d(i,j) = min( d(i−1,j)+1, d(i,j−1)+1, d(i−1,j−1)+[aᵢ≠bⱼ], d(i−2,j−2)+1 where aᵢ₋₁aᵢ = bⱼbⱼ₋₁ )
 *
 * Source: Damerau 1964 (Communications of the ACM 7:3), Levenshtein 1966.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
