import { z } from 'zod';
import { option } from './spec.ts';

/** The options that split a job into parts, of `what` ("Attack only", "Do only") in a group of the help. */
export const shardOptions = ({ what, group }: { readonly what: string; readonly group: string }) => ({
  shard: option(
    z
      .string()
      .regex(/^(\d+\/[1-9]\d*|auto)$/)
      .optional(),
    {
      description: `${what}, i from 0; auto: the part of this task of a Slurm array or a Kubernetes Indexed Job. By default the whole, whatever array it runs in.`,
      group,
      value: 'i/n|auto',
      expected: 'a part as i/n, such as 0/4 for the first of four, or auto',
    },
  ),
  numShards: option(z.int().min(1).optional(), {
    description:
      'Number of parts of --shard auto, where the environment has only the index (Kubernetes Indexed Jobs).',
    group,
    unit: 'parts',
  }),
});
