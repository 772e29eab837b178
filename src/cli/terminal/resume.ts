import type { CommandIo } from './io.ts';
import { quoted } from './quoted.ts';

/** The arguments that go on with an interrupted run, as a shell takes them. */
export function resumeArguments({ argv }: Pick<CommandIo, 'argv'>): string {
  const flag = '--resume-from-checkpoint';
  const others = argv.filter((word, i) => !word.startsWith(flag) && argv[i - 1] !== flag);
  return quoted([...others, flag, 'last']);
}
