import { describe, expect, test } from 'vitest';
import { shardOf } from '../../src/cli/shard.ts';

const slurm = (id: number, min: number, max: number, count: number) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_COUNT: String(count),
});

describe('shardOf', () => {
  test.each([
    ['nothing said', {}, {}, [0, 1]],
    ['--shard', { shard: '2/4' }, {}, [2, 4]],
    ['--shard before the environment', { shard: '0/1' }, slurm(3, 0, 7, 8), [0, 1]],
    ['Slurm array from 0', {}, slurm(3, 0, 7, 8), [3, 8]],
    ['Slurm array from 1', {}, slurm(1, 1, 4, 4), [0, 4]],
    ['Kubernetes Indexed Job', { numShards: 5 }, { JOB_COMPLETION_INDEX: '4' }, [4, 5]],
    ['one part of one', { numShards: 1 }, {}, [0, 1]],
    ['an empty variable', {}, { SLURM_ARRAY_TASK_ID: '' }, [0, 1]],
  ] as const)('%s', (_, options, env, [index, count]) => {
    expect(shardOf(options, env)).toMatchObject({ index, count });
  });

  test.each([
    ['part out of range', { shard: '4/4' }, {}, 'expected a part from 0 to 3, got 4 of 4'],
    ['two counts', { shard: '1/4', numShards: 5 }, {}, 'disagree'],
    ['Slurm array with gaps', {}, slurm(3, 0, 5, 3), 'array without gaps'],
    ['Slurm array without a count', {}, { SLURM_ARRAY_TASK_ID: '3' }, 'array without gaps'],
    ['Slurm count and --num-shards', { numShards: 3 }, slurm(0, 0, 3, 4), '--num-shards 3'],
    ['index without a count', {}, { JOB_COMPLETION_INDEX: '1' }, 'add --num-shards'],
    ['count without an index', { numShards: 4 }, {}, 'which of them'],
    ['index beyond the count', { numShards: 4 }, { JOB_COMPLETION_INDEX: '4' }, 'got 4 of 4'],
    ['no number', { numShards: 4 }, { JOB_COMPLETION_INDEX: 'x' }, "whole number, got 'x'"],
  ] as const)('refuses %s', (_, options, env, message) => {
    expect(() => shardOf(options, env)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => shardOf(options, env)).toThrow(message);
  });
});
