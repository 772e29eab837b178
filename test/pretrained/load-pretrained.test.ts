import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import {
  readFloat32,
  readSafetensors,
  safetensorsChunks,
  writeSafetensors,
} from '../../src/pretrained/safetensors.ts';
import { tooManyTokens, writeWholeModel } from '../inference/whole-model.ts';
import { tinyVocabulary } from '../training/tiny-model.ts';
import { temporaryFolder } from './folders.ts';

/** A tiny model without the tensors whose name matches. */
function modelWithout(pattern: RegExp): string {
  const folder = writeWholeModel(temporaryFolder());
  const path = join(folder, 'model.safetensors');
  const file = readSafetensors(path);
  const kept = [...file.entries.keys()].filter((name) => !pattern.test(name));
  const tensors = new Map(kept.map((name) => [name, readFloat32(file, name)]));
  const bytes = [...safetensorsChunks(tensors, { dtype: 'F32' })].map((chunk) => Buffer.from(chunk));
  writeFileSync(path, Buffer.concat(bytes));
  return folder;
}

function renameTensors(folder: string, rename: (name: string) => string): void {
  const path = join(folder, 'model.safetensors');
  const file = readSafetensors(path);
  const tensors = [...file.entries.keys()].map((name) => [rename(name), readFloat32(file, name)] as const);
  writeSafetensors(path, new Map(tensors));
}

function editConfig(folder: string, changes: Readonly<Record<string, unknown>>): string {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
  return folder;
}

test('a whole model comes with its tokenizer, and tensors of the other head are left out', async () => {
  const folder = writeWholeModel(temporaryFolder());
  const classifier = await loadClassifier(folder);
  expect(classifier.tokenizer.vocabSize).toBe(tinyVocabulary.length);
  expect(classifier.unexpected.every((name) => name.startsWith('cls.'))).toBe(true);
  const maskedLm = await loadMaskedLm(folder);
  expect(maskedLm.unexpected).toEqual([
    'bert.pooler.dense.bias',
    'bert.pooler.dense.weight',
    'classifier.bias',
    'classifier.weight',
  ]);
});

test.each([
  ['a classifier without its head', /^classifier\./, loadClassifier, /no classification head .*vda train/],
  ['a masked LM without its head', /^cls\./, loadMaskedLm, /no masked language model head .*fine-tuned from/],
  [
    'a model that lacks a layer',
    /layer\.1\.output/,
    loadClassifier,
    /not whole: bert\.encoder\.layer\.1\.output/,
  ],
] as const)('%s is refused, with what is missing', async (_, pattern, load, message) => {
  await expect(load(modelWithout(pattern))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(message),
  });
});

test.each([
  [
    'weights cut short',
    (folder: string) => truncateSync(join(folder, 'model.safetensors'), 5000),
    'bad-input',
  ],
  ['an unknown architecture', (folder: string) => editConfig(folder, { model_type: 'mamba' }), 'unsupported'],
  ['more tokens than embeddings', (folder: string) => writeWholeModel(folder, tooManyTokens), 'bad-input'],
  [
    'fewer layers than the weights have',
    (folder: string) => editConfig(folder, { num_hidden_layers: 1 }),
    'bad-input',
  ],
  [
    'another number of classes than the head has',
    (folder: string) => editConfig(folder, { id2label: { 0: 'bad', 1: 'good' } }),
    'bad-input',
  ],
])('%s is an error', async (_, spoil, code) => {
  const folder = writeWholeModel(temporaryFolder());
  spoil(folder);
  await expect(loadClassifier(folder)).rejects.toMatchObject({ name: 'VdaError', code });
});

test.each([
  [
    'several labels a text',
    { problem_type: 'multi_label_classification' },
    /is a multi-label classifier .*problem_type "multi_label_classification".*by a sigmoid/,
  ],
  [
    'a number by its problem type',
    { problem_type: 'regression' },
    /is a regression, .*problem_type "regression"/,
  ],
  ['one output', { id2label: { 0: 'score' } }, /is a regression, .*its one output is "score"/],
  ['an unknown problem type', { problem_type: 'ranking' }, /of an unknown kind .*"ranking"/],
  [
    'a class for each token',
    { architectures: ['BertForTokenClassification'] },
    /a model that labels each token .*BertForTokenClassification/,
  ],
  [
    'a choice',
    { architectures: ['BertForMultipleChoice'], problem_type: null },
    /a model that chooses among several texts/,
  ],
])('a head that gives %s is refused as a classifier, by name', async (_, changes, message) => {
  const folder = editConfig(writeWholeModel(temporaryFolder()), changes);
  await expect(loadClassifier(folder)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(message),
  });
  await expect(loadMaskedLm(folder)).resolves.toMatchObject({ folder });
});

test('a masked LM with output weights of its own is refused; a classifier has none', async () => {
  const folder = editConfig(writeWholeModel(temporaryFolder()), { tie_word_embeddings: false });
  await expect(loadMaskedLm(folder)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/tie_word_embeddings false/),
  });
  await expect(loadClassifier(folder)).resolves.toMatchObject({ folder });
});

test.each([
  [
    'module.',
    (name: string) => `module.${name}`,
    /with the prefix "module\.": save the model itself.*model\.module/,
  ],
  ['_orig_mod.', (name: string) => `_orig_mod.${name}`, /with the prefix "_orig_mod\."/],
  [
    'another architecture’s',
    (name: string) => name.replace(/^bert\./, 'roberta.'),
    /config\.json says model_type "bert", the weights are of "roberta"/,
  ],
])('weights named with %s in front are refused, with what they are called', async (_, rename, message) => {
  const folder = writeWholeModel(temporaryFolder());
  renameTensors(folder, rename);
  for (const load of [loadClassifier, loadMaskedLm]) {
    await expect(load(folder)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
  }
});

test('a name on the hub without a network says so', async () => {
  const environment = { HF_HUB_OFFLINE: '1', HF_HOME: temporaryFolder() };
  await expect(loadClassifier('bert-base-uncased', { environment })).rejects.toMatchObject({
    code: 'offline',
  });
});
