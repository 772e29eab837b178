import type { Example } from './dataset.ts';

/** Examples and what to call them. */
export interface NamedExamples {
  readonly name: string;
  readonly examples: readonly Example[];
}

/**
 * Remarks on duplicates and leakage (train/test contamination): texts that occur twice within a set, or in one set and again in a
 * later one. White space
 * around a text does not count, and a pair is the same only where both texts are. A text under two labels is said to be:
 * one of them is wrong, or the texts are too short to tell.
 *
 * @param sets the training texts first: a text that a later set shares with them is not a fair test
 * @returns nothing where every text is one of its kind
 */
export function duplicateRemarks(sets: readonly NamedExamples[]): readonly string[] {
  const labelsIn = sets.map(({ examples }) => labelsByText(examples));
  return sets.flatMap(({ name, examples }, later) => {
    const within = repeats(examples);
    return [
      ...(within.count > 0
        ? [
            `${name}: ${within.count} of ${examples.length} repeat an earlier one${andLabels(within.otherLabel)}.`,
          ]
        : []),
      ...sets.slice(0, later).flatMap((earlier, index) => {
        const known = labelsIn[index]!;
        const found = examples.filter((example) => known.has(textKey(example)));
        const otherLabel = found.filter((example) => !known.get(textKey(example))!.has(example.label)).length;
        return found.length === 0
          ? []
          : [
              `${name}: ${found.length} of ${examples.length} are also in ${earlier.name}${andLabels(otherLabel)}.`,
            ];
      }),
    ];
  });
}

const textKey = ({ text, textPair }: Example): string =>
  textPair === undefined ? text.trim() : `${text.trim()}\u0000${textPair.trim()}`;

const andLabels = (count: number): string => (count > 0 ? `, ${count} of them with another label` : '');

function labelsByText(examples: readonly Example[]): ReadonlyMap<string, ReadonlySet<number>> {
  const labels = new Map<string, Set<number>>();
  for (const example of examples) {
    const key = textKey(example);
    labels.set(key, (labels.get(key) ?? new Set()).add(example.label));
  }
  return labels;
}

function repeats(examples: readonly Example[]): { readonly count: number; readonly otherLabel: number } {
  const first = new Map<string, number>();
  let [count, otherLabel] = [0, 0];
  for (const example of examples) {
    const key = textKey(example);
    const label = first.get(key);
    if (label === undefined) first.set(key, example.label);
    else {
      count++;
      if (label !== example.label) otherLabel++;
    }
  }
  return { count, otherLabel };
}
