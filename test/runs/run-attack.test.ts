import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { replayOf } from '../../src/attacks/replay.ts';
import type { Example } from '../../src/data/dataset.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { mergeShards } from '../../src/runs/merge-shards.ts';
import {
  type AttackProgress,
  type ResultsRepair,
  type RunAttackOptions,
  runAttack,
} from '../../src/runs/run-attack.ts';
import { toyMaskedLm, toyVictim } from '../attacks/toys.ts';

const examples: readonly Example[] = Array.from({ length: 20 }, (_, id) => ({
  id,
  text: Array.from({ length: 1 + (id % 9) }, (_, i) =>
    'abcdefgh'.slice((id + i) % 6, ((id + i) % 6) + 1 + (i % 3)),
  ).join(' '),
  label: id % 2,
}));
const recipe = loadRecipe('bert-attack', {
  similarity: ['none'],
  antonyms: 'none',
  stopWords: new Set(['h']),
});

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vda-attack-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const optionsFor = (name: string, more: Partial<RunAttackOptions> = {}): RunAttackOptions => ({
  folder: join(root, name),
  victim: { ...toyVictim(11), identity: () => ({ id: 'toy' }) },
  maskedLm: { ...toyMaskedLm(11), identity: () => ({ id: 'toy maskedLm' }) },
  recipe,
  concurrency: 4,
  ...more,
});
const withoutSeconds = (records: readonly AttackRecord[]) =>
  records.map((record) => ({ ...record, seconds: 0 }));
