import { z } from 'zod';
import { argument } from '../base/error.ts';
import { choice, option } from './spec.ts';

/** What can join processes for training. */
const transports = {
  mpi: 'Open MPI: processes that mpirun or srun --mpi=pmix started',
} as const;

/** Training on several processes. */
export const distributedOptions = {
  distributed: option(choice(transports).optional(), {
    description:
      'Share the batches of each step among the processes (ranks) that an MPI launcher started: mpirun -n 2 vda train …. A step needs a batch for each rank; --gradient-accumulation-steps that are a multiple of their number keep all at work. Options and steps are those of one process, and its results to rounding.',
    group: 'Machine',
    knownAs: ['ddp-backend', 'backend', 'mpi'],
  }),
  distributedTimeout: option(z.number().positive().default(1800), {
    description:
      'A rank that gives no sign of life for so long ends the job; more than a step takes. The default is that of the Hugging Face Trainer.',
    group: 'Machine',
    unit: 'seconds',
    knownAs: ['ddp-timeout', 'nccl-timeout'],
  }),
};

/** What is wrong about them. */
export const distributedProblems = (
  options: { readonly distributed?: string | undefined },
  given: ReadonlySet<string>,
): readonly string[] =>
  given.has('distributedTimeout') && options.distributed === undefined
    ? [`${argument('distributedTimeout')} has no effect without ${argument('distributed')}.`]
    : [];
