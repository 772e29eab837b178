import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Example } from '../../src/data/dataset.ts';
import { gatherReport } from '../../src/report/gather-report.ts';
import { attackFiles, readManifest } from '../../src/runs/attack-run.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { mergeShards } from '../../src/runs/merge-shards.ts';
import { runAttack } from '../../src/runs/run-attack.ts';
import { readRunRecord } from '../../src/runs/run-folder.ts';
import { toyMaskedLm, toyVictim } from '../attacks/toys.ts';
import { memoryIo } from '../cli/memory-io.ts';
import { damageOf, whileDamaged } from './damage.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';

const root = fuzzFolder();
const folder = join(root, 'attack');
const shards = [0, 1].map((index) => join(root, `part-${index}`));
const [manifest, results, run] = [attackFiles.manifest, attackFiles.results, 'run.json'].map((name) =>
  join(folder, name),
) as [string, string, string];

const examples: readonly Example[] = ['abc de', 'fg', 'h a b', 'cd ef'].map((text, id) => ({
  ...{ id, text, label: id % 2 },
}));
const recipe = loadRecipe('bert-attack', {
  similarity: ['none'],
  antonyms: 'none',
  stopWords: new Set(['h']),
});
const victim = { ...toyVictim(11), identity: () => ({ id: 'toy victim' }) };
const maskedLm = { ...toyMaskedLm(11), identity: () => ({ id: 'toy maskedLm' }) };
const attackIn = (name: string, shard = { index: 0, count: 1 }) =>
  runAttack(examples, {
    ...{ folder: name, shard, recipe, victim, maskedLm },
    about: { model: 'toy', data: 'letters' },
  });
const idsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);

await attackIn(folder);
for (const [index, name] of shards.entries()) await attackIn(name, { index, count: 2 });
const record = {
  command: 'attack',
  options: { model: 'runs/model' },
  versions: {},
  data: {},
};
writeFileSync(run, JSON.stringify(record));

async function report() {
  const { io, written } = memoryIo();
  const code = await main(['report', folder, '--output-dir', join(root, 'report')], io);
  return { code, ...written };
}
await report(); // loads what it needs, which may take longer than a case

fuzz('an attack goes on from damaged results to the same file, or is refused with the file', {
  cases: damageOf([results, manifest]),
  ...{ paths: [folder], share: 0.5 },
  read: (damage) =>
    whileDamaged(damage, async () => {
      const { complete } = await attackIn(folder);
      expect(complete).toBe(true);
      expect(idsIn(results)).toEqual([0, 1, 2, 3]);
    }),
});

fuzz('a report reads a damaged attack, or is refused with the file', {
  cases: damageOf([manifest, results, run]),
  paths: [folder],
  read: (damage) =>
    whileDamaged(damage, () => {
      readManifest(folder);
      readRunRecord(folder);
      gatherReport({
        ...{ file: join(root, 'report.html'), title: 'A report' },
        rows: [{ name: 'A model', attackFolder: folder }],
      });
    }),
});

fuzz('parts of an attack are put together, or refused with the part', {
  cases: damageOf(
    shards.flatMap((name) => [join(name, attackFiles.manifest), join(name, attackFiles.results)]),
  ),
  ...{ paths: shards, share: 0.5 },
  read: (damage) => whileDamaged(damage, () => mergeShards(shards, { output: join(root, 'merged') })),
});

fuzz('vda report ends well or with a message, whatever is in the folder', {
  cases: damageOf([manifest, results, run]),
  ...{ paths: [folder], share: 0.1 },
  read: (damage) =>
    whileDamaged(damage, async () => {
      const { code, stderr } = await report();
      if (code !== 0) expect(stderr).toContain(folder);
      expect(stderr).not.toMatch(/likely a bug/);
    }),
});