const linesOf = (name: string) =>
  withoutSeconds(
    readFileSync(join(root, name, 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AttackRecord),
  );

describe('runAttack', () => {
  test('stops where the victim answers no probabilities, and keeps what ended before', async () => {
    const good = { ...toyVictim(11), identity: () => ({ id: 'toy' }) };
    let calls = 0;
    const failing = {
      ...good,
      classify: async (inputs: Parameters<typeof good.classify>[0]) =>
        ++calls > 4 ? inputs.map(() => [-2.1, 2.3]) : good.classify(inputs),
    };
    await expect(runAttack(examples, optionsFor('stopped', { victim: failing }))).rejects.toThrow(
      /-2\.1, 2\.3/,
    );
    const kept = linesOf('stopped');
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.every(({ status }) => status !== 'error')).toBe(true);
    const { records } = await runAttack(examples, optionsFor('stopped'));
    expect(records).toHaveLength(examples.length);
  });

  test('refuses texts most of which have no spaces between words, and speaks of a few', async () => {
    const chinese = (id: number) => ({ id, text: '这部电影非常好看，演员表演出色。', label: 0 });
    const remarks: string[] = [];
    const options = (name: string) => optionsFor(name, { onRemark: (remark) => remarks.push(remark) });
    const mostly = [chinese(0), chinese(1), { id: 2, text: 'ab cd', label: 0 }];
    await expect(runAttack(mostly, options('mostly'))).rejects.toMatchObject({ code: 'unsupported' });
    await expect(runAttack(mostly, options('mostly'))).rejects.toThrow(
      '2 of 3 texts are in a script without spaces',
    );
    await runAttack([chinese(0), ...mostly.slice(2), { id: 3, text: 'ef', label: 1 }], options('few'));
    expect(remarks).toEqual([expect.stringContaining('1 of 3 texts are in a script without spaces')]);
  });

  test('asks examples that ended as an error again, and ends as if there had been none', async () => {
    const broken = { ...toyVictim(11), identity: () => ({ id: 'toy' }) };
    const failing = {
      ...broken,
      classify: (inputs: Parameters<typeof broken.classify>[0]) =>
        inputs.some(({ text }) => text.includes('bc'))
          ? Promise.reject(new Error('out of cheese'))
          : broken.classify(inputs),
    };
    const first = await runAttack(examples, optionsFor('tried', { victim: failing }));
    expect(first.records.some(({ status }) => status === 'error')).toBe(true);
    const done: number[] = [];
    const second = await runAttack(examples, optionsFor('tried', { onProgress: (p) => done.push(p.done) }));
    expect(done[0]).toBe(first.records.filter(({ status }) => status !== 'error').length);
    expect(second.records.every(({ status }) => status !== 'error')).toBe(true);
    await runAttack(examples, optionsFor('untroubled'));
    expect(linesOf('tried')).toEqual(linesOf('untroubled'));
  });

  test('writes one line an example in the order of ids, however it ended', async () => {
    const { complete, records } = await runAttack(examples, optionsFor('whole'));
    expect(complete).toBe(true);
    expect(linesOf('whole')).toEqual(withoutSeconds(records));
    expect(records.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
    expect(new Set(records.map(({ status }) => status))).toEqual(
      new Set(['success', 'skipped', 'nothing-to-change']),
    );
    for (const {
      status,
      label,
      originalPrediction,
      finalPrediction,
      changes,
      text,
      adversarialText,
    } of records) {
      expect(originalPrediction === label).toBe(status !== 'skipped');
      expect(finalPrediction !== originalPrediction).toBe(status === 'success');
      const words = text.split(' ');
      for (const { index, from, to } of changes) {
        expect(words[index]).toBe(from);
        words[index] = to;
      }
      expect(words.join(' ')).toBe(adversarialText);
    }
  });

  test('is refused where another attack is at work in the folder, of the same settings too', async () => {
    const both = [runAttack(examples, optionsFor('one')), runAttack(examples, optionsFor('one'))];
    const [first, second] = await Promise.allSettled(both);
    expect(first).toMatchObject({ status: 'fulfilled', value: { complete: true } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect(linesOf('one').map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
  });

  test('ends in the same file after being stopped and cut short at any byte', async () => {
    await runAttack(examples, optionsFor('whole'));
    const whole = readFileSync(join(root, 'whole', 'results.jsonl'));
    const stop = new AbortController();
    const stopped = await runAttack(
      examples,
      optionsFor('part', { signal: stop.signal, onProgress: ({ done }) => done === 9 && stop.abort() }),
    );
    expect(stopped.complete).toBe(false);
    expect(stopped.records).toHaveLength(9);
    const path = join(root, 'part', 'results.jsonl');
    const bytes = readFileSync(path);
    for (const size of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1, bytes.length]) {
      writeFileSync(path, bytes.subarray(0, size));
      const repairs: number[] = [];
      const { complete } = await runAttack(
        examples,
        optionsFor('part', { onRepair: (r) => repairs.push(r.bytes) }),
      );
      expect(complete).toBe(true);
      expect(linesOf('part')).toEqual(linesOf('whole'));
      const lineEnd = bytes.subarray(0, size).lastIndexOf(10) + 1;
      expect(repairs).toEqual(size > lineEnd ? [size - lineEnd] : []);
    }
    expect(whole.at(-1)).toBe(10);
  });

  test('a finished attack is not attacked again', async () => {
    await runAttack(examples, optionsFor('whole'));
    const victim = { ...toyVictim(11), identity: () => ({ id: 'toy' }) };
    const again = await runAttack(examples, optionsFor('whole', { victim }));
    expect(victim.calls).toEqual([]);
    expect(again.records).toHaveLength(examples.length);
  });

  test('keeps every whole line around those that are none, and attacks only what is missing', async () => {
    await runAttack(examples, optionsFor('whole'));
    const before = linesOf('whole');
    const path = join(root, 'whole', 'results.jsonl');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const damaged = Buffer.concat([
      Buffer.from(`${lines.slice(0, 3).join('\n')}\n{"id": 3, "status": "fine"}\n`),
      Buffer.from(`${lines[2]}\n${lines[5]!.replace('"id":5', '"id":500')}\n`), // once more, and of another attack
      Buffer.from(`${lines.slice(6).join('\n')}\n`),
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 10]),
    ]);
    writeFileSync(path, damaged);
    const [repairs, attacked]: [ResultsRepair[], number[]] = [[], []];
    const onProgress = ({ done }: AttackProgress) => attacked.push(done);
    const options = optionsFor('whole', { onRepair: (repair) => repairs.push(repair), onProgress });
    const { complete } = await runAttack(examples, options);
    expect(complete).toBe(true);
    expect(repairs).toEqual([
      { path, badLines: 2, bytes: 28 + 5, repeatedLines: 1, otherLines: 1, kept: 17 }, // without 3, 4 and 5
    ]);
    expect(attacked).toEqual([17, 18, 19, 20]);
    expect(linesOf('whole')).toEqual(before);
  });

  test('takes the last of repeated lines, but no error for an answer', async () => {
    await runAttack(examples, optionsFor('whole'));
    const path = join(root, 'whole', 'results.jsonl');
    const records = linesOf('whole');
    const [first, second] = records as [AttackRecord, AttackRecord];
    const added = [
      { ...first, queries: first.queries + 7 },
      { ...second, status: 'error' as const },
    ];
    writeFileSync(path, [...records, ...added].map((record) => `${JSON.stringify(record)}\n`).join(''));
    await runAttack(examples, optionsFor('whole'));
    expect(linesOf('whole').slice(0, 2)).toEqual([added[0], second]);
  });

  test('replays texts without spaces between words, which it cannot attack', async () => {
    const chinese = [{ id: 0, text: '这部电影非常好看，演员表演出色。', label: 0 }];
    await expect(runAttack(chinese, optionsFor('words'))).rejects.toThrow(/without spaces between words/);
    const replay = replayOf({
      adversarial: new Map([[0, '这部电影非常难看，演员表演出色。']]),
      content: 'x',
    });
    const { records } = await runAttack(chinese, optionsFor('replay', { recipe: replay }));
    expect(records).toHaveLength(1);
  });

  test('refuses a folder of another attack and names the setting', async () => {
    await runAttack(examples, optionsFor('whole'));
    const victim = { ...toyVictim(11), identity: () => ({ id: 'toy', version: 2 }) };
    await expect(runAttack(examples, optionsFor('whole', { victim }))).rejects.toThrow(
      /another attack \(victim\.version: none there, 2 now\)/,
    );
    const other = loadRecipe('bert-attack', {
      similarity: ['none'],
      antonyms: 'none',
      stopWords: new Set(['h']),
      maxCandidates: 3,
    });
    await expect(runAttack(examples, optionsFor('whole', { recipe: other }))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('attack.transformations.masked-words.topK: 48 there, 3 now'),
    });
    await expect(runAttack(examples.slice(1), optionsFor('whole'))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('refuses results that nothing explains', async () => {
    await runAttack(examples, optionsFor('whole'));
    rmSync(join(root, 'whole', 'attack.json'));
    await expect(runAttack(examples, optionsFor('whole'))).rejects.toMatchObject({ code: 'conflict' });
  });

  test('reports progress up to the end', async () => {
    const seen: AttackProgress[] = [];
    const { records } = await runAttack(examples, optionsFor('whole', { onProgress: (p) => seen.push(p) }));
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(seen.at(-1)).toEqual({
      done: 20,
      total: 20,
      queries: records.reduce((sum, { queries }) => sum + queries, 0),
      successes: records.filter(({ status }) => status === 'success').length,
    });
  });

  test('rejects a shard that does not exist and ids that repeat', async () => {
    await expect(runAttack(examples, optionsFor('x', { shard: { index: 2, count: 2 } }))).rejects.toThrow(
      /Shard 2\/2/,
    );
    await expect(runAttack([examples[0]!, examples[0]!], optionsFor('x'))).rejects.toThrow(/same id/);
  });
});

describe('mergeShards', () => {
  const runShards = async (indexes: readonly number[], more: Partial<RunAttackOptions> = {}) => {
    for (const index of indexes) {
      await runAttack(examples, optionsFor(`s${index}`, { shard: { index, count: 3 }, ...more }));
    }
    return indexes.map((index) => join(root, `s${index}`));
  };

  test('gives the file of an attack made in one piece, and a folder that counts as finished', async () => {
    await runAttack(examples, optionsFor('whole'));
    const folders = await runShards([2, 0, 1]);
    mergeShards(folders, { output: join(root, 'merged') });
    expect(linesOf('merged')).toEqual(linesOf('whole'));
    const victim = { ...toyVictim(11), identity: () => ({ id: 'toy' }) };
    await runAttack(examples, optionsFor('merged', { victim }));
    expect(victim.calls).toEqual([]);
  });

  test('takes some parts where that is asked for, unfinished ones too; going on there ends in the whole', async () => {
    const [first] = await runShards([0, 1]);
    const path = join(first!, 'results.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${lines.slice(0, 3).join('\n')}\n`);
    const output = join(root, 'some');
    mergeShards([first!, join(root, 's1')], { output, partial: true });
    const manifest = () => JSON.parse(readFileSync(join(output, 'attack.json'), 'utf8'));
    expect(manifest()).toMatchObject({ partial: { parts: [0, 1], count: 3 }, shard: { index: 0, count: 1 } });
    expect(manifest().ids).toEqual(examples.map(({ id }) => id).filter((id) => id % 3 < 2));
    expect(linesOf('some')).toHaveLength(3 + 7); // of 7 each
    await runAttack(examples, optionsFor('some'));
    await runAttack(examples, optionsFor('whole'));
    expect(linesOf('some')).toEqual(linesOf('whole'));
    expect(manifest()).toEqual(JSON.parse(readFileSync(join(root, 'whole', 'attack.json'), 'utf8')));
  });

  test('refuses gaps, repeats, unfinished shards and mixed attacks', async () => {
    const output = join(root, 'merged');
    const folders = await runShards([0, 1, 2]);
    expect(() => mergeShards(folders.slice(1), { output })).toThrow(/Shard 0\/3 is missing/);
    expect(() => mergeShards([...folders, folders[1]!], { output })).toThrow(/Shard 1\/3 is there 2 times/);
    expect(() => mergeShards([root], { output })).toThrow(/holds no attack/);
    expect(() => mergeShards([], { output })).toThrow(/no shards/);
    const path = join(folders[2]!, 'results.jsonl');
    const lines = readFileSync(path, 'utf8');
    writeFileSync(path, lines.slice(0, lines.indexOf('\n') + 1));
    expect(() => mergeShards(folders, { output })).toThrow(/has not finished: 1 of 6/); // ids 2, 5, …, 17
    const other = join(root, 'other');
    await runAttack(examples, optionsFor('other', { timeLimit: 9, shard: { index: 2, count: 3 } }));
    expect(() => mergeShards([...folders.slice(0, 2), other], { output })).toThrow(/different attacks/);
  });

  test('replaces no other attack, no part and no result that the parts do not have', async () => {
    const folders = await runShards([0, 1, 2]);
    const [first] = folders;
    await runAttack(examples, optionsFor('other', { timeLimit: 9 }));
    const other = linesOf('other');
    expect(() => mergeShards(folders, { output: join(root, 'other') })).toThrow(
      /other holds the results of another attack \(.*time/,
    );
    expect(linesOf('other')).toEqual(other);
    expect(() => mergeShards(folders, { output: first! })).toThrow(/part: 0\/3 there, 0\/1 now/);
    const output = join(root, 'merged');
    mergeShards(folders, { output });
    mergeShards(folders, { output });
    expect(() => mergeShards([first!], { output, partial: true })).toThrow(
      /merged holds 13 results of examples that these parts have none of/,
    );
    expect(linesOf('merged')).toHaveLength(20);
  });
});
