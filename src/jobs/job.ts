/** What each task of a job may use. */
export interface Resources {
  /** Processors of a shard, or of a rank. */
  readonly cpus?: number | undefined;
  /** Memory of a shard, or of a rank: `8G` is 8 GiB. */
  readonly memory?: string | undefined;
  /** Longest time of a shard, or of the training. */
  readonly seconds?: number | undefined;
}

/**
 * A command of vda that a scheduler does in shards: each an idempotent task that goes on where an earlier try of it was
 * stopped, and once all have ended one more command that puts together what they left.
 */
export interface ShardedJob extends Resources {
  /** An RFC 1123 label. */
  readonly name: string;
  /** Arguments of every shard but for its part and its folder. */
  readonly command: readonly string[];
  /** Whether each shard has a folder of its own, `<output>/shards/<index>`; else all write into `output`. */
  readonly foldersApart: boolean;
  /** Arguments of what puts the shards together. */
  readonly collect: readonly string[];
  /** Folder of the results, as the tasks see it. */
  readonly output: string;
  readonly shards: number;
  /** How often a shard is begun, at most. */
  readonly tries: number;
  /** Shards that run at the same time, at most. */
  readonly atOnce?: number | undefined;
}

/** A training on several ranks that an MPI launcher starts. */
export interface RankedJob extends Resources {
  /** An RFC 1123 label. */
  readonly name: string;
  /** Arguments of every rank. */
  readonly command: readonly string[];
  /** Folder of the training, where another try goes on from the last checkpoint; undefined where the command says itself where from. */
  readonly resumeIn?: string | undefined;
  readonly ranks: number;
  readonly ranksPerNode: number;
  /** How often the training is begun, at most. */
  readonly tries: number;
}

/** A file of a job. */
export interface JobFile {
  readonly name: string;
  readonly text: string;
}

/** Folder of the results of one shard; `index` as the scheduler's own language writes it. */
export const shardFolder = (
  { foldersApart, output }: Pick<ShardedJob, 'foldersApart' | 'output'>,
  index: string,
): string => (foldersApart ? `${output}/shards/${index}` : output);

/** A name as an RFC 1123 label has it: small letters, digits and dashes, of at most `most` characters, a letter in front. */
export function labelOf(name: string, most: number): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return plain.slice(0, most).replace(/-+$/, '');
}

/** Seconds of `[D-]HH:MM:SS`. */
export function secondsOf(time: string): number {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)-)?(\d+):(\d+):(\d+)$/.exec(time)!;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
