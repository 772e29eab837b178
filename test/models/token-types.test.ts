import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyVocabulary, writeTinyRoberta } from '../training/tiny-model.ts';

/** Gives a model another table of token types, and `config.json` its size. */
function withTypes(folder: string, rows: (row: readonly number[]) => readonly number[][]): string {
  const [weights, config] = [join(folder, 'model.safetensors'), join(folder, 'config.json')];
  const file = readSafetensors(weights);
  const tensors = new Map([...file.entries.keys()].map((name) => [name, readFloat32(file, name)]));
  const name = [...tensors.keys()].find((one) => one.endsWith('token_type_embeddings.weight'))!;
  const { shape, data } = tensors.get(name)!;
  const table = rows([...data.subarray(0, shape[1]!)]);
  tensors.set(name, float32Tensor([table.length, shape[1]!], table.flat()));
  writeSafetensors(weights, tensors);
  const json = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ ...json, type_vocab_size: table.length }));
  return folder;
}

/** The tiny RoBERTa with BERT's kind of tokenizer, whose ids it has embeddings for. */
function robertaWithWordPiece(): string {
  const folder = writeTinyRoberta(temporaryFolder());
  const files = wordPieceTokenizerFiles(tinyVocabulary.slice(0, 40), { maxLength: 18 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const pair = { text: 'a good film', textPair: 'the plot' };
const logitsOf = async (folder: string) => {
  const classifier = await createClassifier(await loadClassifier(folder), { numThreads: 1 });
  const [logits] = await classifier.logits([pair]);
  await classifier.release();
  return [...logits!];
};

test('a RoBERTa of two token types reads those of its tokenizer', async () => {
  const same = await logitsOf(withTypes(robertaWithWordPiece(), (row) => [[...row], [...row]]));
  const first = await logitsOf(withTypes(robertaWithWordPiece(), (row) => [[...row], row.map(() => 1)]));
  const other = await logitsOf(
    withTypes(robertaWithWordPiece(), (row) => [[...row], row.map((_, i) => i % 3)]),
  );
  expect(first).not.toEqual(same);
  expect(other).not.toEqual(first);
  // With its own tokenizer, which gives none, all are of the first type.
  const own = (rows: (row: readonly number[]) => readonly number[][]) =>
    logitsOf(withTypes(writeTinyRoberta(temporaryFolder()), rows));
  expect(await own((row) => [[...row], row.map(() => 1)])).toEqual(await own((row) => [[...row], [...row]]));
});

test.each([
  ['BERT', () => writeWholeModel(temporaryFolder())],
  ['RoBERTa with a WordPiece tokenizer', robertaWithWordPiece],
])('a %s of one token type refuses pairs, not texts', async (_, write) => {
  const folder = withTypes(write(), (row) => [[...row]]);
  const classifier = await createClassifier(await loadClassifier(folder), { numThreads: 1 });
  await expect(classifier.logits([{ text: 'a good film' }])).resolves.toHaveLength(1);
  expect(() => classifier.encode(pair)).toThrow(
    expect.objectContaining({
      code: 'unsupported',
      message: expect.stringMatching(/cannot read pairs of texts.*type_vocab_size 1/),
    }),
  );
  await classifier.release();
});
