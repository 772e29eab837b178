import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type AttackRecord, attackStatuses } from '../attacks/record.ts';
import { messageOf, VdaError } from '../base/error.ts';
import { parseJson } from '../base/parse-json.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';

/** What a `results.jsonl` holds. */
export interface ResultsFile {
  /** One an example, by ascending id. */
  readonly records: readonly AttackRecord[];
  /** Lines that are no result: cut short by a crash, or damaged. */
  readonly badLines: number;
  readonly badBytes: number;
  /** Lines about an example that another line is about, too. */
  readonly repeatedLines: number;
}

const whole = z.int().nonnegative();
/** JSON has no NaN; what was not finite is null. */
const real = z.number().nullable();

/** A line, as far as readers rely on it; it may say more. */
const recordShape = z.object({
  id: whole,
  status: z.enum(attackStatuses),
  label: z.string(),
  originalPrediction: z.string(),
  originalProbabilities: z.array(real),
  originalLogits: z.array(z.number()).optional(),
  finalPrediction: z.string(),
  finalProbabilities: z.array(real),
  text: z.string(),
  textPair: z.string().optional(),
  adversarialText: z.string(),
  changes: z.array(z.object({ index: whole, from: z.string(), to: z.string(), score: real })),
  words: whole,
  queries: whole,
  seconds: z.number().nonnegative(),
  confirmed: z.object({ held: whole, of: whole }).optional(),
  members: z
    .array(z.object({ recipe: z.string(), status: z.enum(attackStatuses), queries: whole }))
    .optional(),
  rejections: z.record(z.string(), z.object({ words: whole, edits: whole })).optional(),
  message: z.string().optional(),
}) satisfies z.ZodType<{ readonly [key in keyof AttackRecord]: unknown }>;

const newline = 10;

/**
 * Reads all results of a file that are whole, wherever they stand; a line that is none costs its own example alone. Of
 * several lines about one example the last counts, for lines are only ever added, but an answer is never given up for an
 * error. A file that is not there holds nothing.
 *
 * @throws VdaError `not-found` when the file is there but cannot be read
 */
export function readResults(path: string): ResultsFile {
  const bytes = bytesOf(path);
  const records = new Map<number, AttackRecord>();
  let [badLines, badBytes, repeatedLines] = [0, 0, 0];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start);
    const next = end < 0 ? bytes.length : end + 1;
    // The last line of a file is whole only with its newline: what is added next would else be a part of it.
    const record = end < 0 ? undefined : parseRecord(bytes.subarray(start, end));
    if (record === undefined) {
      badLines++;
      badBytes += next - start;
    } else {
      const before = records.get(record.id);
      if (before !== undefined) repeatedLines++;
      if (before === undefined || before.status === 'error' || record.status !== 'error') {
        records.set(record.id, record);
      }
    }
    start = next;
  }
  const byId = [...records.values()].sort((a, b) => a.id - b.id);
  return { records: byId, badLines, badBytes, repeatedLines };
}

function bytesOf(path: string): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new VdaError('not-found', `The results ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Writes a file anew with these records alone: what was none is gone, and its examples can be attacked again. */
export const rewriteResults = (path: string, records: readonly AttackRecord[]): void =>
  writeFilesAtomically([{ path, chunks: records.map(resultLine) }]);

/** One line of the file, with its newline. */
export const resultLine = (record: AttackRecord): string => `${JSON.stringify(record)}\n`;

function parseRecord(line: Uint8Array): AttackRecord | undefined {
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(line)); // of bounded depth: it is written again
    return recordShape.safeParse(value).success ? (value as AttackRecord) : undefined;
  } catch {
    return undefined;
  }
}
