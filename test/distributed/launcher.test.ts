import { describe, expect, it } from 'vitest';
import { launchedRank, launchOf } from '../../src/distributed/launcher.ts';
import { openRanks } from '../../src/distributed/open-ranks.ts';

// What the launchers set, as seen with Open MPI 4.1.4 and Slurm 22.05.
const mpirun = {
  OMPI_COMM_WORLD_SIZE: '4',
  OMPI_COMM_WORLD_LOCAL_SIZE: '2',
  OMPI_COMM_WORLD_RANK: '3',
  PMIX_RANK: '3',
};
const slurm = {
  SLURM_STEP_NUM_TASKS: '3',
  SLURM_STEP_TASKS_PER_NODE: '1(x2),1',
  SLURM_NODEID: '1',
  SLURM_NTASKS: '3',
};

describe('launchOf', () => {
  it('reads the job from mpirun, and from srun with PMIx', () => {
    expect(launchOf(mpirun)).toEqual({ size: 4, onThisMachine: 2 });
    expect(launchOf({ ...slurm, ...mpirun })).toEqual({ size: 4, onThisMachine: 2 });
    expect(launchOf({ ...slurm, PMIX_RANK: '0' })).toEqual({ size: 3, onThisMachine: 1 });
    expect([mpirun, { PMIX_RANK: '1' }, {}].map(launchedRank)).toEqual([3, 1, 0]);
  });

  it('finds none where a process was started by itself, in a batch script too', () => {
    expect(launchOf({})).toBeUndefined();
    expect(launchOf({ SLURM_NTASKS: '8' })).toBeUndefined();
    expect(launchOf({ SLURM_STEP_NUM_TASKS: '1' })).toBeUndefined();
  });

  it.each([
    [
      slurm,
      'Slurm started 3 tasks that do not know of each other, for Open MPI joins them by PMIx. Start them by srun with its option mpi=pmix.',
    ],
    [
      { PMI_SIZE: '2', PMI_RANK: '1' },
      "These 2 processes were started by the launcher of another MPI (PMI_SIZE is set, as by MPICH's mpiexec). Start them with Open MPI's mpirun.",
    ],
  ])('refuses processes that would each take themselves for the whole job', (env, message) => {
    expect(() => launchOf(env)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});

describe('openRanks', () => {
  it('is one process without a launcher, and says so', async () => {
    const { communicator, numThreads, remarks } = await openRanks({ env: {}, timeoutSeconds: 1 });
    expect([communicator.rank, communicator.size, numThreads]).toEqual([0, 1, undefined]);
    expect(remarks).toEqual([expect.stringMatching(/^No MPI launcher started this process/)]);
  });

  it.each([
    ['/nowhere/libmpi.so', /The MPI library \/nowhere\/libmpi\.so does not load \(.*Install Open MPI/],
    ['libm.so.6', /The MPI library libm\.so\.6 is no MPI library, not Open MPI/],
  ])('refuses %s as the library', async (library, message) => {
    const env = { ...mpirun, VDA_MPI_LIBRARY: library };
    await expect(openRanks({ env, timeoutSeconds: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringMatching(message) }),
    );
  });
});
