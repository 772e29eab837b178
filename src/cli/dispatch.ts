import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { didYouMean } from '../options/names.ts';
import { resolveOptions } from '../options/resolve.ts';
import { jsonSchemaOf } from '../options/spec.ts';
import { vdaVersion } from '../runs/versions.ts';
import { readConfigFile } from './args/config-file.ts';
import { commandHelp, programHelp } from './args/help.ts';
import { hasFlag, parseFlags } from './args/parse-flags.ts';
import { textWidth } from './args/wrap.ts';
import { type Command, commands } from './command-table.ts';
import type { Io } from './terminal/io.ts';

/**
 * Finds the command, answers `--help`, `--version` and `--json-schema`, else resolves its options and runs it.
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
    io.stdout.write(`${vdaVersion()}\n`);
    return;
  }
  const wantsHelp = first === '--help' || first === '-h' || first === 'help';
  if (wantsHelp && rest.length === 0) {
    const specs = table.map(({ spec }) => spec);
    io.stdout.write(programHelp(specs, { width }));
    return;
  }
  const { spec, load } = find(wantsHelp ? rest[0]! : first, table);
  if (wantsHelp || hasFlag(rest, '--help', '-h')) {
    io.stdout.write(commandHelp(spec, { width }));
    return;
  }
  if (hasFlag(rest, '--json-schema', '--json_schema')) {
    io.stdout.write(`${JSON.stringify(jsonSchemaOf(spec), null, 2)}\n`);
    return;
  }
  const { values: flags, config: configPath } = parseFlags(spec, rest);
  const config =
    configPath === undefined ? {} : { configPath, config: await readConfigFile(spec, configPath) };
  const { options, given } = resolveOptions(spec, { flags, ...config });
  const { run } = await load();
  const perform = (other: readonly string[], otherIo: Io) => dispatch(other, otherIo, table);
  await run(options, { ...io, given, argv, perform });
}

const namesOf = (table: readonly Command[]): string[] => table.map(({ spec }) => spec.name);

function find(name: string, table: readonly Command[]): Command {
  const found = table.find(({ spec }) => spec.name === name);
  if (found) return found;
  const kind = name.startsWith('-') ? 'option before a command' : 'command';
  const hint = didYouMean(excerpt(name), namesOf(table), (command) => `vda ${command}`);
  throw new VdaError(
    'usage',
    `vda: unknown ${kind} ${excerpt(name)}.${hint} Commands: ${namesOf(table).join(', ')}.\nSee vda --help.`,
  );
}
