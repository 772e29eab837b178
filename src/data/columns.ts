import { argument, VdaError } from '../base/error.ts';
import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { isTextAttackLog, loggedLabel, loggedTexts, secondTexts } from './textattack-log.ts';

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
const labelNames: readonly string[] = [
  ['label', 'labels', 'gold_label', 'class', 'sentiment', 'polarity', 'target', 'category', 'quality'],
  ['stars', 'rating', 'score', 'is_duplicate', 'airline_sentiment', 'coarse_label', 'label_text'],
].flat();
/** Names of a text column, the surest first. */
export const textNames: readonly string[] = [
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
 * goes before a single one; in a table of two columns, what is not the label is the text. Only the columns chosen need a
 * name of their own.
 *
 * @param columns names in the file
 * @throws VdaError `usage` when a column asked for is not there, or is asked for twice; `bad-input` when none can be
 *   guessed, or two have the name of one that was
 */
export function chooseColumns(
  columns: readonly string[],
  { path, ...options }: ColumnOptions & { readonly path: string },
): ChosenColumns {
  requireColumns(columns, { path, options });
  const label = guessLabel(columns, options);
  if (label === undefined) throw notGuessed('label', { path, columns, names: labelNames });
  return requireOneOfEach({ ...guessTexts(columns, { path, label, ...options }), label }, { columns, path });
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
  return requireOneOfEach(guessTexts(columns, { path, label, ...options }), { columns, path });
}

/** Where a column's fields stand in a row. */
export const placeOf = (columns: readonly string[], name: string): number => columns.indexOf(name);

function requireOneOfEach<T extends Omit<ChosenColumns, 'label'>>(
  chosen: T,
  { columns, path }: { readonly columns: readonly string[]; readonly path: string },
): T {
  const twice = Object.values(chosen).find((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  if (twice === undefined) return chosen;
  throw new VdaError(
    'bad-input',
    `${path}, line 1: two columns are named ${quotedExcerpt(twice)}. A column that is read needs a name of its own: ` +
      'rename one.',
  );
}

function requireColumns(
  columns: readonly string[],
  { path, options }: { readonly path: string; readonly options: ColumnOptions },
): void {
  for (const [option, name] of Object.entries(options)) {
    if (name !== undefined && !columns.includes(name)) {
      throw new VdaError(
        'usage',
        `${path} has no column ${quotedExcerpt(name)} (${argument(option)}); its columns are ${excerptList(columns)}.`,
      );
    }
    const [other] = Object.entries(options).find(([key, value]) => key !== option && value === name) ?? [];
    if (name !== undefined && other !== undefined) {
      throw new VdaError(
        'usage',
        `${path}: the column ${quotedExcerpt(name)} is asked for twice (${argument(option)} and ${argument(other)}); each needs ` +
          'a column of its own.',
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
  firstOf(isTextAttackLog(columns) ? [loggedLabel] : labelNames, {
    columns,
    taken: [options.textColumn, options.textPairColumn],
  });

function guessTexts(
  columns: readonly string[],
  options: ColumnOptions & { readonly path: string; readonly label: string | undefined },
): Omit<ChosenColumns, 'label'> {
  const { path, label, textPairColumn } = options;
  const isLog = isTextAttackLog(columns);
  const textColumn = options.textColumn ?? (isLog ? loggedTexts[0] : undefined);
  const second = textColumn && secondTexts(textColumn);
  if (isLog && second !== undefined && textPairColumn === undefined && columns.includes(second))
    return { text: textColumn!, textPair: second };
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
  const others = columns.filter((name) => name !== '' && name !== label && name !== textPairColumn);
  const text =
    firstOf(textNames, { columns, taken: [label, textPairColumn] }) ??
    (others.length === 1 && !isProse(others[0]!) && knownLayout(columns) === undefined
      ? others[0]
      : undefined);
  if (text === undefined) throw notGuessed('text', { path, columns, names: textNames });
  return { text, ...(textPairColumn !== undefined && { textPair: textPairColumn }) };
}

/** Whether what stands where a column's name should is a text: three words or more, or longer than any name. */
const isProse = (name: string): boolean => name.length > 60 || name.trim().split(/\s+/).length > 2;

function notGuessed(
  what: 'label' | 'text',
  {
    path,
    columns,
    names,
  }: { readonly path: string; readonly columns: readonly string[]; readonly names: readonly string[] },
): VdaError {
  const known = knownLayout(columns);
  const isData = columns.some((name) => isProse(name) || /^-?\d+(\.\d+)?$/.test(name));
  const general =
    `Its columns are ${excerptList(columns)}; expected one of ${names.join(', ')}. ` +
    `${isData ? 'The first line seems to be data already: add a line of column names above it, or name' : 'Name'} the column ` +
    `(${argument(`${what}Column`)}).`;
  return new VdaError('bad-input', `${path}: no column looks like the ${what}. ${known ?? general}`);
}

/** What a file is that people have and that is read otherwise, and what to do with it. */
function knownLayout(columns: readonly string[]): string | undefined {
  if (columns.length === 1 && columns[0]!.startsWith('__label__')) {
    return (
      'It is in the format of fastText, __label__NAME before each text. Make it a table: the name, a tab, the text in each ' +
      'line, and a line of "label" and "text" with a tab between above them.'
    );
  }
  if (/^sep=.?$/i.test(columns[0] ?? '')) {
    return 'Its first line tells spreadsheets what separates the fields ("sep="): remove it.';
  }
  const separator = [';', ',', '|'].find((one) => columns.length === 1 && columns[0]!.includes(one));
  if (separator === undefined) return undefined;
  return (
    `Its first line is one column, ${quotedExcerpt(columns[0]!)}, which seems to be separated by "${separator}": expected ` +
    'tabs (.tsv) or commas (.csv).'
  );
}

/**
 * Holds the columns that would be read, were all of a file texts, against those that are: else a label, or an id, would be read as
 * the text beside a `text` that is a list.
 * @param p.choose chooses the columns to read
 * @throws VdaError naming a column that has no texts: `usage` where it was asked for, else `bad-input`
 */
export function requireTexts(
  {
    columns,
    otherColumns = [],
  }: {
    readonly columns: readonly string[];
    readonly otherColumns?: readonly string[];
  },
  {
    path,
    choose,
    ...options
  }: ColumnOptions & {
    readonly path: string;
    readonly choose: (
      columns: readonly string[],
      options: ColumnOptions & { readonly path: string },
    ) => Partial<ChosenColumns>;
  },
): void {
  if (otherColumns.length === 0) return;
  const wanted = (() => {
    try {
      return Object.values(choose([...columns, ...otherColumns], { path, ...options }));
    } catch {
      return []; // said of the columns that are texts, by whoever reads them
    }
  })();
  const other = wanted.find((name) => otherColumns.includes(name));
  if (other === undefined) return;
  throw new VdaError(
    Object.values(options).includes(other) ? 'usage' : 'bad-input',
    `${path}: the column ${quotedExcerpt(other)} holds lists, records, bytes or nothing; expected a text, a number or a truth value ` +
      'in each row. Write it as such, or name another column.',
  );
}
