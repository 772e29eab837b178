import { availableParallelism, cpus } from 'node:os';
import { VdaError } from '../base/error.ts';
import { alone, type Communicator, communicatorOver } from './communicator.ts';
import { launchOf } from './launcher.ts';
import { type OpenMpi, openMpi } from './open-mpi.ts';

/** The ranks of this process's job. */
export interface OpenRanks {
  readonly communicator: Communicator;
  /** Threads a rank should take, so that those of one machine share its processors; undefined where there is one rank. */
  readonly numThreads?: number | undefined;
  /** What a person should know. */
  readonly remarks: readonly string[];
  /**
   * Says that this rank is done, and how. When its process ends it waits for the others (MPI_Finalize), or no more than ends where the
   * launcher is ending them all. One that ends without a word takes the job with it (MPI_Abort), for the others would wait for it.
   */
  end(how: 'with the others' | 'with the job'): void;
}

/** One job in the life of a process, as MPI has it. */
let joined: OpenMpi | undefined;

/**
 * Joins the ranks that an MPI launcher started together. A process that was started by itself is a job of one, and MPI is not touched.
 *
 * @param p.env the process's environment, in which the launcher says what it started
 * @param p.timeoutSeconds how long a rank may give no sign of life before the others throw
 * @throws VdaError `usage` for a launcher that Open MPI cannot talk to, or a second job; `unsupported` for another MPI, or none
 */
export async function openRanks(p: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
}): Promise<OpenRanks> {
  const launch = launchOf(p.env);
  if (launch === undefined) {
    const remark =
      'No MPI launcher started this process, so it trains by itself. For N ranks: mpirun -n N vda …, or srun with its options -n N and mpi=pmix.';
    return { communicator: alone, remarks: [remark], end: () => {} };
  }
  if (joined !== undefined) {
    throw new VdaError(
      'usage',
      'This process has trained over MPI before, which it can do once. Start another.',
    );
  }
  const mpi = await openMpi(p.env);
  joined = mpi;
  let ended: Parameters<OpenRanks['end']>[0] | undefined;
  process.once('exit', (code) => {
    if (ended === undefined) mpi.abort(code === 0 ? 1 : code);
    else if (ended === 'with the others') mpi.finalize();
  });
  const { size = mpi.size, onThisMachine = size } = launch;
  if (mpi.size !== size) {
    throw new VdaError(
      'unsupported',
      `The launcher started ${size} ranks, but to the MPI library this one is of ${mpi.size}: the two are not of one Open MPI. Give the library of that launcher in VDA_MPI_LIBRARY.`,
    );
  }
  const numThreads = threadsOf(onThisMachine);
  return {
    communicator: communicatorOver(mpi, p),
    numThreads,
    remarks: [`${size} ranks, ${numThreads} thread${numThreads === 1 ? '' : 's'} each.`],
    end: (how) => {
      ended = how;
    },
  };
}

/** The processors that the launcher bound this rank to, or its share of the machine's. */
function threadsOf(ranksHere: number): number {
  const own = availableParallelism();
  return own < cpus().length ? own : Math.max(1, Math.floor(own / ranksHere));
}
