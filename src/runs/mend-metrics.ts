import { existsSync, readFileSync } from 'node:fs';
import { writeFilesAtomically } from '../files/atomic-file.ts';

const newline = 10;

/**
 * Makes a run's log what a checkpoint can go on from: its first `keepBytes` bytes, as far as they are there and are lines
 * of figures. Nothing but charts is read from it, so a run goes on without lines that are lost; but that they are is said.
 * @returns what is missing, in words; undefined where all is there
 */
export function mendMetrics(
  path: string,
  { keepBytes, checkpoint }: { readonly keepBytes: number; readonly checkpoint: string },
): string | undefined {
  const logged = existsSync(path) ? readFileSync(path).subarray(0, keepBytes) : Buffer.alloc(0);
  const lines = linesOf(logged);
  const good = lines.filter(isFigures);
  const [missing, bad] = [keepBytes - logged.length, lines.length - good.length];
  if (missing === 0 && bad === 0) return undefined;
  writeFilesAtomically([{ path, chunks: good }]);
  const found = [
    ...(missing > 0
      ? [`holds ${logged.length} of the ${keepBytes} bytes it had when ${checkpoint} was written`]
      : []),
    ...(bad > 0 ? [`has ${bad} damaged ${bad === 1 ? 'line' : 'lines'}, now left out`] : []),
  ];
  return `${path} ${found.join(' and ')}: charts will lack those steps, the model will be the same. To have them, stop, put the whole file back, and resume again.`;
}

/** Lines with their newlines; the last one perhaps without. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(start, next));
    start = next;
  }
  return lines;
}

/** A whole line: an object with a step. */
function isFigures(line: Buffer): boolean {
  if (line.at(-1) !== newline) return false;
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null && Number.isFinite((value as { step?: unknown }).step);
  } catch {
    return false;
  }
}
