import type { TableFile } from './table-file.ts';

/** What stands between the two texts of a pair, in place of a line's end. */
export const splitToken = '<SPLIT>';

/** The columns of a log that hold texts; the first is read where nothing else is said. */
export const loggedTexts = ['original_text', 'perturbed_text'] as const;

/** The column of the true class. */
export const loggedLabel = 'ground_truth_output';

/** The name that the second texts of pairs get. */
export const secondTexts = (column: string): string => `${column}, second`;

/** Whether these are the columns of a log that TextAttack writes (`--log-to-csv`). */
export const isTextAttackLog = (columns: readonly string[]): boolean =>
  loggedTexts.every((name) => columns.includes(name));

/** A text without the name of its column (`[[[[Premise]]]]: `) and without the brackets of changed words. */
export const unmarked = (text: string): string =>
  text.replace(/^\[\[\[\[.*?\]\]\]\]: /s, '').replace(/\[\[(.*?)\]\]/gs, '$1');

type Texts = Pick<TableFile, 'columns' | 'rows'>;

const placesIn = (columns: readonly string[]) => loggedTexts.map((name) => columns.indexOf(name));

/** Whether these rows of a log hold pairs. */
export function hasPairs({ columns, rows }: Texts): boolean {
  const places = placesIn(columns).filter((place) => place >= 0);
  return rows.some(({ fields }) => places.some((place) => fields[place]?.includes(splitToken)));
}

/**
 * A log of TextAttack as a table of texts: brackets around changed words taken off, second texts of pairs in columns of their own.
 * Any other table as it is.
 *
 * Source: TextAttack 0.3.11, loggers/csv_logger.py; marks, shared/utils/strings.py (`color_text`, method `file`).
 * @param p.isPairs whether it holds pairs, where these are not all of its rows
 */
export function withoutMarks<T extends Texts & Pick<TableFile, 'remarks'>>(
  table: T,
  { path, isPairs = hasPairs(table) }: { readonly path: string; readonly isPairs?: boolean },
): T {
  const { columns, rows, remarks } = table;
  if (!isTextAttackLog(columns)) return table;
  const places = placesIn(columns);
  const read = rows.map((row) => {
    const parts = places.map((place) => row.fields[place]?.split(splitToken).map(unmarked));
    const fields = row.fields.map((field, place) => {
      const own = parts[places.indexOf(place)];
      return own === undefined ? field : own[0];
    });
    return { ...row, fields: isPairs ? [...fields, ...parts.map((own) => own?.[1])] : fields };
  });
  const [original, perturbed] = loggedTexts;
  return {
    ...table,
    columns: isPairs ? [...columns, ...loggedTexts.map(secondTexts)] : columns,
    rows: read,
    remarks: [
      ...remarks,
      `${path}: a log of TextAttack; changed words are read without their brackets. Its column ${original} has the texts before the attack, ${perturbed} those after it, whether or not it succeeded.`,
    ],
  };
}
