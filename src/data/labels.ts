import { VdaError } from '../base/error.ts';

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

/**
 * Turns label names into classes 0 to n − 1.
 *
 * Without `labels`, the classes are the distinct names: in numeric order where all are integers, else sorted by code
 * unit. With `labels`, each name must be one of them; where none of them is an integer, an integer in the file is taken
 * as a class number (a checkpoint says `NEGATIVE, POSITIVE`, the file 0 and 1), with a warning.
 *
 * @throws VdaError `bad-input` for an empty label or one outside `labels`, with its line
 */
export function resolveLabels(
  cells: readonly LabelCell[],
  { path, labels }: { readonly path: string; readonly labels?: readonly string[] },
): ResolvedLabels {
  const empty = cells.find(({ label }) => label === '');
  if (empty !== undefined) {
    throw new VdaError(
      'bad-input',
      `${path}, line ${empty.line}: the label is empty. Label or remove the example.`,
    );
  }
  return labels === undefined ? inferClasses(cells, path) : useClasses(cells, { path, labels });
}

function inferClasses(cells: readonly LabelCell[], path: string): ResolvedLabels {
  const distinct = [...new Set(cells.map(({ label }) => label))];
  const numeric = distinct.every(isInteger);
  const labels = numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort();
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const renumbered = numeric && labels.some((label, i) => Number(label) !== i);
  return {
    labels,
    classes: cells.map(({ label }) => indexOf.get(label)!),
    warnings: renumbered
      ? [
          `${path}: the labels ${labels.join(', ')} do not count up from 0; they become classes 0 to ${labels.length - 1}.`,
        ]
      : [],
  };
}

function useClasses(
  cells: readonly LabelCell[],
  { path, labels }: { readonly path: string; readonly labels: readonly string[] },
): ResolvedLabels {
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const numbersAllowed = !labels.some(isInteger);
  let byNumber = false;
  const classes = cells.map(({ line, label }) => {
    const named = indexOf.get(label);
    if (named !== undefined) return named;
    if (numbersAllowed && isInteger(label) && Number(label) >= 0 && Number(label) < labels.length) {
      byNumber = true;
      return Number(label);
    }
    throw new VdaError(
      'bad-input',
      `${path}, line ${line}: label "${label}" is not one of ${labels.map((name) => `"${name}"`).join(', ')}. ` +
        'Correct the file, or use a model that was trained for these labels.',
    );
  });
  const meaning = labels.map((label, i) => `${i} = ${label}`).join(', ');
  return {
    labels,
    classes,
    warnings: byNumber ? [`${path}: labels taken as class numbers: ${meaning}.`] : [],
  };
}
