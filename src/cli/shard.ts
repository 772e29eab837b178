import { VdaError } from '../base/error.ts';

/** One part of a job split in `count`: examples whose position modulo `count` is `index`, or as the job defines. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Where it was read, for saying so aloud. */
  readonly source: string;
}

/**
 * The part of the work that falls to this process. In order: `--shard i/n` (i from 0); the array of a Slurm job;
 * the index of a Kubernetes Indexed Job, whose size is not in its environment and so must come by `--num-shards`.
 * Nothing of these: the whole, `0/1`.
 *
 * Source: SLURM_ARRAY_TASK_ID, _MIN, _MAX, _COUNT in sbatch(1) "OUTPUT ENVIRONMENT VARIABLES";
 * JOB_COMPLETION_INDEX in the Kubernetes documentation of Indexed Jobs.
 * @throws VdaError `usage` where index and count do not fit, or a Slurm array has gaps (`--array=0,3,5`)
 */
export function shardOf(
  options: { readonly shard?: string | undefined; readonly numShards?: number | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Shard {
  if (options.shard !== undefined) {
    const [index, count] = options.shard.split('/').map(Number) as [number, number];
    if (options.numShards !== undefined && options.numShards !== count) {
      throw new VdaError('usage', `--shard ${options.shard} and --num-shards ${options.numShards} disagree.`);
    }
    return checked({ index, count, source: '--shard' });
  }
  const slurm = slurmShard(env, options.numShards);
  if (slurm) return slurm;
  const index = wholeNumber(env, 'JOB_COMPLETION_INDEX');
  if (index !== undefined) {
    if (options.numShards === undefined) {
      throw new VdaError(
        'usage',
        'JOB_COMPLETION_INDEX is set, but nothing says how many parts there are: add --num-shards N with the completions of the job, or --shard 0/1 for the whole.',
      );
    }
    return checked({ index, count: options.numShards, source: 'JOB_COMPLETION_INDEX' });
  }
  if (options.numShards !== undefined && options.numShards > 1) {
    throw new VdaError(
      'usage',
      `--num-shards ${options.numShards}: which of them is this? Expected SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment, or --shard i/${options.numShards}.`,
    );
  }
  return { index: 0, count: 1, source: 'the whole' };
}

function slurmShard(
  env: Readonly<Record<string, string | undefined>>,
  numShards?: number,
): Shard | undefined {
  const id = wholeNumber(env, 'SLURM_ARRAY_TASK_ID');
  if (id === undefined) return undefined;
  const first = wholeNumber(env, 'SLURM_ARRAY_TASK_MIN') ?? 0;
  const last = wholeNumber(env, 'SLURM_ARRAY_TASK_MAX');
  const count = wholeNumber(env, 'SLURM_ARRAY_TASK_COUNT') ?? numShards;
  const hasGaps = last !== undefined && count !== undefined && last - first + 1 !== count;
  if (count === undefined || hasGaps || (numShards !== undefined && numShards !== count)) {
    throw new VdaError(
      'usage',
      `SLURM_ARRAY_TASK_ID=${id}: cannot tell which part this is; expected an array without gaps, got ids ${first} to ${last ?? '?'} for ${count ?? '?'} tasks${numShards === undefined ? '' : ` and --num-shards ${numShards}`}. Use --shard i/n (0/1 for the whole).`,
    );
  }
  return checked({ index: id - first, count, source: 'SLURM_ARRAY_TASK_ID' });
}

function wholeNumber(env: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new VdaError('usage', `${name}: expected a whole number, got '${text}'.`);
  return Number(text);
}

function checked(shard: Shard): Shard {
  if (shard.count < 1 || shard.index < 0 || shard.index >= shard.count) {
    throw new VdaError(
      'usage',
      `${shard.source}: expected a part from 0 to ${Math.max(0, shard.count - 1)}, got ${shard.index} of ${shard.count}.`,
    );
  }
  return shard;
}
