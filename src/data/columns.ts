import { VdaError } from '../base/error.ts';

/** Which columns of a table to use; what is left out is guessed from the names. */
export interface ColumnOptions {
  readonly textColumn?: string;
  /** Second text of a pair. Not guessed when `textColumn` is given. */
  readonly textPairColumn?: string;
  readonly labelColumn?: string;
}

export interface ChosenColumns {
  readonly text: string;
  readonly textPair?: string;
  readonly label: string;
}

// Names that public data sets use, the surest first; compared without regard to case.
const labelNames = [
  ['label', 'labels', 'gold_label', 'class', 'sentiment', 'polarity', 'target', 'category', 'quality'],
  ['stars', 'rating', 'score', 'is_duplicate', 'airline_sentiment', 'coarse_label', 'label_text'],
].flat();
const textNames = [
  ['text', 'sentence', 'review', 'content', 'document', 'comment', 'comment_text', 'review_text', 'body'],
  ['tweet', 'message', 'phrase', 'utterance', 'description', 'question'],
].flat();
const pairNames = [
  ['sentence1', 'sentence2'],
  ['question', 'sentence'],
  ['premise', 'hypothesis'],
  ['question1', 'question2'],
  ['text1', 'text2'],
  ['text_a', 'text_b'],
  ['#1 string', '#2 string'], // MRPC as GLUE distributes it
] as const;

/**
 * Chooses the columns of a table: those asked for, else by the names that public data sets use. A pair of text columns
 * goes before a single one; in a table of two columns, what is not the label is the text.
 *
 * @param columns names in the file
 * @throws VdaError `usage` when a column asked for is not there, or is asked for twice; `bad-input` when none can be
 *   guessed
 */
export function chooseColumns(
  columns: readonly string[],
  { path, ...options }: ColumnOptions & { readonly path: string },
): ChosenColumns {
  requireColumns(columns, { path, options });
  const label = guessLabel(columns, options);
  if (label === undefined) throw notGuessed('label', { path, columns, names: labelNames });
  return { ...guessTexts(columns, { path, label, ...options }), label };
}

/**
 * Chooses the text columns of a table that need not have labels; otherwise as {@link chooseColumns}. A column whose
 * name is a label's is never guessed to be the text, unless it is the only one.
 * @throws VdaError as {@link chooseColumns}
 */
export function chooseTextColumns(
  columns: readonly string[],
  { path, ...options }: Omit<ColumnOptions, 'labelColumn'> & { readonly path: string },
): Omit<ChosenColumns, 'label'> {
  requireColumns(columns, { path, options });
  const label = columns.length > 1 ? guessLabel(columns, options) : undefined;
  return guessTexts(columns, { path, label, ...options });
}

function requireColumns(
  columns: readonly string[],
  { path, options }: { readonly path: string; readonly options: ColumnOptions },
): void {
  for (const [option, name] of Object.entries(options)) {
    if (name !== undefined && !columns.includes(name)) {
      throw new VdaError(
        'usage',
        `${path} has no column "${name}" (${option}); its columns are ${quoteAll(columns)}.`,
      );
    }
    const [other] = Object.entries(options).find(([key, value]) => key !== option && value === name) ?? [];
    if (name !== undefined && other !== undefined) {
      throw new VdaError(
        'usage',
        `${path}: the column "${name}" is asked for twice (${option} and ${other}); each needs a column of its own.`,
      );
    }
  }
}

const named = (columns: readonly string[], wanted: string) =>
  columns.find((name) => name.toLowerCase() === wanted);

/** The first of `names` that is a column and not taken. */
const firstOf = (
  names: readonly string[],
  {
    columns,
    taken,
  }: { readonly columns: readonly string[]; readonly taken: readonly (string | undefined)[] },
) => names.map((name) => named(columns, name)).find((name) => name !== undefined && !taken.includes(name));

const guessLabel = (columns: readonly string[], options: ColumnOptions): string | undefined =>
  options.labelColumn ??
  firstOf(labelNames, { columns, taken: [options.textColumn, options.textPairColumn] });

function guessTexts(
  columns: readonly string[],
  options: ColumnOptions & { readonly path: string; readonly label: string | undefined },
): Omit<ChosenColumns, 'label'> {
  const { path, label, textColumn, textPairColumn } = options;
  if (textColumn !== undefined) {
    return { text: textColumn, ...(textPairColumn !== undefined && { textPair: textPairColumn }) };
  }
  if (textPairColumn === undefined) {
    for (const [first, second] of pairNames) {
      const [text, textPair] = [named(columns, first), named(columns, second)];
      if (text !== undefined && textPair !== undefined && text !== label && textPair !== label) {
        return { text, textPair };
      }
    }
  }
  const others = columns.filter((name) => name !== label && name !== textPairColumn);
  const text =
    firstOf(textNames, { columns, taken: [label, textPairColumn] }) ??
    (others.length === 1 ? others[0] : undefined);
  if (text === undefined) throw notGuessed('text', { path, columns, names: textNames });
  return { text, ...(textPairColumn !== undefined && { textPair: textPairColumn }) };
}

const quoteAll = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function notGuessed(
  what: 'label' | 'text',
  {
    path,
    columns,
    names,
  }: { readonly path: string; readonly columns: readonly string[]; readonly names: string[] },
): VdaError {
  return new VdaError(
    'bad-input',
    `${path}: no column looks like the ${what}. Its columns are ${quoteAll(columns)}; expected one of ${names.join(', ')}. ` +
      `Name it with the option ${what}Column; if the first line is data already, add a line of column names above it.`,
  );
}
