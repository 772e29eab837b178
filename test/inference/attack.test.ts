import { expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { attackMany } from '../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../src/attacks/to-record.ts';
import type { Victim } from '../../src/attacks/victim.ts';
import { predictedClass } from '../../src/evaluation/classification-metrics.ts';
import { victimOf } from '../../src/inference/victim-of.ts';
import { createClassifier, createMaskedLm } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { attackSequentially } from '../attacks/sequential-oracle.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { runningWorkers } from '../runtime/running-workers.ts';
import { writeWholeModel } from './whole-model.ts';

/** Texts and pairs; the tiny BERT reads 18 tokens of a text, 17 of a pair. */
const inputs: readonly (readonly [string, string?])[] = [
  ['was the film good', 'it was a great film'],
  ['was the film good', 'the score is dull'],
  ['a sad joke', 'this joke is so very sad'],
  ['the plot', 'bcd abc , awful'],
  ['', 'a fine cast'],
  ['nice', ''],
  ['it is not the cast but the plot and the joke', 'poor plot , poor cast , poor film , lovely score'],
  ['this is a very good film and the cast is so lovely but the score is abcdefg , not nice'], // cut in abcdefg
  ['the joke is not good and it is very sad but the plot and the scene is so so fine and nice and lovely'],
];

/** The tiny BERT, and inputs labelled as it sees them, so that all are worth attacking. */
async function setUp({ workerProcesses = false } = {}) {
  const folder = writeWholeModel(temporaryFolder());
  const model = await loadClassifier(folder);
  const classifier = await createClassifier(model, { numThreads: workerProcesses ? 2 : 1, workerProcesses });
  const asked = inputs.map(([text, textPair]) => (textPair === undefined ? { text } : { text, textPair }));
  const rows = await classifier.logits(asked);
  const examples = asked.map((input, id) => ({ ...input, id, label: predictedClass(rows[id]!) }));
  const maskedLm = createMaskedLm(await loadMaskedLm(folder), { numThreads: 1 });
  const victim = victimOf(classifier);
  return { examples, victim, maskedLm, release: classifier.release };
}

test.each(['default', 'official'] as const)(
  'in %s mode texts and pairs attacked side by side end as they do one by one, to the last bit',
  async (preset) => {
    const { examples, victim, maskedLm } = await setUp();
    const models = { victim, maskedLm };
    const recipe = loadRecipe('bert-attack', {
      preset,
      similarity: ['none'],
      antonyms: 'none',
      stopWords: new Set(),
      maxCandidates: 8,
    });
    const statuses = new Set<string>();
    for (const batch of [1, 64]) {
      let ended = 0;
      for await (const one of attackMany(examples, { ...models, recipe, batch })) {
        ended++;
        const { example } = one;
        const expected = await attackSequentially(example, { ...models, recipe });
        const record = toRecord(one, { labels: models.victim.labels, recipe });
        const { status, changes, queries, finalRow } = one.outcome;
        const { adversarialText: adversarial, words } = record;
        expect({ status, changes, queries, finalRow, adversarial, words }).toEqual(expected);
        expect([record.text, record.textPair]).toEqual([example.text, example.textPair]);
        statuses.add(status);
      }
      expect(ended).toBe(examples.length);
    }
    expect([...statuses].sort()).toEqual(['failed', 'nothing-to-change', 'success']);
  },
);

test('an attack whose worker processes are killed ends as one that was left alone, without an error', async () => {
  const { examples, victim, maskedLm, release } = await setUp({ workerProcesses: true });
  const recipe = loadRecipe('bert-attack', {
    similarity: ['none'],
    antonyms: 'none',
    stopWords: new Set(),
    maxCandidates: 8,
  });
  const attack = async (beforeCall: (call: number) => void) => {
    const records: AttackRecord[] = [];
    let calls = 0;
    const classify: Victim['classify'] = (asked) => {
      const answer = victim.classify(asked);
      beforeCall(calls++);
      return answer;
    };
    for await (const ended of attackMany(examples, {
      victim: { ...victim, classify },
      maskedLm,
      recipe,
      concurrency: 2,
      batch: 2,
    })) {
      records.push({ ...toRecord(ended, { labels: victim.labels, recipe }), seconds: 0 });
    }
    return records.sort((a, b) => a.id - b.id);
  };
  const untroubled = await attack(() => {});
  let kills = 0;
  const troubled = await attack((call) => {
    if (call % 10 !== 1) return;
    const workers = runningWorkers();
    if (workers.length > 0) process.kill(workers[kills++ % workers.length]!, 'SIGKILL');
  });
  expect(kills).toBeGreaterThan(2);
  expect(troubled).toEqual(untroubled);
  await release();
});
