import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  greedyByImportance,
  hiding,
  maskedFit,
  maxChangeRate,
  maxWords,
  perplexityRatio,
  proposed,
  sentenceSimilarity,
  similarityConstraint,
} from '../src/attack.ts';
import { expectationOf, type SettingRules } from '../src/base/setting-rules.ts';
import * as library from '../src/index.ts';
import { exportOnnx } from '../src/inference.ts';
import { pretrainSpec } from '../src/options/pretrain.ts';
import { optionsOf } from '../src/options/spec.ts';
import { trainSpec } from '../src/options/train.ts';
import { pretrainRules } from '../src/pretraining/pretrain-options.ts';
import { createStep } from '../src/strategies/index.ts';
import { vdaRules } from '../src/strategies/vda/options.ts';
import type { TrainOptions } from '../src/training/train-options.ts';
import { trainRules } from '../src/training/train-rules.ts';
import { writeTinyModel } from './training/tiny-model.ts';

// What a program gives without a compiler that checks it.
const wrong = (value: unknown) => value as never;

let folder: string;
let modelFolder: string;
let train: library.Dataset;
let classifier: library.Classifier;
let maskedLm: library.MaskedLm;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vda-arguments-'));
  modelFolder = writeTinyModel(mkdtempSync(join(folder, 'model-')));
  const path = join(folder, 'train.tsv');
  writeFileSync(path, 'label\ttext\npos\tgood film\nneg\tbad film\n');
  train = library.loadDataset(path);
  const outputDir = join(folder, 'run');
  const options = library.trainOptions({ model: modelFolder, trainFile: path, outputDir, maxSteps: 1 });
  await library.fineTune({ options, modelFolder, train });
  classifier = await library.createClassifier(await library.loadClassifier(outputDir));
  maskedLm = library.createMaskedLm(await library.loadMaskedLm(modelFolder));
});
afterAll(async () => {
  await classifier.release();
  await maskedLm.release();
  rmSync(folder, { recursive: true });
});

const optionsWith = (over: Readonly<Record<string, unknown>>): TrainOptions => ({
  ...library.trainOptions({ model: modelFolder, trainFile: train.path, outputDir: join(folder, 'other') }),
  ...over,
});

/** Values that no rule of its kind lets through. */
const outside = (rules: SettingRules) =>
  Object.entries(rules).flatMap(([name, rule]) => {
    const values: unknown[] =
      rule.kind === 'number' || rule.kind === 'integer'
        ? [Number.NaN, Number.POSITIVE_INFINITY, '1', null, -2, ...(rule.kind === 'integer' ? [1.5] : [])]
        : rule.kind === 'choice'
          ? ['toString', 1]
          : rule.kind === 'flag'
            ? ['false', 0]
            : ['', 7];
    if ((rule.kind === 'number' || rule.kind === 'integer') && (rule.above === 0 || (rule.min ?? 0) > 0))
      values.push(0);
    return values.map((value) => [name, value, expectationOf(rule)] as const);
  });

describe('fineTune refuses what the command line refuses', () => {
  it.each(outside(trainRules))('%s = %j: expected %3$s', async (name, value, expected) => {
    const options = optionsWith({ [name]: value });
    await expect(library.fineTune({ options, modelFolder, train })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`${name}: expected ${expected}, got `),
    });
  });

  it.each(outside(vdaRules))('vda, %s = %j: expected %3$s', async (name, value, expected) => {
    const { vda } = library.trainOptions({ model: 'm', trainFile: 't', outputDir: 'o', vda: true });
    const options = optionsWith({ vda: { ...vda, [name]: value } });
    await expect(library.fineTune({ options, modelFolder, train })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`fineTune, vda: ${name}: expected ${expected}, got `),
    });
  });

  it.each([
    [
      { name: 'freelb', settings: { steps: 0 } },
      'strategy freelb: steps: expected a whole number at least 1, got 0',
    ],
    [
      { name: 'smix', settings: { alpha: 0 } },
      'strategy smix: alpha: expected a number at least 0.01, got 0',
    ],
    [{ name: 'smix', settings: { alpha: Number.NaN } }, 'alpha: expected a number at least 0.01, got NaN'],
    [{ name: 'smart', settings: { norm: 'l3' } }, "norm: expected one of l2, linf, got 'l3'"],
    [{ name: 'rdrop', settings: { aplha: 1 } }, "there is no 'aplha'; known are alpha"],
    [{ name: 'toString' }, "there is no strategy 'toString'; expected one of standard, freelb"],
  ])('strategy %j', async (strategy, message) => {
    const options = optionsWith({ strategy });
    const training = library.fineTune({ options, modelFolder, train });
    await expect(training).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
    await expect(createStep(wrong({}), wrong(strategy))).rejects.toThrow(message);
  });

  it('names every option that is wrong', async () => {
    const options = optionsWith({ numTrainEpochs: 0, seed: -1 });
    await expect(library.fineTune({ options, modelFolder, train })).rejects.toThrow(
      'fineTune: seed: expected a whole number at least 0 and at most 4294967295, got -1; numTrainEpochs: expected a number above 0, got 0.',
    );
  });
});

