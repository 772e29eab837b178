/**
 * Attacks the same texts together and one by one, on real models, and compares texts, changes and query counts.
 *
 *     node scripts/ts.mjs bench/attack-parity.ts CLASSIFIER MLM test.tsv [EXAMPLES=100] [none|default]
 *
 * The one-by-one algorithm is test/attacks/sequential-oracle.ts. `none` takes all filters off.
 */

import { attackMany } from '../src/attacks/search/attack-many.ts';
import { toRecord } from '../src/attacks/to-record.ts';
import type { Victim } from '../src/attacks/victim.ts';
import { drawExamples } from '../src/data/draw-examples.ts';
import { loadDataset } from '../src/data/load-dataset.ts';
import { victimOf } from '../src/inference/victim-of.ts';
import { createClassifier, createMaskedLm } from '../src/node-inference.ts';
import { loadClassifier } from '../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../src/pretrained/load-masked-lm.ts';
import { loadRecipe } from '../src/runs/lexica/load-recipe.ts';
import { attackSequentially } from '../test/attacks/sequential-oracle.ts';

const [classifierFolder, mlmFolder, data, count = '100', filters = 'default'] = process.argv.slice(2) as [
  string,
  string,
  string,
  string?,
  string?,
];
const model = await loadClassifier(classifierFolder);
const classifier = await createClassifier(model, { numThreads: 1 });
const beside = await createClassifier(model, { numThreads: 2, workerProcesses: true }); // as `vda attack` asks: a thread each
const maskedLm = createMaskedLm(await loadMaskedLm(mlmFolder), { numThreads: 1 });
const [victim, victims] = [classifier, beside].map((one) => victimOf(one)) as [Victim, Victim];
const recipe = loadRecipe(
  'bert-attack',
  filters === 'none' ? { similarity: ['none'], antonyms: 'none', stopWords: new Set() } : {},
);
const examples = drawExamples(loadDataset(data, { labels: classifier.labels }), { count: Number(count) });

const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
};
const together = await timed('together', async () => {
  const records = new Map<number, ReturnType<typeof toRecord>>();
  for await (const ended of attackMany(examples, { victim: victims, maskedLm, recipe })) {
    const record = toRecord(ended, { labels: victim.labels, recipe });
    records.set(record.id, record);
  }
  return records;
});
let differing = 0;
let queries = 0;
await timed('one by one', async () => {
  for (const example of examples) {
    const alone = await attackSequentially(example, { recipe, victim, maskedLm });
    const record = together.get(example.id)!;
    queries += alone.queries;
    const same =
      record.status === alone.status &&
      record.adversarialText === alone.adversarial &&
      record.queries === alone.queries &&
      record.changes.map(({ index, to }) => `${index}${to}`).join() ===
        alone.changes.map(({ index, to }) => `${index}${to}`).join();
    if (!same) {
      differing++;
      process.stdout.write(`differs: ${JSON.stringify({ record, alone })}\n`);
    }
  }
});
process.stdout.write(`${examples.length} examples, ${queries} queries, ${differing} differ\n`);
if (differing > 0) process.exitCode = 1;
