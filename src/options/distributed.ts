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
      'Share the batches of each step among the processes (ranks) that an MPI launcher started: mpirun -n 2 vda train …. --gradient-accumulation-steps is to be a multiple of their number; options, steps and results are those of one process.',
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
