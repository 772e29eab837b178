import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as library from '../src/index.ts';
import { writeTinyModel } from './training/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vda-library-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('trainOptions: what is left out is as on the command line, and what has no effect is refused', () => {
  const files = { model: 'm', trainFile: 't.tsv', outputDir: 'o' };
  const options = library.trainOptions({ ...files, vda: true, preset: 'official' });
  expect(options).toMatchObject({ learningRate: 1e-5, officialCode: true, vda: { mixture: 'official' } });
  const left = { numTrainEpochs: undefined, noiseStd: undefined, topK: undefined };
  expect(library.trainOptions({ ...files, ...left, preset: 'official' }).numTrainEpochs).toBe(10);
  expect(() => library.trainOptions({ ...files, topK: 3 })).toThrow(/topK has no effect without vda/);
  const former = { ...files, fidelity: 'official' } as Parameters<typeof library.trainOptions>[0];
  expect(() => library.trainOptions(former)).toThrow('there is no option fidelity. Here it is preset.');
  for (const key of ['testFile', 'textColumn', 'textPairColumn', 'labelColumn'] as const) {
    const message = `trainOptions: fineTune does not read these (${key}: `;
    expect(() => library.trainOptions({ ...files, [key]: 'x' })).toThrow(message);
  }
});

test('trainOptions: settings of a strategy have their names and types of the command line', () => {
  const files = { model: 'm', trainFile: 't.tsv', outputDir: 'o' };
  const options = library.trainOptions({ ...files, strategy: 'freelb', freelbSteps: 3, freelbNorm: 'linf' });
  expect(options.strategy).toMatchObject({ name: 'freelb', settings: { steps: 3, norm: 'linf' } });
  const tokenAware = library.trainOptions({ ...files, strategy: 'pgd', pgdTokenAware: true });
  expect(tokenAware.strategy).toMatchObject({ settings: { tokenAware: true } });
  // @ts-expect-error: no norm is called so
  expect(() => library.trainOptions({ ...files, strategy: 'freelb', freelbNorm: 'l3' })).toThrow(
    'freelbNorm',
  );
  // @ts-expect-error: it is freelbSteps
  expect(() => library.trainOptions({ ...files, strategy: 'freelb', freelbStep: 3 })).toThrow('freelbSteps');
});

test('a program trains, asks and attacks as the README shows', async () => {
  const path = join(folder, 'train.tsv');
  const lines = ['good film', 'a great plot', 'bad film', 'an awful plot'];
  writeFileSync(
    path,
    `label\ttext\n${lines.map((text, i) => `${i < 2 ? 'pos' : 'neg'}\t${text}\n`).join('')}`,
  );
  const train = library.loadDataset(path, { requireClasses: 2 });
  const modelFolder = writeTinyModel(mkdtempSync(join(folder, 'model-')));
  const outputDir = join(folder, 'run');
  const options = library.trainOptions({
    model: modelFolder,
    trainFile: path,
    outputDir,
    vda: true,
    topK: 4,
  });
  const result = await library.fineTune({
    ...{ options, modelFolder, maskedLm: modelFolder, train },
  });
  expect(result).toMatchObject({ steps: 3, interrupted: false }); // 4 texts in one batch, 3 epochs

  const model = await library.loadClassifier(outputDir);
  const classifier = await library.createClassifier(model);
  const maskedLm = library.createMaskedLm(await library.loadMaskedLm(modelFolder));
  expect(classifier.labels).toEqual(['neg', 'pos']);

  const { complete, records } = await library.runAttack(train.examples, {
    recipe: library.loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none' }),
    victim: library.victimOf(classifier),
    maskedLm,
    folder: join(folder, 'attack'),
    about: { model: 'run' },
  });
  expect(complete).toBe(true);
  expect(library.attackMetrics(records)).toMatchObject({ examples: 4, errors: 0 });
  await classifier.release();
  await maskedLm.release();
});