it.each([
  [trainSpec, { ...trainRules, ...vdaRules }],
  [pretrainSpec, pretrainRules],
] as const)('the options of vda $name and of programs have the same ranges and choices', (spec, rules) => {
  for (const { key, expected, kind } of optionsOf(spec as typeof trainSpec)) {
    const rule = (rules as SettingRules)[key];
    if (rule !== undefined && kind !== 'text') expect(expected, key).toBe(expectationOf(rule));
  }
});

const recipe = () => library.loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none' });
const victim = () => library.victimOf(classifier);
const attack = (over: Readonly<Record<string, unknown>>, examples: unknown = train.examples) =>
  library.runAttack(wrong(examples), {
    ...{ recipe: recipe(), victim: victim(), maskedLm, folder: join(folder, 'attack'), config: {} },
    ...over,
  });

describe('a program that gives the wrong thing is told what is right', () => {
  it.each<[string, () => unknown, string]>([
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', { maxCandidates: 0 }),
      'maxCandidates: expected a whole number at least 1, got 0',
    ],
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', { maxChangeRate: Number.NaN }),
      'expected a number at least 0 and at most 1, got NaN',
    ],
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', wrong({ candidates: 8 })),
      "there is no 'candidates'; known are preset, maxCandidates",
    ],
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', { preset: wrong('oficial') }),
      "preset: expected one of default, paper, official, got 'oficial'",
    ],
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', { similarity: wrong('wordnet') }),
      "similarity: expected a list of wordnet, none or files, got 'wordnet'",
    ],
    [
      'loadRecipe',
      () => library.loadRecipe('bert-attack', { stopWords: wrong(['the']) }),
      'stopWords: expected a Set of words, got a list of 1',
    ],
    ['runAttack', () => attack({}, ['x']), "example 0: expected { id, text, label }, got 'x'"],
    [
      'runAttack',
      () => attack({}, train),
      'examples: expected a list of { id, text, label }, as the examples of a data set, got an object',
    ],
    [
      'runAttack',
      () => attack({}, [{ id: 0.5, text: 'a', label: 0 }]),
      'id of example 0: expected a whole number at least 0, got 0.5',
    ],
    [
      'runAttack',
      () => attack({ victim: classifier }),
      'victim: expected an object with labels, unkToken and classify',
    ],
    [
      'runAttack',
      () => attack({ maskedLm: undefined }),
      'maskedLm: expected a masked language model, as createMaskedLm gives, got undefined',
    ],
    [
      'runAttack',
      () => attack({ recipe: 'bert-attack' }),
      "recipe: expected a recipe, as loadRecipe('bert-attack') gives, got 'bert-attack'",
    ],
    ['runAttack', () => attack({ folder: '' }), "folder: expected the path of a folder, got ''"],
    ['runAttack', () => attack({ concurrency: 0 }), 'concurrency: expected a whole number at least 1, got 0'],
    ['runAttack', () => attack({ timeLimit: Number.NaN }), 'timeLimit: expected a number above 0, got NaN'],
    [
      'createClassifier',
      () => library.createClassifier(wrong('runs/vda')),
      "model: expected a loaded model, as loadClassifier or loadMaskedLm gives, got 'runs/vda'",
    ],
    [
      'createClassifier',
      async () => library.createClassifier(await library.loadClassifier(join(folder, 'run')), { maxRows: 0 }),
      'maxRows: expected a whole number at least 1, got 0',
    ],
    [
      'createClassifier',
      async () =>
        library.createClassifier(await library.loadClassifier(join(folder, 'run')), { device: wrong('gpu') }),
      "device: expected one of cpu, cuda, webgpu, got 'gpu'",
    ],
    ['createMaskedLm', () => library.createMaskedLm(wrong(undefined)), 'model: expected a loaded model'],
    [
      'logits',
      () => classifier.logits(wrong(['x'])),
      "input 0: expected { text } or { text, textPair }, got 'x'",
    ],
    [
      'logits',
      () => classifier.logits(wrong('x')),
      "inputs: expected a list of { text } or { text, textPair }, got 'x'",
    ],
    [
      'logits',
      () => classifier.logits([{ text: 'a' }, { text: wrong(3) }]),
      'input 1: expected { text } or { text, textPair }, got an object',
    ],
    [
      'topCandidates',
      () => maskedLm.topCandidates([], { k: 0 }),
      'k: expected a whole number at least 1, got 0',
    ],
    [
      'victimOf',
      () => library.victimOf(wrong({}), { unkToken: '[UNK]' }),
      'classifier: expected a classifier, as createClassifier gives, got an object',
    ],
    [
      'victimOf',
      () => library.victimOf(classifier, { unkToken: '' }),
      "unkToken: expected a text that is not empty, got ''",
    ],
    [
      'loadDataset',
      () => library.loadDataset(wrong(undefined)),
      'path: expected the path of a file, got undefined',
    ],
    [
      'loadDataset',
      () => library.loadDataset('x.tsv', { labels: wrong('pos') }),
      "labels: expected a list of texts, got 'pos'",
    ],
    [
      'loadDataset',
      () => library.loadDataset('x.tsv', { requireClasses: 0 }),
      'requireClasses: expected a whole number at least 1, got 0',
    ],
    [
      'openNamedDataset',
      () => library.openNamedDataset(wrong('toString'), { dataDir: 'x' }),
      'name: expected one of ',
    ],
    [
      'resolveModel',
      () => library.resolveModel(wrong(undefined)),
      'model: expected the path of a folder or a name on the hub, got undefined',
    ],
    [
      'mergeShards',
      () => library.mergeShards(wrong('a'), { output: 'o' }),
      "folders: expected a list of folders, got 'a'",
    ],
    [
      'readReplay',
      () => library.readReplay('', { labels: [] }),
      "path: expected the path of a file or a folder, got ''",
    ],
    [
      'auditSample',
      () => library.auditSample('a', { count: 0, seed: 1 }),
      'count: expected a whole number at least 1, got 0',
    ],
    ['readAnswers', () => library.readAnswers('a', wrong('b')), "files: expected a list of paths, got 'b'"],
    [
      'variantsOf',
      () =>
        library.variantsOf(train.examples, {
          ...{ recipe: recipe(), labels: train.labels, wordsToSwap: 0, perExample: 1, seed: 1 },
        }),
      'wordsToSwap: expected a number above 0 and at most 1, got 0',
    ],
    ['calibration', () => library.calibration([[0, 1]], [2]), 'classes: expected the true class of each row'],
    [
      'writeReport',
      () => library.writeReport({ file: 'r.html', title: 't', rows: [] }),
      'rows: expected a list of at least one { name, attackFolder }, got a list of 0',
    ],
    [
      'writeReport',
      () => library.writeReport({ file: 'r.html', title: 't', rows: [wrong({ name: 'a' })] }),
      'attackFolder: expected a text that is not empty, got undefined',
    ],
    [
      'createClassifier',
      async () => library.createClassifier(await library.loadMaskedLm(modelFolder)),
      'model: expected a model with a classification head, as loadClassifier gives, got one without ',
    ],
    [
      'createMaskedLm',
      async () => library.createMaskedLm(await library.loadClassifier(join(folder, 'run'))),
      'model: expected a model with a masked language model head, as loadMaskedLm gives, got one without ',
    ],
    [
      'exportOnnx',
      async () => exportOnnx(await library.loadMaskedLm(modelFolder)),
      'model: expected a model with a classification head',
    ],
    ['exportOnnx', () => exportOnnx(wrong(classifier)), 'model: expected a loaded model'],
    ['loadRecipe', () => library.loadRecipe(wrong(undefined)), 'name: expected the name of an attack'],
    [
      'attackMany',
      () => library.attackMany(wrong(train), { recipe: recipe(), victim: victim(), maskedLm }).next(),
      'examples: expected a list of { id, text, label }, as the examples of a data set, got an object',
    ],
    [
      'attackMany',
      () => library.attackMany(train.examples, wrong(undefined)).next(),
      'expected an object of',
    ],
    [
      'runAttack',
      () => attack({ recipe: { ...recipe(), transformations: [{ id: 'a', version: 1 }] } }),
      'transformation 0 of the recipe: expected a part with id, version and propose, got an object',
    ],
    [
      'runAttack',
      () => attack({ recipe: { ...recipe(), constraints: [{ after: () => true }] } }),
      'constraint 0 of the recipe: expected a part with id, version and name, got an object',
    ],
    [
      'greedyByImportance',
      () => greedyByImportance({ ranking: wrong('unk'), asks: 'all' }),
      "ranking: expected a ranking, as hiding('unk') gives, got 'unk'",
    ],
    [
      'greedyByImportance',
      () => greedyByImportance({ ranking: hiding('unk'), asks: wrong('first') }),
      'asks: expected one of first-flip, all',
    ],
    ['withRetry', () => library.withRetry(victim(), { attempts: 0 }), 'attempts: expected a whole number at'],
    [
      'withRateLimit',
      () => library.withRateLimit(victim(), { textsPerSecond: 0 }),
      'textsPerSecond: expected a number above 0, got 0',
    ],
    [
      'withRateLimit',
      () => library.withRateLimit(victim(), wrong(undefined)),
      'expected an object of settings',
    ],
    [
      'withCache',
      () => library.withCache(victim(), { memory: -1 }),
      'memory: expected a whole number at least 0',
    ],
    [
      'withVotes',
      () => library.withVotes(victim(), { votes: 0 }),
      'votes: expected a whole number at least 1',
    ],
    [
      'withVotes',
      () => library.withVotes(victim(), { votes: 3, combine: wrong('median') }),
      "combine: expected one of mean, majority, got 'median'",
    ],
    [
      'withSmoothing',
      () => library.withSmoothing(victim(), { noise: wrong('mask'), copies: 3 }),
      "noise: expected random changes of words, as randomMasks gives, got 'mask'",
    ],
    [
      'randomSynonyms',
      () => library.randomSynonyms({ rate: 0.5, lexicon: wrong('wordnet') }),
      "lexicon: expected a lexicon, as wordnetLexicon gives, got 'wordnet'",
    ],
    ['maxChangeRate', () => maxChangeRate(40), 'rate: expected a number at least 0 and at most 1, got 40'],
    ['maxWords', () => maxWords(Number.NaN), 'most: expected a whole number at least 1, got NaN'],
    ['proposed', () => proposed({ most: 0 }), 'most: expected a whole number at least 1, got 0'],
    ['maskedFit', () => maskedFit({ ratio: -1 }), 'ratio: expected a number at least 0, got -1'],
    ['perplexityRatio', () => perplexityRatio({ ratio: -1 }), 'ratio: expected a number at least 0, got -1'],
    [
      'sentenceSimilarity',
      () => sentenceSimilarity({ threshold: 90, measure: wrong('cos') }),
      "threshold: expected a number at least -1 and at most 1, got 90; measure: expected one of cosine, angular, got 'cos'",
    ],
    [
      'similarityConstraint',
      () => similarityConstraint({ kind: 'neighbours', table: new Map() }, { threshold: 7 }),
      'threshold: expected a number at least -1 and at most 1, got 7',
    ],
    [
      'attackMetrics',
      () => library.attackMetrics(wrong({ records: [] })),
      'records: expected a list of records, as runAttack gives and toRecord makes, got an object',
    ],
    ['attackMetrics', () => library.attackMetrics(wrong([{ id: 0 }])), 'records: expected a list of records'],
    [
      'metricsOverSeeds',
      () => library.metricsOverSeeds(wrong([[{ id: 0, changes: [] }]])),
      'outcomes: expected a list of outcomes, as outcomeOf makes of records, got a list of 1',
    ],
    [
      'robustnessCurve',
      () => library.robustnessCurve(wrong([{ id: 0, changes: [] }]), 'queries'),
      'outcomes: expected a list of outcomes, as outcomeOf makes of records, got a list of 1',
    ],
    [
      'robustnessCurve',
      () => library.robustnessCurve([], wrong('words')),
      "over: expected one of queries, changed, got 'words'",
    ],
    [
      'pairedComparison',
      () => library.pairedComparison([], wrong(undefined)),
      'records: expected a list of records, as runAttack gives and toRecord makes, got undefined',
    ],
    [
      'renderTable',
      () => library.renderTable([], { format: wrong('html') }),
      "format: expected one of markdown, text, csv, got 'html'",
    ],
    [
      'drawExamples',
      () => library.drawExamples(wrong(train.examples), { count: 1 }),
      'dataset: expected a data set, as loadDataset gives, got a list of 2',
    ],
    [
      'openHttpVictim',
      () => library.openHttpVictim({ contract: wrong('rest'), address: 'http://localhost' }),
      "contract: expected one of textattack, hf, tei, chat, got 'rest'",
    ],
    [
      'loadOnnxClassifier',
      () => library.loadOnnxClassifier(wrong(undefined)),
      'file: expected the path of a file, got undefined',
    ],
  ])('%s: %3$s', async (owner, call, message) => {
    const calling = (async () => call())();
    await expect(calling).rejects.toMatchObject({
      name: 'VdaError',
      code: 'usage',
      message: expect.stringContaining(message),
    });
    await expect(calling).rejects.toThrow(owner === 'logits' ? 'classifier.logits' : owner);
  });
});

