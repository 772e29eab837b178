import { VdaError } from '../../base/error.ts';
import { excerpt } from '../../base/excerpt.ts';
import { attackSpec } from '../../options/attack.ts';
import { didYouMean } from '../../options/names.ts';
import { reproduceSpec } from '../../options/reproduce.ts';
import { resolveOptions } from '../../options/resolve.ts';
import type { CommandSpec } from '../../options/spec.ts';
import { type CommandName, summaries } from '../../options/summaries.ts';
import { toArguments } from '../../options/to-arguments.ts';
import { trainSpec } from '../../options/train.ts';
import { readConfigFile } from '../args/config-file.ts';
import { parseFlags } from '../args/parse-flags.ts';

/** Why a job cannot do a command in shards, or what is in their place; undefined for those that can be cut. */
const uncut: Readonly<Record<CommandName, string | undefined>> = {
  attack: undefined,
  reproduce: undefined,
  train: 'a training is not cut in shards: several processes share each step, vda emit mpijob',
  pretrain: 'a pre-training is one process',
  average: 'it takes seconds in one process',
  eval: 'it takes minutes in one process',
  predict: 'it has no shards of its own: cut the file of texts, and submit a command for each',
  audit: 'it writes a page for people to answer on',
  augment: 'it has no shards',
  serve: 'it answers other programs until it is stopped, and ends never: run it as a service',
  export: 'it takes minutes in one process',
  push: 'it uploads from one process',
  report: 'it needs all attacks at once; a job of vda attack ends with one',
  emit: 'it writes such files itself',
  demo: 'it shows its progress to somebody at a terminal',
  list: 'it prints to a terminal',
  env: 'it prints to a terminal',
};

/** A command line of vda, checked, as a job is told it. */
export interface EmittedCommand {
  readonly name: 'attack' | 'reproduce' | 'train';
  /** Its arguments, with its name, without output folder and shard. */
  readonly argv: readonly string[];
  readonly output: string;
  /** Keys that it gives by flag or file. */
  readonly given: ReadonlySet<string>;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The command that is to be cut in shards.
 * @throws VdaError `usage` for a command that cannot be cut, has a part already or wrong options
 */
export async function shardedCommand(words: readonly string[]): Promise<EmittedCommand> {
  const [name, ...args] = words as [string, ...string[]];
  requireCommand(name);
  const why = uncut[name];
  if (why !== undefined) {
    throw new VdaError(
      'usage',
      `vda emit: vda ${name} cannot be done in shards: ${why}. Those that can: vda attack, vda reproduce.`,
    );
  }
  const command = await resolved(name === 'attack' ? attackSpec : reproduceSpec, args);
  const { options, given } = command;
  const part = (['shard', 'numShards'] as const).find((key) => given.has(key));
  if (part !== undefined || options.dryRun === true) {
    throw new VdaError(
      'usage',
      options.dryRun === true
        ? 'vda emit: a dry run lists cells on a terminal: leave out --dry-run.'
        : 'vda emit: the command says already which part it does: leave out --shard and --num-shards; --shards of vda emit counts the parts.',
    );
  }
  return { ...command, name: name as 'attack' | 'reproduce' };
}

/**
 * The training that is to run on several ranks; `--distributed mpi` is added where it does not say so.
 * @throws VdaError `usage` for another command, or wrong options
 */
export async function rankedCommand(words: readonly string[]): Promise<EmittedCommand> {
  const [name, ...args] = words as [string, ...string[]];
  requireCommand(name);
  if (name !== 'train') {
    throw new VdaError(
      'usage',
      `vda emit mpijob: vda ${name} does not run on several ranks, only vda train does. In shards go vda attack and vda reproduce, by vda emit slurm or vda emit kubernetes.`,
    );
  }
  return { ...(await resolved(trainSpec, [...args, '--distributed', 'mpi'])), name };
}

function requireCommand(name: string): asserts name is CommandName {
  if (Object.hasOwn(summaries, name)) return;
  const hint = didYouMean(excerpt(name), Object.keys(summaries), (command) => `vda ${command}`);
  throw new VdaError(
    'usage',
    `vda emit: expected a command of vda after the options, such as attack --model runs/vda …, got ${excerpt(name)}.${hint}`,
  );
}

/** @throws VdaError `usage` as the command itself would, and where it names no output folder */
async function resolved(spec: CommandSpec, args: readonly string[]): Promise<Omit<EmittedCommand, 'name'>> {
  const { values: flags, config: configPath } = parseFlags(spec, args);
  const config =
    configPath === undefined ? {} : { configPath, config: await readConfigFile(spec, configPath) };
  const { options, given } = resolveOptions(spec, { flags, ...config });
  const { outputDir } = options as { readonly outputDir?: string };
  if (outputDir === undefined) {
    throw new VdaError('usage', `vda emit: give vda ${spec.name} an --output-dir, which the parts share.`);
  }
  const kept = new Map([...flags].filter(([key]) => key !== 'outputDir'));
  const argv = [
    spec.name,
    ...toArguments(spec, kept),
    ...(configPath === undefined ? [] : ['--config', configPath]),
  ];
  return { argv, output: outputDir, given, options };
}
