import type { JobFile, RankedJob } from '../job.ts';
import { containerOf, fieldVariable, type KubernetesOptions, literal, metadataOf, podSpecOf } from './pod.ts';
import { yamlOf } from './yaml.ts';

/** Where the image's user keeps keys; the operator mounts them there. */
const sshFolder = '/home/node/.ssh';
/** What the image's sshd listens at, for it is no root's. */
const sshPort = 2222;

/** `mpirun`, going on from a checkpoint where an earlier try has left one; what it runs are its arguments, never its text. */
const launch = `if [ -n "$0" ] && ls -d "$0"/checkpoint-* >/dev/null 2>&1; then set -- "$@" --resume-from-checkpoint last; fi
exec mpirun "$@"`;

/**
 * An MPIJob: a launcher that runs `mpirun`, and workers with sshd that it starts the ranks in.
 *
 * Source: kubeflow.org/v2beta1 of the MPI Operator; its example `examples/v2beta1/pi/pi.yaml` for sshd as no root
 */
export function mpiJobFiles(job: RankedJob, options: KubernetesOptions): readonly JobFile[] {
  const { ranks, ranksPerNode, tries, seconds } = job;
  const { mountPath } = options;
  const role = (replicas: number, container: object) => ({
    replicas,
    restartPolicy: 'Never',
    template: {
      metadata: { labels: metadataOf(job.name, options).labels },
      spec: podSpecOf(options, { container }),
    },
  });
  const launcher = containerOf(options, {
    command: ['/bin/sh', '-c', literal(launch), literal(job.resumeIn ?? '')],
    args: [
      ...['-n', String(ranks), '--bind-to', 'none', '--wdir', mountPath, '-x', 'HF_HOME', '-x', 'VDA_JOB_ID'],
      ...['vda', ...job.command].map(literal),
    ],
    env: [
      fieldVariable('JOB_UID', "metadata.labels['batch.kubernetes.io/controller-uid']"),
      // The lock that an earlier try has left in another pod may be taken over.
      { name: 'VDA_JOB_ID', value: '$(JOB_UID)' },
    ],
    resources: { cpus: 1, memory: '1G' },
  });
  const worker = {
    ...containerOf(options, {
      command: ['/usr/sbin/sshd'],
      args: ['-De', '-f', '/home/node/.sshd_config'],
      resources: times(job, ranksPerNode),
    }),
    ports: [{ name: 'ssh', containerPort: sshPort }],
    readinessProbe: { tcpSocket: { port: sshPort }, periodSeconds: 2 },
  };
  const mpiJob = {
    apiVersion: 'kubeflow.org/v2beta1',
    kind: 'MPIJob',
    metadata: metadataOf(job.name, options),
    spec: {
      slotsPerWorker: ranksPerNode,
      mpiImplementation: 'OpenMPI',
      launcherCreationPolicy: 'WaitForWorkersReady',
      sshAuthMountPath: sshFolder,
      runPolicy: {
        cleanPodPolicy: 'Running',
        backoffLimit: tries - 1,
        ...(seconds !== undefined && { activeDeadlineSeconds: seconds }),
      },
      mpiReplicaSpecs: { Launcher: role(1, launcher), Worker: role(ranks / ranksPerNode, worker) },
    },
  };
  return [{ name: 'mpijob.yaml', text: yamlOf(mpiJob, options.madeBy) }];
}

/** What a pod of several ranks needs. */
const times = ({ cpus, memory }: RankedJob, count: number) => ({
  cpus: cpus === undefined ? undefined : cpus * count,
  memory: memory === undefined ? undefined : `${Number.parseInt(memory, 10) * count}${memory.at(-1)}`,
});
