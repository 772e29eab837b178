import { VdaError } from '../base/error.ts';
import { firstOf, withFlags } from './names.ts';

/** A usage error that lists each problem, arguments as flags, and points at the help. */
export function usageError(command: string, problems: readonly string[]): VdaError {
  const flagged = withFlags(listed(problems));
  const error = new VdaError('usage', `vda ${command}: ${flagged}\nSee vda ${command} --help.`);
  problemsOf.set(error, problems);
  return error;
}

/** What a usage error lists, as a program reads it; any other error as it is. */
export function asOfProgram(thrown: unknown, owner: string): unknown {
  const problems = thrown instanceof VdaError ? problemsOf.get(thrown) : undefined;
  return problems === undefined ? thrown : new VdaError('usage', `${owner}: ${listed(problems)}`);
}

/** The problems of a usage error, their arguments still marked. */
const problemsOf = new WeakMap<VdaError, readonly string[]>();

function listed(problems: readonly string[]): string {
  const shown = firstOf(problems);
  return shown.length === 1 ? shown[0]! : shown.map((problem) => `\n  - ${problem}`).join('');
}
