import type { FineTuning } from './fine-tune.ts';

/** What `fineTune` is told where nobody watches: on the CPU, nothing shown, never interrupted. */
export const quietRun: Pick<FineTuning, 'runtime' | 'hooks' | 'say'> = {
  runtime: {},
  hooks: {
    progress: () => ({ update: () => {}, log: () => {}, finish: () => {} }),
    now: () => performance.now(),
  },
  say: () => {},
};