describe('messages about a victim name what a program gives', () => {
  it.each([
    [{ contract: 'hf', address: 'localhost' }, {}, 'address: "localhost" is no address'],
    [{ contract: 'hf', address: 'http://localhost' }, { token: 'a b' }, 'token: the token holds a space'],
    [
      { contract: 'tei', address: 'http://localhost' },
      { scores: 'decisions', batch: 10_000 },
      'batch is 10000, but this kind of victim takes ',
    ],
  ] as const)('%j, %j', async (place, options, message) => {
    const opening = (async () => library.openHttpVictim(place, options))();
    await expect(opening).rejects.toThrow(message);
  });
});

it('an attack ends where a part of its recipe is no generator, and does not wait for ever', async () => {
  const swap = { id: 'swap', version: 1, propose: wrong(() => [{ start: 0, end: 1, to: 'x' }]) };
  const own = { ...library.loadRecipe('deepwordbug'), transformations: [swap] };
  const keyword = {
    labels: train.labels,
    unkToken: '[UNK]',
    classify: async (inputs: readonly unknown[]) => inputs.map(() => [0.2, 0.8]),
  };
  const attacking = library.attackMany([{ id: 0, text: 'a good film', label: 1 }], {
    recipe: own,
    victim: keyword,
  });
  await expect(attacking.next()).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(
      'attackMany: recipe: a part of it asked for an object; expected a request',
    ),
  });
});

it('labels that name a class twice are refused', () => {
  const path = join(folder, 'train.tsv');
  expect(() => library.loadDataset(path, { labels: ['pos', 'neg', 'pos'] })).toThrow(
    'labels: expected the names of the classes, no two alike, got "pos", "neg", "pos".',
  );
});

it('a model card goes into no folder but that of a model', async () => {
  const card = {
    name: 'a',
    dataset: 'd',
    labels: ['a', 'b'],
    method: 'm',
    command: 'c',
    options: {},
    rows: [],
  };
  const writing = library.writeModelCard(join(folder, 'nowhere'), { ...card, hasOnnx: false });
  await expect(writing).rejects.toMatchObject({ code: 'not-found' });
});
