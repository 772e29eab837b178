import { basename, join } from 'node:path';
import { argument, VdaError } from '../base/error.ts';
import { lastCheckpoint } from './checkpoint.ts';

/** The error of a training that diverged (a loss or gradient not finite), with what can be gone back to and what to change; any other error as it is. */
export function explainDivergence(error: unknown, outputDir: string): unknown {
  if (!(error instanceof VdaError) || error.code !== 'diverged') return error;
  const last = lastCheckpoint(outputDir);
  const advice = `Lower ${argument('learningRate')}, lengthen ${argument('warmupRatio')} or clip with ${argument('maxGradNorm')}.`;
  const rescue =
    last === undefined
      ? 'No checkpoint was written yet.'
      : `The last good checkpoint is ${join(outputDir, basename(last))}.`;
  return new VdaError('diverged', `${error.marked} Training stopped. ${rescue} ${advice}`, {
    cause: error,
  });
}
