import { messageOf } from './error.ts';
import { excerpt } from './excerpt.ts';

/** Deepest nesting that is read. Files of models and runs have fewer than ten levels; recursion over the value is safe within. */
export const deepestJson = 64;

/**
 * Parses JSON of unknown origin, with or without a byte-order mark.
 * @throws Error with a reason of one line: not JSON, or nested deeper than {@link deepestJson}
 */
export function parseJson(text: string): unknown {
  if (isDeeper(text, deepestJson)) throw new Error(`it nests deeper than ${deepestJson} levels`);
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (thrown) {
    throw new Error(excerpt(messageOf(thrown), 120), { cause: thrown });
  }
}

/** Read off the text, before anything is built of it: a parser needs memory for each level. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}
