import type { AttackRecord } from '../attacks/record.ts';
import { quantile } from '../base/statistics.ts';
import { type TextTrait, textTraits } from './text-traits.ts';

/** A slice (subgroup) of the test set. */
export interface Slice {
  /** What the set was cut by. */
  readonly by: 'words' | 'class' | TextTrait['trait'];
  /** E.g. `12–18 words`, the name of the true class, or `negation`, `no negation`. */
  readonly name: string;
  readonly records: readonly AttackRecord[];
}

/**
 * Slices of the test set by text length and by true class, every record in one of either kind, and by negation, numbers and
 * names in the attacked text, where some texts have them and some do not. Classes come in order of first appearance.
 */
export function slices(records: readonly AttackRecord[]): readonly Slice[] {
  const ranges = lengthRanges(records.map(({ words }) => words));
  const byLength = ranges.map(([from, to]): Slice => {
    const inside = records.filter(({ words }) => from <= words && words <= to);
    const name = from === to ? `${from} words` : `${from}–${to} words`;
    return { by: 'words', name, records: inside };
  });
  const labels = [...new Set(records.map(({ label }) => label))];
  const byClass = labels.map((label): Slice => {
    const inside = records.filter((record) => record.label === label);
    return { by: 'class', name: label, records: inside };
  });
  return [...byLength, ...byClass, ...textTraits.flatMap((trait) => withAndWithout(records, trait))];
}

function withAndWithout(records: readonly AttackRecord[], { trait, isIn }: TextTrait): readonly Slice[] {
  const having = (wanted: boolean) =>
    records.filter(({ text, textPair }) => isIn(textPair ?? text) === wanted);
  const [inside, outside] = [having(true), having(false)];
  if (inside.length === 0 || outside.length === 0) return [];
  return [
    { by: trait, name: trait, records: inside },
    { by: trait, name: `no ${trait}`, records: outside },
  ];
}

/**
 * Ranges of word counts, bounds included, cut at the quartiles: at most four, about equally full, none empty.
 * They depend on the texts alone, so models attacked on the same test set have the same ranges.
 */
export function lengthRanges(wordCounts: readonly number[]): readonly (readonly [number, number])[] {
  const sorted = [...wordCounts].sort((a, b) => a - b);
  const ends = [0.25, 0.5, 0.75, 1].map((level) => Math.floor(quantile(sorted, level)));
  const ranges: [number, number][] = [];
  for (const end of ends) {
    const previousEnd = ranges.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY;
    const inside = sorted.filter((count) => previousEnd < count && count <= end);
    if (inside.length > 0) ranges.push([inside[0]!, inside.at(-1)!]);
  }
  return ranges;
}
