import { z } from 'zod';
import { argument } from '../base/error.ts';
import { path } from './data.ts';
import { type CommandSpec, choice, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

/** What runs the files, by name. */
export const engines = {
  slurm: 'an array of shards, and a collector that submits again what is missing and merges',
  kubernetes: 'an Indexed Job of shards and a Job that merges, or both as a JobSet',
  mpijob: 'a training on many ranks, by the MPI Operator of Kubeflow',
} as const;

export type EngineName = keyof typeof engines;

const job = 'Job';
const resources = 'Resources';
const slurm = 'Slurm';
const kubernetes = 'Kubernetes';

const schema = z.strictObject({
  engine: option(choice(engines), {
    description: `What is to run the command: ${Object.entries(engines)
      .map(([name, what]) => `${name} (${what})`)
      .join('; ')}.`,
    group: job,
  }),
  command: option(z.array(z.string()).min(1), {
    description:
      'The command line of vda, without vda: attack or reproduce, to be cut in shards; for mpijob train. Its paths are those that the job sees.',
    group: job,
    value: 'COMMAND',
    expected: 'a command of vda with its options',
  }),
  shards: option(z.int().min(1).max(1e6).optional(), {
    description: 'Parts that the command is cut in. Required, but for mpijob.',
    group: job,
    unit: 'parts',
    knownAs: ['num-shards', 'completions', 'array'],
  }),
  ranks: option(z.int().min(1).max(1e5).optional(), {
    description: 'Processes that train together (mpijob).',
    group: job,
    unit: 'processes',
    knownAs: ['ntasks', 'np', 'nproc', 'replicas'],
  }),
  ranksPerNode: option(z.int().min(1).max(1024).default(1), {
    description: 'Processes in a pod (mpijob).',
    group: job,
    unit: 'processes',
    knownAs: ['slots-per-worker', 'ntasks-per-node', 'nproc-per-node'],
  }),
  tries: option(z.int().min(1).max(100).default(3), {
    description: 'How often a part is begun, at most; each goes on where the one before was stopped.',
    group: job,
    unit: 'times',
    knownAs: ['retries', 'backoff-limit', 'max-tries'],
  }),
  atOnce: option(z.int().min(1).optional(), {
    description: 'Parts that run at the same time, at most. By default as many as the cluster lets.',
    group: job,
    unit: 'parts',
    knownAs: ['parallelism', 'max-parallel', 'concurrency'],
  }),
  name: option(
    z
      .string()
      .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/)
      .max(63)
      .optional(),
    {
      description: 'What the job is called. By default vda, its command and the name of its output folder.',
      group: job,
      expected:
        'a name of at most 63 letters from a to z, digits and dashes, with a letter in front and no dash at the end (RFC 1123)',
      knownAs: ['job-name'],
    },
  ),
  cpus: option(z.int().min(1).max(4096).optional(), {
    description: 'Processors of each part or rank; as many threads, where the command does not say.',
    group: resources,
    knownAs: ['cpus-per-task', 'cpu'],
  }),
  memory: option(
    z
      .string()
      .regex(/^[1-9]\d{0,6}[MG]$/)
      .optional(),
    {
      description: 'Memory of each part or rank, in MiB or GiB, such as 8G.',
      group: resources,
      expected: 'a whole number with M or G, such as 8G',
      knownAs: ['mem', 'ram'],
    },
  ),
  time: option(
    z
      .string()
      .regex(/^(\d{1,3}-)?\d{1,3}:[0-5]\d:[0-5]\d$/)
      .optional(),
    {
      description: 'Time that each part or the training may take, such as 12:00:00 or 2-00:00:00.',
      group: resources,
      value: '[D-]HH:MM:SS',
      expected: 'hours, minutes and seconds, such as 12:00:00, with days in front as 2-00:00:00',
      knownAs: ['walltime', 'time-limit', 'active-deadline-seconds'],
    },
  ),
  partition: option(
    z
      .string()
      .regex(/^[\w.,-]+$/)
      .optional(),
    {
      description:
        'Partition of the cluster. Others go by variables that sbatch reads, such as SBATCH_ACCOUNT.',
      group: slurm,
      expected: 'a partition, or several with commas between',
      knownAs: ['queue'],
    },
  ),
  program: option(z.string().min(1).optional(), {
    description: 'How vda is started on the nodes, such as "npx vda", cut at spaces. By default vda.',
    group: slurm,
    value: 'WORDS',
  }),
  setup: option(z.string().min(1).optional(), {
    description: 'What the shell does first in each job, such as "module load nodejs".',
    group: slurm,
    value: 'SHELL',
    knownAs: ['prologue', 'module'],
  }),
  image: option(
    z
      .string()
      .regex(/^[\w][\w.:/@-]*$/)
      .optional(),
    {
      description:
        'Container image with vda; docs/kubernetes.md says how it is built. Required on Kubernetes.',
      group: kubernetes,
      value: 'IMAGE',
      expected: 'the reference of an image, such as registry.example.org/vda:0.1.0',
      knownAs: ['container', 'container-image'],
    },
  ),
  volumeClaim: option(
    z
      .string()
      .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/)
      .max(253)
      .optional(),
    {
      description:
        'Persistent volume claim with models and data, for the results too; all pods write to it (ReadWriteMany). Required on Kubernetes.',
      group: kubernetes,
      value: 'CLAIM',
      expected: 'the name of a claim: small letters, digits, dashes and dots',
      knownAs: ['pvc', 'claim', 'volume'],
    },
  ),
  mountPath: option(
    z
      .string()
      .regex(/^\/[^:\s]+$/)
      .default('/work'),
    {
      description: 'Where pods see the volume; the command runs there.',
      group: kubernetes,
      value: 'DIR',
      expected: 'an absolute path without colons and spaces',
    },
  ),
  namespace: option(
    z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
      .max(63)
      .optional(),
    {
      description: 'Namespace of the job. By default that of whoever applies the file.',
      group: kubernetes,
      expected: 'a name of small letters, digits and dashes',
    },
  ),
  jobSet: option(z.boolean().default(false), {
    description:
      'One JobSet in place of two Jobs: it merges by itself once all parts are done. Needs the JobSet controller, 0.8 or later.',
    group: kubernetes,
  }),
  outputDir: option(path().optional(), {
    description: 'Folder of the files. By default jobs/ and the name of the job.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir'],
  }),
  overwrite: option(z.boolean().default(false), {
    description: 'Replace files that another command made. By default that is an error.',
    group: 'Output',
    knownAs: ['force'],
  }),
});

