import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { readShape } from '../base/read-shape.ts';

/**
 * Largest sizes that a configuration may name: several times those of any encoder there is, and small enough that work in
 * proportion to one of them ends.
 */
export const largestSizes = {
  vocabulary: 10_000_000,
  hidden: 65_536,
  layers: 1024,
  heads: 1024,
  intermediate: 1_048_576,
  positions: 1_048_576,
  tokenTypes: 1024,
  classes: 1_000_000,
} as const;

/** A whole number of at least 1. */
export const size = (most: number) => z.int().min(1).max(most);

/**
 * Fields of the object in a `config.json`.
 * @param p.path where it came from, for errors
 * @throws VdaError `bad-input` for a field that is missing or wrong
 */
export function readFields<S extends z.ZodType>(
  schema: S,
  { json, path }: { readonly json: unknown; readonly path: string },
): z.output<S> {
  const parsed = readShape(schema, json);
  if (parsed.ok) return parsed.value;
  throw new VdaError(
    'bad-input',
    `${path} is not a usable model configuration: ${parsed.problem}. Correct the file.`,
  );
}
