import type { CommandSpec, OptionsOf } from '../options/spec.ts';
import type { CommandIo } from './terminal/io.ts';

/** The work of a command. What it throws, `main` prints. */
export type Run<C extends CommandSpec> = (options: OptionsOf<C>, io: CommandIo) => Promise<void>;

/** A command: its specification is loaded for its own help and options, its work only to be done. */
export interface Command<C extends CommandSpec = CommandSpec> {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  readonly loadSpec: () => Promise<C>;
  readonly load: () => Promise<{ readonly run: Run<C> }>;
}
