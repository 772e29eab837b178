import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { parseJson } from '../base/parse-json.ts';
import { readShape, type Shaped } from '../base/read-shape.ts';

/**
 * Reads a JSON file that vda wrote earlier: what stands there is checked against a schema before anything relies on it.
 * @param p.what what the file should be, as in "is not …": "the record of a run"
 * @param p.remedy a sentence that says what to do
 * @returns undefined where there is no such file
 * @throws VdaError `bad-input` naming the file and the first thing that is wrong
 */
export function readJsonFile<S extends z.ZodType>(
  path: string,
  p: { readonly schema: S; readonly what: string; readonly remedy: string },
): z.output<S> | undefined {
  const found = checkJsonFile(path, p.schema);
  if (found === undefined) return undefined;
  if (found.ok) return found.value;
  throw new VdaError('bad-input', `${path} is not ${p.what}: ${found.problem}. ${p.remedy}`);
}

/** {@link readJsonFile} for what can be made anew: what is wrong is returned. */
export function checkJsonFile<S extends z.ZodType>(path: string, schema: S): Shaped<z.output<S>> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    // Nothing is in a folder that is a file: whoever writes there says so.
    if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return undefined;
    return wrong(`it cannot be read (${excerpt(messageOf(thrown), 120)})`);
  }
  return checkJson(text, schema);
}

/** A JSON text that is one of several in a file, such as a line. */
export function checkJson<S extends z.ZodType>(text: string, schema: S): Shaped<z.output<S>> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (thrown) {
    return wrong(messageOf(thrown));
  }
  return readShape(schema, value);
}

const wrong = (problem: string): Shaped<never> => ({ ok: false, problems: [problem], problem });
