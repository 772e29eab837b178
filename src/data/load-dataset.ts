import { VdaError } from '../base/error.ts';
import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { checkSettings, isText, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import { type ColumnOptions, chooseColumns, placeOf, requireTexts } from './columns.ts';
import type { Dataset, Example } from './dataset.ts';
import { resolveLabels } from './labels.ts';
import { oneClassRemarks } from './one-class.ts';
import { readTable, type TableFile } from './table-file.ts';
import { withoutMarks } from './textattack-log.ts';

/** Which columns are read, and what their labels must be. */
export interface LoadDatasetOptions extends ColumnOptions {
  /** The label set, in class order; a label outside it is an error. Default: what the file holds. */
  readonly labels?: readonly string[];
  /** Fewest distinct labels the examples must have; a training file needs 2. Default 1. */
  readonly requireClasses?: number;
  /** Column names of a TSV or CSV file whose first line is data already. */
  readonly header?: readonly string[];
}

const loadRules = {
  textColumn: { kind: 'text', optional: true },
  textPairColumn: { kind: 'text', optional: true },
  labelColumn: { kind: 'text', optional: true },
  requireClasses: { kind: 'integer', min: 1, optional: true },
} as const satisfies SettingRules;

/** @throws VdaError `usage` for arguments that are none */
export function checkLoading(
  owner: string,
  { path, options }: { readonly path: string; readonly options: LoadDatasetOptions },
): void {
  requireArgument(isText(path), { owner, name: 'path', expected: 'the path of a file', got: path });
  checkSettings(owner, options, { rules: loadRules });
  for (const name of ['labels', 'header'] as const) {
    const got = options[name];
    const fits = got === undefined || (Array.isArray(got) && got.every((one) => typeof one === 'string'));
    requireArgument(fits, { owner, name, expected: 'a list of texts', got });
  }
}

/**
 * Reads labelled texts or pairs from TSV, CSV or JSON Lines, plain or gzipped.
 *
 * Formats are told by the name ({@link readTable}), columns by their names ({@link chooseColumns}), and the labels become
 * classes 0 to n − 1 ({@link resolveLabels}). Texts are kept as they are, but for the marks in a log of TextAttack ({@link withoutMarks}). An empty text is allowed, and counted in
 * `warnings`.
 *
 * @throws VdaError `not-found`, `usage` or `bad-input`, with the 1-based line of what is wrong
 */
export function loadDataset(path: string, options: LoadDatasetOptions = {}): Dataset {
  checkLoading('loadDataset', { path, options });
  const { header } = options;
  const table = withoutMarks(readTable(path, header === undefined ? {} : { header }), { path });
  return datasetOfTable(table, { path, ...options });
}

/** The examples of a table, whatever it was read from. @throws VdaError `usage` or `bad-input`, as {@link loadDataset} does */
export function datasetOfTable(
  table: TableFile,
  {
    path,
    labels: given,
    requireClasses = 1,
    header: _,
    ...columnOptions
  }: LoadDatasetOptions & { readonly path: string },
): Dataset {
  requireTexts(table, { path, choose: chooseColumns, ...columnOptions });
  const columns = chooseColumns(table.columns, { path, ...columnOptions });
  if (table.rows.length === 0) {
    throw new VdaError(
      'bad-input',
      `${path} names its columns (${excerptList(table.columns, { quote: false })}) but has no examples: there is nothing below its first line.`,
    );
  }
  const placeIn = (name: string) => placeOf(table.columns, name);
  const [textPlace, labelPlace] = [placeIn(columns.text), placeIn(columns.label)];
  const pairPlace = columns.textPair === undefined ? undefined : placeIn(columns.textPair);
  const places = [textPlace, labelPlace, ...(pairPlace === undefined ? [] : [pairPlace])];
  const cells = table.rows.map(({ line, fields }) => {
    for (const place of places) {
      if (fields[place] === undefined) {
        throw new VdaError(
          'bad-input',
          `${path}, line ${line}: ${quotedExcerpt(table.columns[place]!)} is missing or is neither text nor a number. Correct or remove the line.`,
        );
      }
    }
    return { line, label: fields[labelPlace]!.trim() };
  });
  const { labels, classes, warnings } = resolveLabels(cells, { path, ...(given && { labels: given }) });
  const distinct = new Set(classes);
  if (distinct.size < requireClasses) {
    const got = excerptList([...distinct].map((label) => labels[label]!));
    throw new VdaError(
      'bad-input',
      `${path}: needs examples of at least ${requireClasses} classes in column ${quotedExcerpt(columns.label)}, got only ${got} in ` +
        `${classes.length} examples. Check the label column.`,
    );
  }
  const examples = table.rows.map(
    ({ fields }, id): Example => ({
      id,
      text: fields[textPlace]!,
      ...(pairPlace !== undefined && { textPair: fields[pairPlace]! }),
      label: classes[id]!,
    }),
  );
  const empty = examples.filter((example) => example.text.trim() === '' || example.textPair?.trim() === '');
  const emptyWarning = `${path}: ${empty.length} empty texts, the first on line ${cells[empty[0]?.id ?? 0]!.line}.`;
  return {
    examples,
    labels,
    path,
    sha256: table.sha256,
    columns,
    warnings: [
      ...table.remarks,
      ...warnings,
      ...(empty.length === 0 ? [] : [emptyWarning]),
      ...oneClassRemarks(examples, { what: path, labels }),
    ],
  };
}
