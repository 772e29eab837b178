import { resolveOptions } from '../options/resolve.ts';
import { readConfigFile } from './args/config-file.ts';
import { parseFlags } from './args/parse-flags.ts';
import type { Command } from './command.ts';
import type { CommandIo } from './terminal/io.ts';

/**
 * Resolves the options of a command from its arguments, then loads its work and does it.
 * @throws VdaError whatever the command throws, and `usage` for arguments that are wrong
 */
export async function runCommand(
  command: Command,
  { args, io }: { readonly args: readonly string[]; readonly io: Omit<CommandIo, 'given'> },
): Promise<void> {
  const spec = await command.loadSpec();
  const { values: flags, config: configPath } = parseFlags(spec, args);
  const config =
    configPath === undefined ? {} : { configPath, config: await readConfigFile(spec, configPath) };
  const { options, given } = resolveOptions(spec, { flags, ...config });
  const { run } = await command.load();
  await run(options, { ...io, given });
}
