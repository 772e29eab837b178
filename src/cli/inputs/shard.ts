import { VdaError } from '../../base/error.ts';

/** One part of a job split in `count`: examples whose position modulo `count` is `index`, or as the job defines. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Where it was read, for saying so aloud. */
  readonly source: string;
}

/**
 * The part of the work that falls to this process: the whole, `0/1`; `--shard i/n` (i from 0); or with `--shard auto` that of
 * the array of a Slurm job, or of a Kubernetes Indexed Job, whose size is not in its environment and so must come by
 * `--num-shards`. An array may as well be one over seeds or methods, each of whose tasks does the whole: so never unasked.
 *
 * Source: SLURM_ARRAY_TASK_ID, _MIN, _MAX, _COUNT in sbatch(1) "OUTPUT ENVIRONMENT VARIABLES";
 * JOB_COMPLETION_INDEX in the Kubernetes documentation of Indexed Jobs.
 * @throws VdaError `usage` where index and count do not fit, a Slurm array has gaps (`--array=0,3,5`), or nothing says which
 * part `auto` is
 */
export function shardOf({ shard = '0/1', numShards }: ShardOptions, env: Environment): Shard {
  if (shard !== 'auto') {
    const [index, count] = shard.split('/').map(Number) as [number, number];
    if (numShards !== undefined && numShards !== count) {
      throw new VdaError(
        'usage',
        `--shard ${shard} and --num-shards ${numShards} disagree: --num-shards counts the parts of --shard auto.`,
      );
    }
    return checked({ index, count, source: '--shard' });
  }
  const slurm = slurmShard(env, numShards);
  if (slurm) return slurm;
  const index = wholeNumber(env, 'JOB_COMPLETION_INDEX');
  if (index === undefined) {
    throw new VdaError(
      'usage',
      '--shard auto: which part is this? Expected SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment. Outside of such jobs give --shard i/n, such as 0/4 for the first of four.',
    );
  }
  if (numShards === undefined) {
    throw new VdaError(
      'usage',
      '--shard auto: JOB_COMPLETION_INDEX is set, but nothing says how many parts there are: add --num-shards N with the completions of the job, or give --shard i/n.',
    );
  }
  return checked({ index, count: numShards, source: 'JOB_COMPLETION_INDEX' });
}

/** What to say of the part: which it is, or that an array is there of which nothing is made. */
export function shardRemark(
  shard: Shard,
  p: { readonly options: ShardOptions; readonly env: Environment },
): string | undefined {
  if (shard.count > 1) return `Part ${shard.index} of ${shard.count} (${shard.source}).`;
  const array = arrayVariables.find((name) => (p.env[name] ?? '') !== '');
  return array === undefined || p.options.shard !== undefined
    ? undefined
    : `${array} is set and --shard is not: this process does the whole. For a part each: --shard auto.`;
}

/** An environment that says nothing of an array: for commands whose part another command has settled. */
export const withoutArray = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !arrayVariables.includes(name)));

const arrayVariables = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX'];

type Environment = Readonly<Record<string, string | undefined>>;

interface ShardOptions {
  readonly shard?: string | undefined;
  readonly numShards?: number | undefined;
}

function slurmShard(env: Environment, numShards?: number): Shard | undefined {
  const id = wholeNumber(env, 'SLURM_ARRAY_TASK_ID');
  if (id === undefined) return undefined;
  const first = wholeNumber(env, 'SLURM_ARRAY_TASK_MIN') ?? 0;
  const last = wholeNumber(env, 'SLURM_ARRAY_TASK_MAX');
  const count = wholeNumber(env, 'SLURM_ARRAY_TASK_COUNT') ?? numShards;
  const hasGaps = last !== undefined && count !== undefined && last - first + 1 !== count;
  if (count === undefined || hasGaps || (numShards !== undefined && numShards !== count)) {
    throw new VdaError(
      'usage',
      `--shard auto: with SLURM_ARRAY_TASK_ID=${id} nobody can tell which part this is; expected an array without gaps, got ids ${first} to ${last ?? '?'} for ${count ?? '?'} tasks${numShards === undefined ? '' : ` and --num-shards ${numShards}`}. Give --shard i/n.`,
    );
  }
  return checked({ index: id - first, count, source: 'SLURM_ARRAY_TASK_ID' });
}

function wholeNumber(env: Environment, name: string): number | undefined {
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