type Key = keyof z.input<typeof schema>;

/** Options that not every engine reads. */
const readBy: Partial<Record<Key, readonly EngineName[]>> = {
  shards: ['slurm', 'kubernetes'],
  ranks: ['mpijob'],
  ranksPerNode: ['mpijob'],
  atOnce: ['slurm', 'kubernetes'],
  partition: ['slurm'],
  program: ['slurm'],
  setup: ['slurm'],
  image: ['kubernetes', 'mpijob'],
  volumeClaim: ['kubernetes', 'mpijob'],
  mountPath: ['kubernetes', 'mpijob'],
  namespace: ['kubernetes', 'mpijob'],
  jobSet: ['kubernetes'],
};
const needed: Readonly<Record<EngineName, readonly Key[]>> = {
  slurm: ['shards'],
  kubernetes: ['shards', 'image', 'volumeClaim'],
  mpijob: ['ranks', 'image', 'volumeClaim'],
};

/** Beyond it Kubernetes wants a bound on failed indexes, and lets fewer pods run. Source: `maxFailedIndexes` of batch/v1 JobSpec */
const mostIndexes = 100_000;

/** `vda emit`: options, help and rules. */
export const emitSpec: CommandSpec<typeof schema> = {
  name: 'emit',
  summary: summaries.emit,
  details:
    'Nothing is submitted and nothing read but the options: the files are yours to look at and to submit. What stands after the engine and its options is the command line of vda that the job is to do.',
  schema,
  positional: 'engine',
  rest: 'command',
  examples: [
    {
      what: 'An attack in 50 parts, on Slurm:',
      command:
        'vda emit slurm --shards 50 --cpus 4 --memory 8G --time 04:00:00 attack --model runs/vda --test-file test.tsv --output-dir runs/vda/attack',
    },
    {
      what: 'A grid in 6 parts, on Kubernetes:',
      command:
        'vda emit kubernetes --shards 6 --image registry.example.org/vda:0.1.0 --volume-claim texts reproduce grid.yaml --output-dir runs/grid',
    },
    {
      what: 'A training on 8 ranks, by the MPI Operator:',
      command:
        'vda emit mpijob --ranks 8 --image registry.example.org/vda-mpi:0.1.0 --volume-claim texts train --model runs/base --train-file train.tsv --gradient-accumulation-steps 8 --output-dir runs/large',
    },
  ],
  check(options, given) {
    const { engine } = options;
    const unread = Object.entries(readBy).flatMap(([key, by]) =>
      given.has(key) && !by.includes(engine)
        ? [`${argument(key)} has no effect for ${engine}, only for ${by.join(' and ')}.`]
        : [],
    );
    const missing = needed[engine].flatMap((key) =>
      options[key] === undefined ? [`${argument(key)} is required for ${engine}.`] : [],
    );
    const { ranks = 1, ranksPerNode, shards = 1 } = options;
    const many =
      engine === 'kubernetes' && shards > mostIndexes
        ? [`${argument('shards')} ${shards}: a Job with tries for each index has at most ${mostIndexes}.`]
        : [];
    const uneven =
      engine === 'mpijob' && ranks % ranksPerNode !== 0
        ? [`${argument('ranks')} ${ranks} is no multiple of ${argument('ranksPerNode')} ${ranksPerNode}.`]
        : [];
    const problems = [...unread, ...missing, ...uneven, ...many];
    if (problems.length > 0) throw usageError('emit', problems);
  },
};
