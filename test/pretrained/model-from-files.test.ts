import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import {
  classifierFromFiles,
  type ModelFiles,
  maskedLmFromFiles,
} from '../../src/pretrained/model-from-files.ts';
import { writeWholeModel } from '../inference/whole-model.ts';

/** A folder's files as a browser has them once it has fetched them. */
const fetched = (folder: string): ModelFiles =>
  Object.fromEntries(
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, name.endsWith('.safetensors') ? new Uint8Array(bytes) : bytes.toString('utf8')];
    }),
  );

const without = (files: ModelFiles, name: string): ModelFiles =>
  Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));

describe('a model from files in memory', () => {
  const folder = writeWholeModel(mkdtempSync(join(tmpdir(), 'vda-files-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const files = fetched(folder);

  it.each([
    ['a classifier', loadClassifier, classifierFromFiles],
    ['a masked language model', loadMaskedLm, maskedLmFromFiles],
  ] as const)('is %s as from its folder', async (_, load, fromFiles) => {
    const { tokenizer, ...expected } = await load(folder);
    const { tokenizer: own, ...model } = fromFiles(files, { name: folder });
    expect(model).toEqual(expected);
    expect(own.files).toEqual(tokenizer.files);
    expect(own.encode('a good film')).toEqual(tokenizer.encode('a good film'));
  });

  it('needs config.json and weights, and says which is not there', () => {
    expect(() => classifierFromFiles(without(files, 'config.json'))).toThrow(
      /no config\.json among the files given/,
    );
    expect(() => classifierFromFiles(without(files, 'model.safetensors'), { name: 'acme' })).toThrow(
      /no model\.safetensors among acme/,
    );
  });

  it('takes bytes for weights and texts for the rest', () => {
    expect(() => classifierFromFiles({ ...files, 'config.json': new Uint8Array(2) })).toThrow(
      'config.json: expected its text',
    );
    expect(() => classifierFromFiles({ ...files, 'model.safetensors': '{}' })).toThrow(
      'model.safetensors: expected its bytes (Uint8Array)',
    );
  });

  it('is refused where its weights are cut off, by the name it was given', () => {
    const bytes = files['model.safetensors'] as Uint8Array;
    const cut = { ...files, 'model.safetensors': bytes.subarray(0, bytes.length - 4) };
    expect(() => classifierFromFiles(cut, { name: 'acme' })).toThrow(
      /model\.safetensors of acme is truncated/,
    );
  });

  it('is read from the middle of a buffer as from its beginning', () => {
    const bytes = files['model.safetensors'] as Uint8Array;
    const within = new Uint8Array(bytes.length + 3);
    within.set(bytes, 3);
    const moved = classifierFromFiles({ ...files, 'model.safetensors': within.subarray(3) });
    expect(moved.weights).toEqual(classifierFromFiles(files).weights);
  });
});
