import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { argument, VdaError } from '../../base/error.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { type JobFile, labelOf, type RankedJob, type ShardedJob, secondsOf } from '../../jobs/job.ts';
import { digitsOf, indexedJobFiles, longestLabel } from '../../jobs/kubernetes/indexed-job.ts';
import { jobSetFiles } from '../../jobs/kubernetes/job-set.ts';
import { mpiJobFiles } from '../../jobs/kubernetes/mpi-job.ts';
import type { KubernetesOptions } from '../../jobs/kubernetes/pod.ts';
import { slurmFiles } from '../../jobs/slurm/slurm-files.ts';
import type { EngineName, emitSpec } from '../../options/emit.ts';
import type { OptionsOf } from '../../options/spec.ts';
import type { Run } from '../command.ts';
import { type EmittedCommand, rankedCommand, shardedCommand } from '../inputs/emitted-command.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof emitSpec>;

/** Writes the files of a job, and says how it is submitted. */
export const run: Run<typeof emitSpec> = async (options, io) => {
  const { engine } = options;
  const command = await (engine === 'mpijob' ? rankedCommand : shardedCommand)(options.command);
  const name = nameOf(options, command);
  const folder = options.outputDir ?? join('jobs', name);
  const madeBy = `vda ${quoted(io.argv).replace(/[\r\n]+/g, ' ')}`;
  const emit = { slurm, kubernetes, mpijob } satisfies Record<EngineName, Emit>;
  const { files, next, remarks } = emit[engine]({ options, command, name, folder, madeBy });
  write(folder, files, options);
  for (const remark of remarks) sayTo(io)(remark);
  io.stdout.write([...files.map((file) => join(folder, file.name)), ''].join('\n'));
  sayTo(io)(`Next: ${next}`);
};

interface Given {
  readonly options: Options;
  readonly command: EmittedCommand;
  readonly name: string;
  readonly folder: string;
  readonly madeBy: string;
}

type Emit = (given: Given) => {
  readonly files: readonly JobFile[];
  /** How the files are put to use. */
  readonly next: string;
  readonly remarks: readonly string[];
};

const slurm: Emit = ({ options, command, name, folder, madeBy }) => ({
  files: slurmFiles(shardedJob(options, { command, name }), {
    madeBy,
    program: (options.program ?? 'vda').trim().split(/\s+/),
    setup: options.setup,
    partition: options.partition,
    root: relative(resolve(folder), resolve('.')) || '.',
  }),
  next: `bash ${quoted([join(folder, 'submit.sh')])}`,
  remarks: [],
});

const kubernetes: Emit = ({ options, command, name, folder, madeBy }) => {
  const job = shardedJob(options, { command, name });
  const where = placeOf(options, madeBy);
  const apply = (file: string) => `kubectl apply -f ${quoted([join(folder, file)])}`;
  const remarks = pathRemarks(command, where);
  if (options.jobSet) return { files: jobSetFiles(job, where), next: apply('jobset.yaml'), remarks };
  const space = options.namespace === undefined ? '' : ` -n ${options.namespace}`;
  const wait = `kubectl wait${space} --for=condition=complete --timeout=-1s job/${name}`;
  return {
    files: indexedJobFiles(job, where),
    next: `${apply('job.yaml')} && ${wait} && ${apply('collect.yaml')}`,
    remarks,
  };
};

const mpijob: Emit = ({ options, command, name, folder, madeBy }) => {
  const { cpus, memory, tries, ranks = 1, ranksPerNode } = options;
  const resumes = command.given.has('resumeFromCheckpoint');
  const job: RankedJob = {
    ...{ name, ranks, ranksPerNode, tries, cpus, memory, seconds: seconds(options) },
    command: [...withThreads(command, cpus), '--output-dir', command.output],
    resumeIn: resumes ? undefined : command.output,
  };
  const where = placeOf(options, madeBy);
  return {
    files: mpiJobFiles(job, where),
    next: `kubectl apply -f ${quoted([join(folder, 'mpijob.yaml')])}`,
    remarks: pathRemarks(command, where),
  };
};

