import { argument, VdaError } from '../base/error.ts';
import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { foldedLabel, labelRemarks } from './label-remarks.ts';

/** A label as it stands in a file. */
export interface LabelCell {
  readonly line: number;
  readonly label: string;
}

export interface ResolvedLabels {
  /** Class names, index = class. */
  readonly labels: readonly string[];
  /** Class of each cell. */
  readonly classes: readonly number[];
  readonly warnings: readonly string[];
}

const isInteger = (label: string) => /^-?\d+$/.test(label);

/** A label that stands for a number by its value: 1.0 is 1 (pandas writes a column with a gap so), 2.50 is 2.5. */
const byValue = (label: string): string => (/^-?\d+\.\d*$/.test(label) ? String(Number(label)) : label);

const isNumber = (label: string) => /^-?\d+(\.\d*)?$/.test(label);

/**
 * Turns label names into classes 0 to n − 1.
 *
 * Without `labels`, the classes are the distinct names: by value where all are numbers (1 and 1.0 are one class, "1"), else
 * sorted by code unit. With `labels`, each name must be one of them, a number by its value; where none of them is a number,
 * an integer in the file is taken as a class number (a checkpoint says `NEGATIVE, POSITIVE`, the file 0 and 1), with a
 * warning. What looks as if it were no class is a warning, too ({@link labelRemarks}).
 *
 * @throws VdaError `bad-input` for an empty label or one outside `labels`, with its line; `usage` where `labels` name a class twice
 */
export function resolveLabels(
  cells: readonly LabelCell[],
  p: {
    readonly path: string;
    readonly labels?: readonly string[];
    /** What the cells' numbers count, as messages call it. Default `line`. */
    readonly unit?: string;
  },
): ResolvedLabels {
  const { path, labels, unit = 'line' } = p;
  const empty = cells.find(({ label }) => label === '');
  if (empty !== undefined) {
    throw new VdaError(
      'bad-input',
      `${path}, ${unit} ${empty.line}: the label is empty. Label or remove the example.`,
    );
  }
  return labels === undefined ? inferClasses(cells, path) : useClasses(cells, { path, labels, unit });
}

function inferClasses(cells: readonly LabelCell[], path: string): ResolvedLabels {
  const numeric = cells.every(({ label }) => isNumber(label));
  const names = numeric ? cells.map(({ label }) => byValue(label)) : cells.map(({ label }) => label);
  const distinct = [...new Set(names)];
  const labels = numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort();
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const renumbered = labels.every(isInteger) && labels.some((label, i) => Number(label) !== i);
  const classes = names.map((name) => indexOf.get(name)!);
  return {
    labels,
    classes,
    warnings: [
      ...(renumbered
        ? [
            `${path}: the labels ${excerptList(labels, { quote: false })} do not count up from 0; they become classes 0 to ` +
              `${labels.length - 1}.`,
          ]
        : []),
      ...labelRemarks(labels, { classes, path }),
    ],
  };
}

function useClasses(
  cells: readonly LabelCell[],
  {
    path,
    labels,
    unit,
  }: { readonly path: string; readonly labels: readonly string[]; readonly unit: string },
): ResolvedLabels {
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  if (indexOf.size < labels.length) {
    throw new VdaError(
      'usage',
      `${argument('labels')}: expected the names of the classes, no two alike, got ${excerptList(labels)}.`,
    );
  }
  const indexByValue = new Map(labels.map((label, i) => [byValue(label), i]));
  const numbersAllowed = !labels.some(isNumber);
  let byNumber = false;
  const classes = cells.map(({ line, label }) => {
    const named = indexOf.get(label) ?? (isNumber(label) ? indexByValue.get(byValue(label)) : undefined);
    if (named !== undefined) return named;
    const value = byValue(label);
    if (numbersAllowed && isInteger(value) && Number(value) >= 0 && Number(value) < labels.length) {
      byNumber = true;
      return Number(value);
    }
    throw outside(label, { place: `${path}, ${unit} ${line}`, labels });
  });
  const meaning = labels.map((label, i) => `${i} = ${label}`);
  return {
    labels,
    classes,
    warnings: byNumber
      ? [`${path}: labels taken as class numbers: ${excerptList(meaning, { quote: false })}.`]
      : [],
  };
}

/** The error for a label that is none of the classes, with what may be the reason. */
function outside(
  label: string,
  { place, labels }: { readonly place: string; readonly labels: readonly string[] },
): VdaError {
  const alike = labels.find((name) => foldedLabel(name) === foldedLabel(label));
  const otherwise = `say what the file calls a model's classes, in their order (${argument('labels')})`;
  const reason =
    alike !== undefined
      ? `It differs from ${quotedExcerpt(alike)} in capital letters, spaces or the coding of characters only: spell it the same, or ${otherwise}.`
      : label === '-1' || label === '-'
        ? 'It often means that there is no label, as in test files whose labels are kept back: take a file with labels, or remove the example.'
        : labels.every((name, i) => name === `LABEL_${i}`)
          ? 'Such names say nothing of what the classes are. Say which names of the file they stand for, in their order ' +
            `(${argument('labels')}), or give numbers from 0 as labels.`
          : `Correct the file, use a model that was trained for these labels, or ${otherwise}.`;
  return new VdaError(
    'bad-input',
    `${place}: label ${quotedExcerpt(label)} is not one of ${excerptList(labels)}. ${reason}`,
  );
}
