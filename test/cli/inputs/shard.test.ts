import { describe, expect, test } from 'vitest';
import { shardOf, shardRemark, withoutArray } from '../../../src/cli/inputs/shard.ts';

const slurm = (id: number, min: number, max: number, count: number) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_COUNT: String(count),
});

const auto = { shard: 'auto' } as const;

describe('shardOf', () => {
  test.each([
    ['nothing said', {}, {}, [0, 1]],
    ['--shard', { shard: '2/4' }, {}, [2, 4]],
    ['--shard in an array', { shard: '0/1' }, slurm(3, 0, 7, 8), [0, 1]],
    ['an array over seeds, nothing said', {}, slurm(3, 0, 7, 8), [0, 1]],
    ['a Kubernetes Indexed Job, nothing said', {}, { JOB_COMPLETION_INDEX: '4' }, [0, 1]],
    ['auto in a Slurm array from 0', auto, slurm(3, 0, 7, 8), [3, 8]],
    ['auto in a Slurm array from 1', auto, slurm(1, 1, 4, 4), [0, 4]],
    ['auto in a Kubernetes Indexed Job', { ...auto, numShards: 5 }, { JOB_COMPLETION_INDEX: '4' }, [4, 5]],
    ['one part of one', { numShards: 1 }, {}, [0, 1]],
  ] as const)('%s', (_, options, env, [index, count]) => {
    expect(shardOf(options, env)).toMatchObject({ index, count });
  });

  test.each([
    ['part out of range', { shard: '4/4' }, {}, 'expected a part from 0 to 3, got 4 of 4'],
    ['two counts', { shard: '1/4', numShards: 5 }, {}, 'disagree'],
    [
      'a count of parts without auto',
      { numShards: 4 },
      slurm(0, 0, 3, 4),
      'counts the parts of --shard auto',
    ],
    ['auto outside of an array', auto, {}, 'which part is this'],
    ['auto with an empty variable', auto, { SLURM_ARRAY_TASK_ID: '' }, 'which part is this'],
    ['Slurm array with gaps', auto, slurm(3, 0, 5, 3), 'array without gaps'],
    ['Slurm array without a count', auto, { SLURM_ARRAY_TASK_ID: '3' }, 'array without gaps'],
    ['Slurm count and --num-shards', { ...auto, numShards: 3 }, slurm(0, 0, 3, 4), '--num-shards 3'],
    ['index without a count', auto, { JOB_COMPLETION_INDEX: '1' }, 'add --num-shards'],
    ['index beyond the count', { ...auto, numShards: 4 }, { JOB_COMPLETION_INDEX: '4' }, 'got 4 of 4'],
    ['no number', { ...auto, numShards: 4 }, { JOB_COMPLETION_INDEX: 'x' }, "whole number, got 'x'"],
  ] as const)('refuses %s', (_, options, env, message) => {
    expect(() => shardOf(options, env)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => shardOf(options, env)).toThrow(message);
  });
});

test('an array of which nothing is made is spoken of, unless a part is given', () => {
  const said = (options: { readonly shard?: string }, env: Readonly<Record<string, string>>) =>
    shardRemark(shardOf(options, env), { options, env });
  expect(said({}, slurm(3, 0, 7, 8))).toMatch(/^SLURM_ARRAY_TASK_ID is set .* --shard auto\.$/);
  expect(said({}, withoutArray(slurm(3, 0, 7, 8)) as Record<string, string>)).toBeUndefined();
  expect(said({ shard: '0/1' }, slurm(3, 0, 7, 8))).toBeUndefined();
  expect(said({}, {})).toBeUndefined();
  expect(said(auto, slurm(3, 0, 7, 8))).toBe('Part 3 of 8 (SLURM_ARRAY_TASK_ID).');
});
