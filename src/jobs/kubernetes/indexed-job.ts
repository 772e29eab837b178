import { type JobFile, type ShardedJob, shardFolder } from '../job.ts';
import { containerOf, fieldVariable, type KubernetesOptions, literal, metadataOf, podSpecOf } from './pod.ts';
import { yamlOf } from './yaml.ts';

/** Names of pods, `<job>-<index>`, are host names of at most 63 characters. */
export const longestLabel = 63;

/** Characters that a name leaves for the largest index and its dash. */
export const digitsOf = (count: number): number => String(count - 1).length + 1;

/** `vda` ends with 2 where the command line is wrong: another try would end the same. */
const usageExit = 2;

/**
 * An Indexed Job: a pod a shard, each with its own number of tries (`backoffLimitPerIndex`), and none beside one that has not quite
 * ended. A node that is drained costs no try. An index knows its part by `--shard auto`.
 *
 * Source: Kubernetes' API reference, batch/v1 JobSpec, 1.33 (`backoffLimitPerIndex` and `podReplacementPolicy` are on by default since 1.29)
 */
export const indexedJobSpec = (job: ShardedJob, options: KubernetesOptions) => ({
  completionMode: 'Indexed',
  completions: job.shards,
  parallelism: Math.min(job.atOnce ?? job.shards, job.shards),
  backoffLimitPerIndex: job.tries - 1,
  podReplacementPolicy: 'Failed',
  podFailurePolicy: {
    rules: [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailIndex', onExitCodes: { containerName: 'vda', operator: 'In', values: [usageExit] } },
    ],
  },
  template: podTemplate(job, {
    options,
    args: [
      ...job.command.map(literal),
      ...['--shard', 'auto', '--num-shards', String(job.shards)],
      ...['--output-dir', shardFolder({ ...job, output: literal(job.output) }, '$(JOB_COMPLETION_INDEX)')],
    ],
    env: [
      fieldVariable(
        'JOB_COMPLETION_INDEX',
        "metadata.annotations['batch.kubernetes.io/job-completion-index']",
      ),
      jobUid,
      // A lock that an earlier pod of this index has left may be taken over.
      { name: 'VDA_JOB_ID', value: '$(JOB_UID)/$(JOB_COMPLETION_INDEX)' },
    ],
  }),
});

/** The Job that puts the shards together. */
export const collectJobSpec = (job: ShardedJob, options: KubernetesOptions) => ({
  backoffLimit: job.tries - 1,
  podReplacementPolicy: 'Failed',
  template: podTemplate(job, {
    options,
    args: [...job.collect, '--output-dir', job.output].map(literal),
    env: [jobUid, { name: 'VDA_JOB_ID', value: '$(JOB_UID)' }],
  }),
});

const jobUid = fieldVariable('JOB_UID', "metadata.labels['batch.kubernetes.io/controller-uid']");

/** A pod that runs `vda` once. */
const podTemplate = (
  job: ShardedJob,
  {
    options,
    args,
    env,
  }: {
    readonly options: KubernetesOptions;
    readonly args: readonly string[];
    readonly env: readonly object[];
  },
) => ({
  metadata: { labels: metadataOf(job.name, options).labels },
  spec: {
    restartPolicy: 'Never',
    ...podSpecOf(options, {
      seconds: job.seconds,
      container: containerOf(options, { command: ['vda'], args, env, resources: job }),
    }),
  },
});

/** `job.yaml` and, to apply once it is complete, `collect.yaml`. */
export function indexedJobFiles(job: ShardedJob, options: KubernetesOptions): readonly JobFile[] {
  const manifest = (name: string, spec: object) =>
    yamlOf(
      { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(name, options), spec },
      options.madeBy,
    );
  return [
    { name: 'job.yaml', text: manifest(job.name, indexedJobSpec(job, options)) },
    { name: 'collect.yaml', text: manifest(`${job.name}-collect`, collectJobSpec(job, options)) },
  ];
}
