import { messageOf, VdaError } from '../base/error.ts';
import { excerpt, excerptList } from '../base/excerpt.ts';

/** A record of JSON Lines: fields by the place of their column, absent where the record has none. */
interface JsonRecord {
  readonly line: number;
  readonly fields: readonly (string | undefined)[];
}

/** Reads JSON Lines piece by piece: columns are those of all records so far. */
export interface JsonReader {
  /**
   * @param lines those of the piece that are not empty, with their numbers
   * @param text the piece, to say what a file is that is JSON of another shape
   * @throws VdaError `bad-input` with the line that is not an object, or with what the whole file is instead
   */
  read(
    lines: Iterable<{ readonly line: number; readonly content: string }>,
    text: string,
  ): readonly JsonRecord[];
  /** @throws VdaError `bad-input` where no record had a field */
  columns(): readonly string[];
  /** Fields that held a list, an object or null in every record that had them. */
  otherColumns(): readonly string[];
}

/** A reader of JSON Lines: an object a line. Numbers and booleans become text, other values are left out. */
export function jsonReader(path: string): JsonReader {
  const places = new Map<string, number>();
  const others = new Set<string>();
  let whole: string | undefined; // a file of one piece
  return {
    read(lines, text) {
      whole = whole === undefined ? text : '';
      return Array.from(lines, ({ line, content }) => {
        const json = parsed(content);
        if (!isObject(json.value)) {
          throw otherShape(text, path) ?? notAnObject(json, { path, line, content });
        }
        const fields: (string | undefined)[] = [];
        for (const [name, value] of Object.entries(json.value)) {
          if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
            others.add(name);
            continue;
          }
          const place = places.get(name) ?? places.size;
          places.set(name, place);
          fields[place] = String(value);
        }
        return { line, fields };
      });
    },
    columns() {
      if (places.size === 0) throw otherShape(whole ?? '', path) ?? noFields(path);
      return [...places.keys()];
    },
    otherColumns: () => [...others].filter((name) => !places.has(name)),
  };
}

interface Parsed {
  readonly value?: unknown;
  readonly problem?: string;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    return { problem: problemOf(thrown) };
  }
}

/** What JSON.parse says, without the piece of the file that it quotes. */
const problemOf = (thrown: unknown): string =>
  excerpt(messageOf(thrown).replace(/(,? \.{0,3}".*" is not valid JSON|^".*" is not valid JSON)$/s, ''));

const notAnObject = (
  { value, problem }: Parsed,
  p: { readonly path: string; readonly line: number; readonly content: string },
): VdaError => {
  const got =
    problem !== undefined
      ? `text that is not JSON (${problem || 'no value'})`
      : Array.isArray(value)
        ? 'a list'
        : 'a single value';
  const isOpen = /^[{[]\s*$/.test(p.content);
  const remedy = isOpen
    ? 'Objects over several lines become lines with `jq -c . old.json > new.jsonl`.'
    : 'Correct or remove the line.';
  return new VdaError(
    'bad-input',
    `${p.path}, line ${p.line}: expected one JSON object a line, such as {"label": 1, "text": "…"}; got ${got}. ${remedy}`,
  );
};

const noFields = (path: string): VdaError =>
  new VdaError(
    'bad-input',
    `${path}: no object in it has a text, a number or a boolean. Expected one JSON object a line, such as ` +
      '{"label": 1, "text": "…"}.',
  );

/** The error for a file that is JSON as a whole; nothing where it is not. */
function otherShape(text: string, path: string): VdaError | undefined {
  const { value: json } = parsed(text.trim());
  if (typeof json !== 'object' || json === null) return undefined;
  const error = (what: string, remedy: string) =>
    new VdaError('bad-input', `${path} is ${what}; expected one JSON object a line. ${remedy}`);
  if (Array.isArray(json)) {
    return error(
      `one JSON list of ${json.length} records`,
      'Make a line of each: `jq -c ".[]" old.json > new.jsonl`.',
    );
  }
  const entries = Object.entries(json);
  const lists = entries.filter(([, value]) => Array.isArray(value)) as [string, unknown[]][];
  const ofRecords = lists.find(([, list]) => list.some(isObject));
  if (ofRecords !== undefined) {
    const named = lists.map(([name, list]) => `${excerpt(name, 30)}: ${list.length}`);
    return error(
      `one JSON object of lists (${excerptList(named, { quote: false })} records)`,
      `Take one of them, a line a record: \`jq -c '.["${excerpt(ofRecords[0], 30)}"][]' old.json > new.jsonl\`.`,
    );
  }
  const byColumn =
    entries.length > 0 && entries.every(([, value]) => typeof value === 'object' && value !== null);
  if (byColumn) {
    return error(
      `one JSON object that holds its columns one by one (${excerptList(entries.map(([name]) => name))})`,
      'Write it by rows, for example with pandas: to_json("new.jsonl", orient="records", lines=True).',
    );
  }
  return undefined;
}
