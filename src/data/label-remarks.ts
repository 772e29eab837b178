import { excerptList, quotedExcerpt } from '../base/excerpt.ts';

/** What data sets write where an example has no label, in small letters. */
const noLabel: ReadonlySet<string> = new Set([
  '-1',
  '-',
  '?',
  'nan',
  'n/a',
  'null',
  'unlabeled',
  'unlabelled',
]);

/** More numbers than this are hardly ever classes. */
const manyNumbers = 20;

/**
 * Sentences about labels that are read as classes and may be none: marks for "no label", scores, two spellings of one name.
 * @param labels distinct names, index = class
 * @param p.classes class of each example
 * @returns nothing where all look like classes
 */
export function labelRemarks(
  labels: readonly string[],
  { classes, path }: { readonly classes: readonly number[]; readonly path: string },
): readonly string[] {
  return [
    ...missing(labels, classes).map(
      ({ name, count }) =>
        `${path}: ${count} of ${classes.length} examples have the label ${quotedExcerpt(name)}, which often means that there ` +
        'is no label; it is read as a class of its own. Remove them if it is none.',
    ),
    ...(areScores(labels)
      ? [
          `${path}: ${labels.length} different numbers are read as so many classes (${excerptList(labels, { quote: false, most: 60 })}). ` +
            'If they are scores, make classes of them, such as below and above a threshold.',
        ]
      : []),
    ...spellings(labels).map(
      (names) =>
        `${path}: the labels ${excerptList(names)} differ in capital letters, spaces or the coding of characters only and are read as ${names.length} classes. ` +
        'Spell them the same if they are one.',
    ),
  ];
}

function missing(labels: readonly string[], classes: readonly number[]) {
  return labels.flatMap((name, label) => {
    // Of numbers, −1 is a class beside −2 or as the other of 1; beside 0 or alone it is the mark.
    const isClass = name === '-1' && (labels.some((other) => Number(other) < -1) || labels.join() === '-1,1');
    if (!noLabel.has(name.toLowerCase()) || isClass) return [];
    return [{ name, count: classes.filter((one) => one === label).length }];
  });
}

function areScores(labels: readonly string[]): boolean {
  const numbers = labels.map(Number);
  if (labels.length < 3 || !numbers.every(Number.isFinite)) return false;
  return labels.length > manyNumbers || numbers.some((value) => !Number.isInteger(value));
}

/**
 * What is left of a name without case, spaces, characters that do not show and ways to encode the others; a number as it is, for its sign
 * and point are no spelling.
 */
export function foldedLabel(name: string): string {
  if (!Number.isNaN(Number(name))) return name;
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Cf}_-]+/gu, '');
  return folded === '' ? name : folded;
}

/** Groups of names that are one but for case and spaces. */
function spellings(labels: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const name of labels) {
    const folded = foldedLabel(name);
    groups.set(folded, [...(groups.get(folded) ?? []), name]);
  }
  return [...groups.values()].filter((names) => names.length > 1);
}
