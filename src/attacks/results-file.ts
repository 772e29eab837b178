import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { messageOf, VdaError } from '../base/error.ts';
import { type AttackRecord, type AttackStatus, attackStatuses } from './record.ts';

/** What a `results.jsonl` holds. */
export interface ResultsFile {
  /** By ascending id. */
  readonly records: readonly AttackRecord[];
  /** Bytes of the lines that can be trusted, from the start. */
  readonly goodBytes: number;
  /** Bytes after these: a line cut short by a crash, or what is no result. */
  readonly badBytes: number;
}

/**
 * Reads results up to the first line that is not complete, not a result, or repeats an example. A file that is
 * not there holds nothing.
 *
 * @throws VdaError `not-found` when the file is there but cannot be read
 */
export function readResults(path: string): ResultsFile {
  if (!existsSync(path)) return { records: [], goodBytes: 0, badBytes: 0 };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new VdaError('not-found', `The results ${path} cannot be read: ${messageOf(error)}`);
  }
  const records = new Map<number, AttackRecord>();
  let goodBytes = 0;
  for (;;) {
    const newline = bytes.indexOf(10, goodBytes);
    if (newline < 0) break;
    const record = parseRecord(bytes.toString('utf8', goodBytes, newline));
    if (record === undefined || records.has(record.id)) break;
    records.set(record.id, record);
    goodBytes = newline + 1;
  }
  const byId = [...records.values()].sort((a, b) => a.id - b.id);
  return { records: byId, goodBytes, badBytes: bytes.length - goodBytes };
}

/** Cuts off what `readResults` could not trust; the examples lost are attacked again. */
export function repairResults(path: string, { goodBytes, badBytes }: ResultsFile): void {
  if (badBytes > 0) truncateSync(path, goodBytes);
}

/** One line of the file, with its newline. */
export const resultLine = (record: AttackRecord): string => `${JSON.stringify(record)}\n`;

function parseRecord(line: string): AttackRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is AttackRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof AttackRecord, unknown>>;
  return (
    Number.isInteger(record.id) &&
    attackStatuses.includes(record.status as AttackStatus) &&
    [
      record.label,
      record.originalPrediction,
      record.finalPrediction,
      record.text,
      record.adversarialText,
    ].every((text) => typeof text === 'string') &&
    (record.textPair === undefined || typeof record.textPair === 'string') &&
    [record.words, record.queries, record.seconds].every((number) => typeof number === 'number') &&
    [record.originalProbabilities, record.finalProbabilities, record.changes].every(Array.isArray)
  );
}
