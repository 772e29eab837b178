import { VdaError } from '../base/error.ts';
import { type CommandSpec, optionsOf } from './spec.ts';

/**
 * A message as the command line says it: what ranks below call an argument (`argument labelColumn`) is the flag of this
 * command (`--label-column`). An argument that the command has no flag for stays as it is.
 */
export function nameFlags(message: string, spec: CommandSpec): string {
  return message.replace(/\bargument (\w+)/g, (whole, key: string) => {
    const info = optionsOf(spec).find((one) => one.key === key);
    return info === undefined ? whole : `--${info.flag}`;
  });
}

/** What was thrown, its message in the words of the command line where it is an error of ours. */
export function withFlags(thrown: unknown, spec: CommandSpec): unknown {
  if (!(thrown instanceof VdaError)) return thrown;
  const message = nameFlags(thrown.message, spec);
  return message === thrown.message ? thrown : new VdaError(thrown.code, message, { cause: thrown });
}
