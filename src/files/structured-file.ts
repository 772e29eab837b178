import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt, quotedExcerpt } from '../base/excerpt.ts';
import { deepestJson, parseJson } from '../base/parse-json.ts';

/** Most characters of a file of options: a thousand rows are a fraction of it, and a YAML parser is slow. */
const longest = 2 ** 20;

/**
 * Reads a YAML or JSON file: plain objects, lists, texts, numbers, truth values and null, as deep as options go. An alias
 * stands for what it names, but nothing holds itself.
 * @param what names the file in messages, such as `--config`
 * @throws VdaError `usage` for another kind of name; `not-found`; `bad-input` for what is not YAML or JSON, or holds more
 *   than plain values
 */
export async function readStructured(path: string, what: string): Promise<unknown> {
  const format = extname(path).toLowerCase();
  if (format !== '.json' && format !== '.yaml' && format !== '.yml') {
    throw new VdaError('usage', `${what} ${path}: expected a file named .yaml, .yml or .json.`);
  }
  const text = await readText(path, what);
  if (text.length > longest) {
    throw new VdaError(
      'bad-input',
      `${what} ${path} has ${text.length} characters, more than the ${longest} of a file of options. Check the path.`,
    );
  }
  try {
    const value = format === '.json' ? parseJson(text) : await parseYaml(text);
    requirePlain(value, []);
    return value;
  } catch (thrown) {
    const kind = format === '.json' ? 'JSON' : 'YAML';
    throw new VdaError('bad-input', `${what} ${path} is not valid ${kind}: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parseDocument, visit, isScalar } = await import('yaml');
  // The parser compares each key with all before it: a minute for a long file.
  const document = parseDocument(text, { logLevel: 'error', uniqueKeys: false });
  const [wrong] = document.errors;
  if (wrong !== undefined) throw wrong;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const line = text.slice(0, key.range?.[0] ?? 0).split('\n').length;
          throw new Error(
            `the key ${quotedExcerpt(String(key.value), 40)} is there twice, again on line ${line}`,
          );
        }
        seen.add(key.value);
      }
    },
  });
  return document.toJS();
}

/** The first line: the parser goes on with lines of the file. */
function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown);
  if (thrown instanceof RangeError || message.startsWith('Maximum call stack'))
    return `it nests deeper than ${deepestJson} levels.`;
  const [first = ''] = message.split('\n');
  return `${excerpt(first.replace(/[:.\s]+$/, ''), 160)}.`;
}

/** Refuses what YAML can make beside plain values: a value that holds itself, dates, sets, bytes. */
function requirePlain(value: unknown, within: readonly unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (within.includes(value)) throw new Error('an alias stands for what it is itself a part of');
  if (within.length > deepestJson) throw new RangeError('too deep');
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!plain)
    throw new Error(
      `it holds a ${value.constructor.name}, where only lists, objects, texts and numbers may be`,
    );
  for (const inner of Object.values(value)) requirePlain(inner, [...within, value]);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (thrown) {
    throw new VdaError('not-found', `${what} ${path} cannot be read: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}
