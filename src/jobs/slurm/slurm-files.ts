import type { JobFile, ShardedJob } from '../job.ts';
import { collectScript, shardScript, submitScript } from './scripts.ts';

export interface SlurmOptions {
  /** The command line that made the files, on one line. */
  readonly madeBy: string;
  /** How vda is started. */
  readonly program: readonly string[];
  /** What a shell does first in each task. */
  readonly setup?: string | undefined;
  readonly partition?: string | undefined;
  /** From the folder of the files to the one in which the command runs. */
  readonly root: string;
}

/**
 * A Slurm job: an array of shards in chunks of at most MaxArraySize, and a collector after it that submits again what is missing,
 * `tries` times at most, and then merges. All values stand quoted in `settings.sh`; no other file is made from them.
 */
export function slurmFiles(job: ShardedJob, options: SlurmOptions): readonly JobFile[] {
  const head = (more: string) => `#!/usr/bin/env bash\n# Made by: ${options.madeBy}\n${more}`;
  return [
    { name: 'settings.sh', text: head(settings(job, options)) },
    { name: 'submit.sh', text: head(submitScript) },
    { name: 'shard.sh', text: head(shardScript) },
    { name: 'collect.sh', text: head(collectScript) },
  ];
}

function settings(job: ShardedJob, { program, setup = '', partition, root }: SlurmOptions): string {
  const { cpus, memory, seconds } = job;
  const sbatch = [
    '--nodes=1',
    '--ntasks=1',
    ...(cpus === undefined ? [] : [`--cpus-per-task=${cpus}`]),
    ...(memory === undefined ? [] : [`--mem=${memory}`]),
    ...(seconds === undefined ? [] : [`--time=${slurmTime(seconds)}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
  ];
  const lines = [
    '# Read by submit.sh, shard.sh and collect.sh.',
    `name=${quote(job.name)}`,
    `shards=${job.shards}`,
    `tries=${job.tries}`,
    `at_once=${job.atOnce ?? ''}`,
    '# The folder in which the command runs, from this one; paths below are relative to it.',
    `root=${quote(root)}`,
    `output=${quote(job.output)}`,
    '# Whether each shard has a folder of its own under output/shards.',
    `folders_apart=${job.foldersApart ? 1 : ''}`,
    `setup=${quote(setup)}`,
    `vda=${array(program)}`,
    `shard_command=${array(job.command)}`,
    `collect_command=${array(job.collect)}`,
    `sbatch_options=${array(sbatch)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** `[D-]HH:MM:SS`. */
function slurmTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = [(seconds % 86_400) / 3600, (seconds % 3600) / 60, seconds % 60].map(two).join(':');
  return days > 0 ? `${days}-${time}` : time;
}

/** A word that the shell takes as it stands, whatever is in it. */
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const array = (words: readonly string[]): string => `(${words.map(quote).join(' ')})`;
