import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { didYouMean } from '../options/names.ts';
import { hasFlag } from './args/has-flag.ts';
import { programHelp } from './args/program-help.ts';
import { textWidth } from './args/wrap.ts';
import type { Command } from './command.ts';
import { commands } from './command-table.ts';
import type { Io } from './terminal/io.ts';

/**
 * Finds the command, answers `--help`, `--version` and `--json-schema`, else resolves its options and runs it. Each answer
 * loads what it needs and no more.
 * @param argv the arguments after `vda`
 * @param table the commands; default all of `vda`
 * @throws VdaError whatever the command throws, and `usage` for arguments that are wrong
 */
export async function dispatch(argv: readonly string[], io: Io, table = commands): Promise<void> {
  const width = textWidth(io.stdout.columns);
  const [first, ...rest] = argv;
  if (first === undefined) {
    throw new VdaError('usage', `vda: expected a command: ${namesOf(table).join(', ')}.\nSee vda --help.`);
  }
  if (first === '--version' || first === '-V') {
    const { vdaVersion } = await import('../runs/versions.ts');
    io.stdout.write(`${vdaVersion()}\n`);
    return;
  }
  const wantsHelp = first === '--help' || first === '-h' || first === 'help';
  if (wantsHelp && rest.length === 0) {
    io.stdout.write(programHelp(table, { width }));
    return;
  }
  const command = find(wantsHelp ? rest[0]! : first, table);
  if (wantsHelp || hasFlag(rest, '--help', '-h')) {
    const { commandHelp } = await import('./args/command-help.ts');
    io.stdout.write(commandHelp(await command.loadSpec(), { width }));
    return;
  }
  if (hasFlag(rest, '--json-schema', '--json_schema')) {
    const { jsonSchemaOf } = await import('../options/spec.ts');
    io.stdout.write(`${JSON.stringify(jsonSchemaOf(await command.loadSpec()), null, 2)}\n`);
    return;
  }
  const { runCommand } = await import('./run-command.ts');
  const perform = (other: readonly string[], otherIo: Io) => dispatch(other, otherIo, table);
  await runCommand(command, { args: rest, io: { ...io, argv, perform } });
}

const namesOf = (table: readonly Command[]): string[] => table.map(({ name }) => name);

function find(name: string, table: readonly Command[]): Command {
  const found = table.find((command) => command.name === name);
  if (found) return found;
  const kind = name.startsWith('-') ? 'option before a command' : 'command';
  const hint = didYouMean(excerpt(name), namesOf(table), (command) => `vda ${command}`);
  throw new VdaError(
    'usage',
    `vda: unknown ${kind} ${excerpt(name)}.${hint} Commands: ${namesOf(table).join(', ')}.\nSee vda --help.`,
  );
}
