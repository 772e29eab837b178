import type { RunHooks } from '../../runs/hooks.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';

/** Progress, clock and interruption of the command line, as long jobs want them. */
export const hooksOf = (io: Io): RunHooks => ({
  progress: (options) => createProgress(io, options),
  now: io.now,
  signal: io.signal,
});
