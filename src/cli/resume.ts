import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { lastCheckpoint } from '../training/checkpoint.ts';
import type { CommandIo } from './io.ts';
import { quoted } from './quoted.ts';

/** The folder `--resume-from-checkpoint` means. @throws VdaError `not-found` when there is none */
export function checkpointToResume(p: {
  readonly resumeFromCheckpoint?: string | undefined;
  readonly outputDir: string;
}): string | undefined {
  if (p.resumeFromCheckpoint !== 'last') return p.resumeFromCheckpoint;
  const last = lastCheckpoint(p.outputDir);
  if (last === undefined) {
    throw new VdaError(
      'not-found',
      `--resume-from-checkpoint last: ${join(p.outputDir, 'checkpoint-N')} is not there. Start without the option, or name the folder.`,
    );
  }
  return last;
}

/** The arguments that go on with an interrupted run, as a shell takes them. */
export function resumeArguments({ argv }: Pick<CommandIo, 'argv'>): string {
  const flag = '--resume-from-checkpoint';
  const others = argv.filter((word, i) => !word.startsWith(flag) && argv[i - 1] !== flag);
  return quoted([...others, flag, 'last']);
}
