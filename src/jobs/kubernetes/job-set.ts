import type { JobFile, ShardedJob } from '../job.ts';
import { collectJobSpec, indexedJobSpec } from './indexed-job.ts';
import { type KubernetesOptions, metadataOf } from './pod.ts';
import { yamlOf } from './yaml.ts';

/**
 * A JobSet of the Indexed Job and, once that is complete, of the one that merges.
 *
 * Source: jobset.x-k8s.io/v1alpha2, `dependsOn` of JobSet 0.8
 */
export function jobSetFiles(job: ShardedJob, options: KubernetesOptions): readonly JobFile[] {
  const replicated = (name: string, spec: object) => ({ name, replicas: 1, template: { spec } });
  const jobSet = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: metadataOf(job.name, options),
    spec: {
      replicatedJobs: [
        replicated('shards', indexedJobSpec(job, options)),
        {
          ...replicated('collect', collectJobSpec(job, options)),
          dependsOn: [{ name: 'shards', status: 'Complete' }],
        },
      ],
    },
  };
  return [{ name: 'jobset.yaml', text: yamlOf(jobSet, options.madeBy) }];
}