function shardedJob(
  options: Options,
  { command, name }: { readonly command: EmittedCommand; readonly name: string },
): ShardedJob {
  const { shards = 1, tries, atOnce, cpus, memory } = options;
  const { numExamples } = command.options as { readonly numExamples?: number };
  if (command.options.replay === undefined && numExamples !== undefined && shards > numExamples) {
    throw new VdaError(
      'usage',
      `vda emit: ${argument('shards')} ${shards} of an attack on ${numExamples} texts would leave shards without a text. Give at most ${numExamples}.`,
    );
  }
  const argv = withThreads(command, cpus);
  const { output } = command;
  const foldersApart = command.name === 'attack';
  return {
    ...{ name, output, shards, tries, atOnce, cpus, memory, seconds: seconds(options), foldersApart },
    command: argv,
    collect: foldersApart ? ['report', `${output}/shards`] : argv,
  };
}

const seconds = ({ time }: Options): number | undefined => (time === undefined ? undefined : secondsOf(time));

/** On a node of many processors a task's own are what it was given, and nothing in it says how many. */
const withThreads = ({ argv, given }: EmittedCommand, cpus: number | undefined): readonly string[] =>
  cpus === undefined || given.has('numThreads') ? argv : [...argv, '--num-threads', String(cpus)];

/** Longest name, by what each engine appends to it for its pods: an index, `-collect-xxxxx`, `-shards-0-<index>-xxxxx`. */
function longestName({ engine, jobSet, shards = 1, ranks = 1 }: Options): number {
  const affix = {
    slurm: 0,
    kubernetes: Math.max(digitsOf(shards), '-collect'.length) + (jobSet ? '-shards-0'.length : 0),
    mpijob: '-launcher'.length + digitsOf(ranks),
  } satisfies Record<EngineName, number>;
  return longestLabel - affix[engine];
}

function nameOf(options: Options, { name: command, output }: EmittedCommand): string {
  const most = longestName(options);
  if (options.name === undefined) return labelOf(`vda-${command}-${basename(resolve(output))}`, most);
  if (options.name.length <= most) return options.name;
  throw new VdaError(
    'usage',
    `vda emit: ${argument('name')} ${options.name}: expected at most ${most} characters, for ${options.engine} adds its own to the names of pods, which have at most ${longestLabel}; got ${options.name.length}.`,
  );
}

const placeOf = (
  { image, volumeClaim, mountPath, namespace }: Options,
  madeBy: string,
): KubernetesOptions => ({
  ...{ madeBy, mountPath, namespace },
  ...{ image: image!, volumeClaim: volumeClaim! }, // the options are checked to have them
});

/** Where the results go must be on the volume. */
function pathRemarks(
  { output, name }: EmittedCommand,
  { mountPath, volumeClaim }: KubernetesOptions,
): string[] {
  const inPod = resolve(mountPath, output);
  if (inPod === mountPath || inPod.startsWith(`${mountPath.replace(/\/$/, '')}/`)) {
    return [
      `The command's paths are those on the claim ${volumeClaim}, from ${mountPath}; it must be ReadWriteMany.`,
    ];
  }
  throw new VdaError(
    'usage',
    `vda emit: --output-dir ${output} of vda ${name} is outside of ${mountPath}, where the pods see the volume: it would be gone with them. Give a path relative to ${mountPath}, or another ${argument('mountPath')}.`,
  );
}

/** @throws VdaError `conflict` where another job's files are there */
function write(folder: string, files: readonly JobFile[], { overwrite }: Options): void {
  const other = files.find(({ name, text }) => {
    const path = join(folder, name);
    return existsSync(path) && readFileSync(path, 'utf8') !== text;
  });
  if (other !== undefined && !overwrite) {
    throw new VdaError(
      'conflict',
      `${join(folder, other.name)} is there, and another command made it. Choose another ${argument('outputDir')}, or replace it by ${argument('overwrite')}: only where nothing of it is submitted any more.`,
    );
  }
  writeFilesAtomically(files.map(({ name, text }) => ({ path: join(folder, name), chunks: [text] })));
  for (const { name } of files) if (name.endsWith('.sh')) chmodSync(join(folder, name), 0o755);
}
