/**
 * Attacks a classifier and its copy with the last layer times a factor, and compares the records one by one: the two answer alike,
 * so status, text and queries should be equal.
 *
 *     node scripts/ts.mjs bench/rescale.ts CLASSIFIER MLM test.tsv COPY [--num-examples 150] [--factor 50] [--recipes NAME,NAME]
 *         [--query-budget QUERIES] [--num-threads 2]
 *
 * COPY is the folder that the copy is written to. Without `--recipes`: all. Ends with 1 where any record differs.
 */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RecipeName, recipes } from '../src/attacks/recipes/index.ts';
import type { AttackRecord } from '../src/attacks/record.ts';
import { attackMany } from '../src/attacks/search/attack-many.ts';
import { toRecord } from '../src/attacks/to-record.ts';
import type { Victim } from '../src/attacks/victim.ts';
import { type Tensor, tensor } from '../src/base/tensor.ts';
import { drawExamples } from '../src/data/draw-examples.ts';
import { loadDataset } from '../src/data/load-dataset.ts';
import { attackMetrics } from '../src/evaluation/metrics.ts';
import { victimOf } from '../src/inference/victim-of.ts';
import { createClassifier, createMaskedLm } from '../src/node-inference.ts';
import { loadClassifier } from '../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../src/pretrained/load-masked-lm.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../src/pretrained/safetensors.ts';
import { loadRecipe } from '../src/runs/lexica/load-recipe.ts';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    'num-examples': { type: 'string', default: '150' },
    factor: { type: 'string', default: '50' },
    recipes: { type: 'string', default: Object.keys(recipes).join() },
    'query-budget': { type: 'string' },
    'num-threads': { type: 'string', default: '2' },
  },
});
const [folder, mlmFolder, data, copy] = positionals as [string, string, string, string];
const factor = Number(options.factor);
const budget = options['query-budget'];
const running = { numThreads: Number(options['num-threads']), workerProcesses: true };

/** The layer that gives the logits, in the families that vda reads. */
const lastLayer = /^classifier\.(out_proj\.)?(weight|bias)$/;

function writeRescaled(): void {
  cpSync(folder, copy, { recursive: true });
  const file = readSafetensors(join(folder, 'model.safetensors'));
  const tensors = new Map<string, Tensor>();
  for (const name of file.entries.keys()) {
    const { shape, data: values } = readFloat32(file, name);
    const scaled = lastLayer.test(name);
    tensors.set(name, tensor('float32', shape, scaled ? values.map((value) => value * factor) : values));
  }
  const changed = [...tensors.keys()].filter((name) => lastLayer.test(name));
  if (changed.length !== 2) throw new Error(`expected weight and bias of the last layer, got [${changed}]`);
  writeSafetensors(join(copy, 'model.safetensors'), tensors);
}

async function openVictim(path: string): Promise<{ readonly victim: Victim; release(): Promise<void> }> {
  const model = await loadClassifier(path);
  const classifier = await createClassifier(model, running);
  const victim = victimOf(classifier);
  return { victim, release: () => classifier.release() };
}

writeRescaled();
const [plain, rescaled] = [await openVictim(folder), await openVictim(copy)];
const maskedLm = createMaskedLm(await loadMaskedLm(mlmFolder), running);
const examples = drawExamples(loadDataset(data, { labels: plain.victim.labels }), {
  count: Number(options['num-examples']),
});

async function attack(victim: Victim, name: RecipeName): Promise<ReadonlyMap<number, AttackRecord>> {
  const recipe = loadRecipe(name, budget === undefined ? {} : { queryBudget: Number(budget) });
  const records = new Map<number, AttackRecord>();
  for await (const ended of attackMany(examples, { victim, maskedLm, recipe })) {
    const record = toRecord(ended, { labels: victim.labels, recipe });
    records.set(record.id, record);
  }
  return records;
}

const figures = (records: ReadonlyMap<number, AttackRecord>): string => {
  const { attAcc, qNum } = attackMetrics([...records.values()]);
  return `Att Acc ${(100 * attAcc.value).toFixed(1)} %, ${qNum.value.toFixed(1)} queries`;
};

let differing = 0;
for (const name of options.recipes.split(',') as RecipeName[]) {
  const before = await attack(plain.victim, name);
  const after = await attack(rescaled.victim, name);
  const others = [...before.values()].filter((record) => {
    const other = after.get(record.id)!;
    return (
      record.status !== other.status ||
      record.adversarialText !== other.adversarialText ||
      record.queries !== other.queries
    );
  });
  differing += others.length;
  process.stdout.write(
    `${name}: ${before.size - others.length} of ${before.size} texts alike; ${figures(before)}; x ${factor}: ${figures(after)}\n`,
  );
  for (const record of others) {
    const other = after.get(record.id)!;
    for (const { status, queries, adversarialText } of [record, other])
      process.stdout.write(`  ${record.id}: ${status}, ${queries} queries: ${adversarialText}\n`);
  }
}
await Promise.all([plain.release(), rescaled.release(), maskedLm.release()]);
process.exitCode = differing === 0 ? 0 : 1;