test('a program augments, replays, audits and evaluates what was attacked', async () => {
  const path = join(folder, 'texts.tsv');
  writeFileSync(path, 'label\ttext\npos\ta great movie\nneg\tan awful film\n');
  const { examples, labels } = library.loadDataset(path);
  const variants = await library.variantsOf(examples, {
    ...{ recipe: library.loadRecipe('deepwordbug'), labels, wordsToSwap: 0.5, perExample: 2, seed: 1 },
  });
  expect([...variants.values()].flat().length).toBeGreaterThan(0);

  // A victim that goes by great and awful, and where it finds neither takes a movie for bad and anything else for good.
  const victim: library.Victim = {
    ...{ labels, unkToken: '[UNK]', answers: 'logits', identity: () => ({ id: 'toy' }) },
    classify: async (inputs) =>
      inputs.map(({ text }) => (/awful|^(?!.*great).*movie/.test(text) ? [1, -1] : [-1, 1])),
  };
  const attack = join(folder, 'toy-attack');
  const recipe = library.loadRecipe('deepwordbug');
  const { records } = await library.runAttack(examples, { recipe, victim, folder: attack });
  expect(records.map(({ status }) => status)).toEqual(['success', 'success']);

  const curve = library.robustnessCurve(
    records.map((record) => library.outcomeOf(record)),
    'changed',
  );
  expect(library.attAccWithin(curve, 0)).toBe(1);
  expect(library.attAccWithin(curve, Number.POSITIVE_INFINITY)).toBe(0);
  expect(library.worstCase([records, records])).toHaveLength(2);
  expect(library.calibrationOf(records)).toMatchObject({ examples: 2, accuracy: 1 });
  expect(library.slices(records).length).toBeGreaterThan(0);
  expect(library.totalRejections(records)).toEqual(expect.any(Array));

  const replay = library.readReplay(attack, { labels });
  const again = await library.runAttack(replay.examples, {
    ...{ recipe: replay.recipe, victim, folder: join(folder, 'toy-replay') },
  });
  expect(again.records.map(({ status }) => status)).toEqual(['success', 'success']);

  const sample = library.auditSample(attack, { count: 5, seed: 1 });
  expect(library.auditPage(sample, { title: 'Audit' })).toContain('<!doctype html>');
  const answers = join(folder, 'answers.json');
  const { id, count, seed, attack: hash } = sample;
  const said = sample.records.map((record, i) => ({
    ...{ id: record.id, meaning: i === 0, label: record.label, natural: 3 },
  }));
  writeFileSync(
    answers,
    JSON.stringify({
      ...{ format: 'vda audit answers 1', attack: hash, sample: { id, count, seed }, rater: 'a' },
      answers: said,
    }),
  );
  const { examples: audited } = library.readAnswers(attack, [answers]);
  expect(library.auditSummary(audited, { records }).accepted.value).toBe(0.5);
});

test('a program trains and attacks from texts in memory as the guide shows, and writes the card', async () => {
  const modelFolder = writeTinyModel(mkdtempSync(join(folder, 'model-')));
  const outputDir = join(folder, 'shop');
  const texts = ['a great movie', 'an awful film', 'good', 'bad'];
  const reviews = library.datasetOf(
    texts.map((text, i) => ({ text, label: i % 2 === 0 ? 'positive' : 'negative' })),
    { name: 'reviews of the shop' },
  );
  const heard: number[] = [];
  const options = library.trainOptions({
    ...{ model: modelFolder, outputDir, warmupSteps: 1, loadBestModelAtEnd: true },
  });
  const training = await library.fineTune({
    ...{ options, train: reviews, validation: reviews },
    metric: { name: 'zero', of: () => 0 },
    hooks: { onStep: ({ step }) => void heard.push(step) },
  });
  expect(heard).toEqual([1, 2, 3]);
  expect(training).toMatchObject({ bestCheckpoint: 'checkpoint-1', evaluation: { own: { value: 0 } } });
  const record = JSON.parse(readFileSync(join(outputDir, 'run.json'), 'utf8'));
  expect(record).toMatchObject({
    options: { trainFile: 'reviews of the shop', warmupSteps: 1 },
    data: { trainFile: reviews.sha256, validationFile: reviews.sha256 },
  });

  const classifier = await library.createClassifier(await library.loadClassifier(outputDir));
  const attacked = await library.runAttack(reviews.examples, {
    ...{ recipe: library.loadRecipe('deepwordbug'), folder: join(outputDir, 'attack') },
    victim: library.victimOf(classifier),
  });
  const path = await library.writeModelCard(outputDir, {
    ...{ name: 'shop', dataset: reviews.path, labels: reviews.labels, method: 'standard', options: {} },
    ...{ command: 'node train.mjs', hasOnnx: false },
    rows: [
      { name: 'shop', preset: 'deepwordbug', filters: [], metrics: library.attackMetrics(attacked.records) },
    ],
  });
  expect(readFileSync(path, 'utf8')).toMatch(
    /type: accuracy_under_attack\n\s+name: "?Accuracy under attack: deepwordbug/,
  );
  await classifier.release();
});
