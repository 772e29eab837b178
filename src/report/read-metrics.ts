import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { checkJson } from '../files/json-file.ts';
import type { CurvePoint } from './report-input.ts';

const measures = [
  'epoch',
  'loss',
  'ce',
  'reg',
  'lr',
  'gradNorm',
  'examplesPerSecond',
  'evalAccuracy',
  'evalLoss',
  'evalAttackAccuracy',
] as const satisfies readonly (keyof CurvePoint)[];

const lineShape = z.looseObject({ step: z.number().nonnegative().max(1e12) });

/**
 * Reads `metrics.jsonl` of a training run: a JSON object a line, with `step` and any of the measures of a
 * {@link CurvePoint}; other keys are left out, as are measures that are no finite number.
 *
 * A last line cut short by a crash, or still being written, is left out.
 * @throws VdaError `not-found` when the file can't be read; `bad-input`, with the line's number, when another line
 *   is not such an object
 */
export function readMetrics(path: string): readonly CurvePoint[] {
  const lines = readLines(path);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const found = checkJson(line, lineShape);
    if (found.ok) return [pointOf(found.value)];
    if (index === lines.length - 1) return [];
    throw new VdaError(
      'bad-input',
      `${path}, line ${index + 1}, is not a line of figures: ${found.problem}. Remove the line, or train again.`,
    );
  });
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (thrown) {
    throw new VdaError('not-found', `The training log ${path} cannot be read: ${messageOf(thrown)}`);
  }
}

function pointOf({ step, ...rest }: z.output<typeof lineShape>): CurvePoint {
  const found = measures.filter((measure) => Number.isFinite(rest[measure]));
  return { step, ...Object.fromEntries(found.map((measure) => [measure, rest[measure]])) };
}
