import { VdaError } from '../base/error.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What started this process, as it says in the environment. */
export interface Launch {
  /** Ranks of the job, where the launcher says it. */
  readonly size?: number | undefined;
  /** Ranks on this machine, where the launcher says it. */
  readonly onThisMachine?: number | undefined;
}

/** The rank of a process that an MPI launcher started, before MPI is asked; 0 where nothing did. */
export const launchedRank = (env: Env): number => Number(env.OMPI_COMM_WORLD_RANK ?? env.PMIX_RANK ?? 0);

/**
 * Reads what Open MPI's mpirun, or Slurm's srun with PMIx, tells the processes it starts; undefined where nothing started several.
 * @throws VdaError `usage` where a launcher did that Open MPI cannot talk to: each process would take itself for the whole job
 */
export function launchOf(env: Env): Launch | undefined {
  const numberOf = (name: string): number | undefined => (env[name] ? Number(env[name]) : undefined);
  const size = numberOf('OMPI_COMM_WORLD_SIZE');
  if (size !== undefined) return { size, onThisMachine: numberOf('OMPI_COMM_WORLD_LOCAL_SIZE') };
  const tasks = numberOf('SLURM_STEP_NUM_TASKS');
  if (env.PMIX_RANK !== undefined) return { size: tasks, onThisMachine: tasksHere(env) };
  if (tasks !== undefined && tasks > 1) {
    throw new VdaError(
      'usage',
      `Slurm started ${tasks} tasks that do not know of each other, for Open MPI joins them by PMIx. Start them by srun with its option mpi=pmix.`,
    );
  }
  const others = numberOf('PMI_SIZE');
  if (others !== undefined && others > 1) {
    throw new VdaError(
      'usage',
      `These ${others} processes were started by the launcher of another MPI (PMI_SIZE is set, as by MPICH's mpiexec). Start them with Open MPI's mpirun.`,
    );
  }
  return undefined;
}

/** Of `2(x3),1`, tasks of the nodes of a Slurm step, those of this node. */
function tasksHere({
  SLURM_STEP_TASKS_PER_NODE: tasks = '',
  SLURM_NODEID: node = '0',
}: Env): number | undefined {
  const counts = tasks.split(',').flatMap((part) => {
    const [, count, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    return count === undefined ? [] : new Array<number>(Number(times)).fill(Number(count));
  });
  return counts[Number(node)];
}
