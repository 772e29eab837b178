/** What readers answered about one thing, a number each; `undefined` where one did not. */
export type Ratings = readonly (number | undefined)[];

/** How far apart two answers are: different (`nominal`), or by the answers that lie between them (`ordinal`). */
export type RatingLevel = 'nominal' | 'ordinal';

/**
 * Krippendorff's alpha: the agreement of any number of raters beyond chance, with answers missing as they may.
 *
 *     α = 1 − D_o/D_e = 1 − (n − 1)·Σ_{c<k} o_ck·δ²_ck / Σ_{c<k} n_c·n_k·δ²_ck
 *     o_ck = Σ_u (pairs of answers c, k in unit u) / (m_u − 1),   n_c = Σ_k o_ck,   n = Σ_c n_c
 *     nominal: δ²_ck = 1;   ordinal: δ²_ck = (Σ_{c≤g≤k} n_g − (n_c + n_k)/2)²
 *
 * Units with fewer than two answers pair with nothing and count for nothing. 1 is full agreement, 0 that of chance.
 *
 * Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", §C (nominal) and §D (ordinal).
 * @param units the answers about each unit; of ordinal ones the numbers give the order
 * @returns NaN where no two answers can be compared, or where all are the same: without variation chance says nothing
 */
export function krippendorffAlpha(
  units: readonly Ratings[],
  { level }: { readonly level: RatingLevel },
): number {
  const paired = units
    .map((answers) => answers.filter((answer) => answer !== undefined))
    .filter((answers) => answers.length > 1);
  const values = [...new Set(paired.flat())].sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  const size = values.length;
  const coincidences = new Float64Array(size * size); // [answer, other answer]
  for (const answers of paired) {
    for (const [i, one] of answers.entries()) {
      for (const [j, other] of answers.entries()) {
        if (i !== j) coincidences[place.get(one)! * size + place.get(other)!]! += 1 / (answers.length - 1);
      }
    }
  }
  const counts = values.map((_, c) => sum(coincidences.subarray(c * size, (c + 1) * size)));
  const n = sum(counts);
  const between = (c: number, k: number) => sum(counts.slice(c, k + 1)) - (counts[c]! + counts[k]!) / 2;
  let [observed, expected] = [0, 0];
  for (let c = 0; c < size; c++) {
    for (let k = c + 1; k < size; k++) {
      const distance = level === 'nominal' ? 1 : between(c, k) ** 2;
      observed += coincidences[c * size + k]! * distance;
      expected += counts[c]! * counts[k]! * distance;
    }
  }
  return expected === 0 ? Number.NaN : 1 - ((n - 1) * observed) / expected;
}

const sum = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((total, number) => total + number, 0);
