import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { placeOf } from './columns.ts';
import { readTable } from './table-file.ts';
import { readTextFile } from './text-file.ts';

/** A file of an original distribution, by the way it is laid out. `path` is inside the data set's folder. */
export type OriginalFile =
  /** A text a line, all of one class; Latin-1, or UTF-8 where it is valid as that. */
  | { readonly kind: 'lines'; readonly path: string; readonly class: number }
  /** A folder with a file (`.txt`) for each text, all of one class. */
  | { readonly kind: 'folder'; readonly path: string; readonly class: number }
  /** A line an example: the label, a space, the text. */
  | { readonly kind: 'label-first'; readonly path: string; readonly classes: readonly string[] }
  /** A table; several text columns are joined by a space. */
  | {
      readonly kind: 'table';
      readonly path: string;
      /** Names of the columns where the first line is data already. */
      readonly header?: readonly string[];
      readonly label: string;
      readonly text: readonly string[];
      readonly textPair?: string;
      /** Labels as the file spells them, in the order of the classes. */
      readonly classes: readonly string[];
      /** A column that is not read but must be there: it tells this file from others of its name. */
      readonly alsoHas?: string;
    };

/** A text or pair with its class. */
export interface OriginalExample {
  readonly text: string;
  readonly textPair?: string;
  /** Index among the data set's labels. */
  readonly label: number;
}

/** Whether the file is there and, as far as its beginning shows, laid out as described. */
export function isThere(file: OriginalFile, folder: string): boolean {
  const path = join(folder, file.path);
  if (!existsSync(path) || statSync(path).isDirectory() !== (file.kind === 'folder')) return false;
  if (file.kind === 'lines' || file.kind === 'folder') return true;
  const line = firstLine(path);
  if (file.kind === 'label-first') return file.classes.some((label) => line.startsWith(`${label} `));
  if (file.header !== undefined)
    return file.classes.some((label) => line.startsWith(`${label},`) || line.startsWith(`"${label}",`));
  const { label, text, textPair, alsoHas } = file;
  const wanted = [label, ...text, ...(textPair === undefined ? [] : [textPair])];
  const columns = path.endsWith('.csv')
    ? line.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'))
    : line.split('\t');
  return [...wanted, ...(alsoHas === undefined ? [] : [alsoHas])].every((name) => columns.includes(name));
}

/**
 * The examples of a file, in its order (a folder's by the number its file names begin with).
 * @throws VdaError `bad-input` for a label that is not one of the classes, with its line; and what reading throws
 */
export function readOriginal(file: OriginalFile, folder: string): readonly OriginalExample[] {
  const path = join(folder, file.path);
  switch (file.kind) {
    case 'lines': {
      const { text } = readTextFile(path, { encoding: 'windows-1252' });
      return linesOf(text).map(({ content }) => ({ text: content, label: file.class }));
    }
    case 'folder':
      return textFilesIn(path).map((name) => {
        const { text } = readTextFile(join(path, name));
        return { text: text.trim(), label: file.class };
      });
    case 'label-first':
      return linesOf(readTextFile(path).text).map(({ content, line }) => {
        const space = content.indexOf(' ');
        const [label, text] = [content.slice(0, space), content.slice(space + 1).trim()];
        return { text, label: classOf(label, { path, line, classes: file.classes }) };
      });
    case 'table': {
      const { label, text, textPair, classes, header } = file;
      const { columns, rows } = readTable(path, header === undefined ? {} : { header });
      return rows.map(({ line, fields }) => {
        const cell = (name: string) => fields[placeOf(columns, name)]!;
        return {
          text: text.map(cell).join(' '),
          ...(textPair !== undefined && { textPair: cell(textPair) }),
          label: classOf(cell(label).trim(), { path, line, classes }),
        };
      });
    }
  }
}

function classOf(
  label: string,
  {
    path,
    line,
    classes,
  }: { readonly path: string; readonly line: number; readonly classes: readonly string[] },
): number {
  const index = classes.indexOf(label);
  if (index >= 0) return index;
  throw new VdaError(
    'bad-input',
    `${path}, line ${line}: expected a label of ${classes.join(', ')}, got ${quotedExcerpt(label)}. The file is damaged, or belongs ` +
      'to another data set.',
  );
}

const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== '');

const textFilesIn = (path: string): readonly string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith('.txt') && !name.startsWith('.')) // `._0_3.txt` is macOS's own
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));

/** The first line, as far as its first bytes go: enough for a header or a label. */
function firstLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    const text = bytes.toString('utf8', 0, readSync(file, bytes)).replace(/^\uFEFF/, '');
    return text.split(/\r?\n/, 1)[0]!;
  } finally {
    closeSync(file);
  }
}
