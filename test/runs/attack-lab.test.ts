import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProfileName } from '../../src/attacks/profiles.ts';
import type { AttackRecord } from '../../src/attacks/record.ts';
import type { Example } from '../../src/data/dataset.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { mergeShards } from '../../src/runs/merge-shards.ts';
import { type RunAttackOptions, runAttack } from '../../src/runs/run-attack.ts';
import { hash, toyLogits, toyMaskedLm } from '../attacks/toys.ts';

/** Words that WordNet knows, so that every attack of the ensemble has something to put in. */
const sentences = [
  'the movie was a great comedy with a clever story',
  'a dull film about an old house and a strange family',
  'the actor gives a brilliant performance in a weak drama',
  'nobody will remember this boring and stupid picture',
  'a beautiful picture of a small town and its people',
  'the story is simple but the cast makes it funny',
  'this comedy has no good joke and no clever idea',
  'an honest and moving drama about a poor child',
];
const examples: readonly Example[] = sentences.map((text, id) => ({ id, text, label: id % 2 }));

/** Vectors near each other, as those of texts that differ in a word are. */
const encoder = {
  encode: async (texts: readonly string[]) =>
    texts.map((text) => {
      const angle = (hash(text, 5) % 100) / 400;
      return Float32Array.of(Math.cos(angle), Math.sin(angle));
    }),
  identity: () => ({ id: 'toy encoder' }),
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vda-lab-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const optionsFor = (
  name: string,
  profile: ProfileName,
  more: Partial<RunAttackOptions> = {},
): RunAttackOptions => ({
  folder: join(root, name),
  victim: { ...toyLogits(11), identity: () => ({ id: 'toy' }) },
  maskedLm: { ...toyMaskedLm(11), identity: () => ({ id: 'toy masked LM' }) },
  encoder,
  recipe: loadRecipe('ensemble', { profile }),
  concurrency: 3,
  ...more,
});

/** The bytes of the results but for what a clock says. */
const bytesOf = (name: string): string =>
  readFileSync(join(root, name, 'results.jsonl'), 'utf8').replace(/"seconds":[\d.e-]+/g, '"seconds":0');
const recordsOf = (name: string) =>
  bytesOf(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AttackRecord);

describe.each(['strict', 'uniform'] as const)('an ensemble under the profile %s', (profile) => {
  test('in four parts merges to the bytes of one run, its manifest included', async () => {
    const whole = { index: 0, count: 1, source: '--shard' };
    await runAttack(examples, optionsFor('whole', profile, { shard: whole }));
    expect(new Set(recordsOf('whole').map(({ status }) => status)).size).toBeGreaterThan(1);
    const parts = [3, 1, 0, 2].map((index) => ({ index, count: 4, source: '--shard' })); // as the command gives them
    for (const shard of parts)
      await runAttack(examples, optionsFor(`part-${shard.index}`, profile, { shard }));
    mergeShards(
      parts.map(({ index }) => join(root, `part-${index}`)),
      { output: join(root, 'merged') },
    );
    expect(bytesOf('merged')).toBe(bytesOf('whole'));
    expect(readFileSync(join(root, 'merged', 'attack.json'), 'utf8')).toBe(
      readFileSync(join(root, 'whole', 'attack.json'), 'utf8'),
    );
  });

  test('stopped after some texts and cut within a line, it ends in the same bytes', async () => {
    await runAttack(examples, optionsFor('whole', profile));
    const stop = new AbortController();
    const onProgress = ({ done }: { readonly done: number }) => done === 3 && stop.abort();
    await runAttack(examples, optionsFor('part', profile, { signal: stop.signal, onProgress }));
    const path = join(root, 'part', 'results.jsonl');
    const bytes = readFileSync(path);
    expect(recordsOf('part')).toHaveLength(3);
    for (const size of [bytes.length - 7, Math.floor(bytes.length / 2)]) {
      writeFileSync(path, bytes.subarray(0, size));
      const { complete } = await runAttack(examples, optionsFor('part', profile));
      expect(complete).toBe(true);
      expect(bytesOf('part')).toBe(bytesOf('whole'));
    }
  });
});
