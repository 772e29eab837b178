import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../../src/base/tensor.ts';
import { modelIdentity } from '../../src/inference/model-identity.ts';
import { families as registered } from '../../src/models/families.ts';
import type { PretrainedModel } from '../../src/models/pretrained-model.ts';
import { createClassifier, createMaskedLm } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { saveModelFolder } from '../../src/pretrained/model-folder.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { nodeRuntime } from '../../src/runtime/node/node-runtime.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { toy } from './toy-family/index.ts';

const families = { ...registered, toy };

/** The family's names for BERT's, as a bare encoder is stored beside a head. */
const stored = (name: string): string =>
  [
    [/^bert\.embeddings\./, 'tables.'],
    [/^bert\.encoder\.layer\./, 'blocks.'],
    [/^bert\.pooler\.dense\./, 'first.'],
    [/^cls\.predictions\.transform\.dense\./, 'guess.dense.'],
    [/^cls\.predictions\.transform\.LayerNorm\./, 'guess.norm.'],
    [/^cls\.predictions\.bias$/, 'guess.shift'],
    [/attention\.self\.(.).*(?=\.(weight|bias)$)/, '$1'],
    [/attention\.output\.dense/, 'o'],
    [/attention\.output\.LayerNorm/, 'norm1'],
    [/intermediate\.dense/, 'up'],
    [/\d\.output\.dense/, (match: string) => match.replace('output.dense', 'down')],
    [/output\.LayerNorm/, 'norm2'],
  ].reduce((text, [from, to]) => text.replace(from as RegExp, to as string), name);

/**
 * The tiny BERT as a model of the toy family, its word embeddings divided by the scale that the toy multiplies them by.
 * Only the toy can read it.
 */
function writeToy(): string {
  const scale = 4; // a power of two: divided and multiplied without rounding
  const folder = writeWholeModel(temporaryFolder());
  const path = join(folder, 'config.json');
  const { hidden_size: width, ...config } = JSON.parse(readFileSync(path, 'utf8'));
  const own = { architectures: ['ToyForSequenceClassification'], width, embedding_scale: scale };
  writeFileSync(path, JSON.stringify({ ...config, ...own, model_type: 'toy' }));
  const file = readSafetensors(join(folder, 'model.safetensors'));
  const tensors = [...file.entries.keys()].map((name) => {
    const { shape, data } = readFloat32(file, name);
    const isWords = name === 'bert.embeddings.word_embeddings.weight';
    return [stored(name), float32Tensor(shape, isWords ? data.map((x) => x / scale) : data)] as const;
  });
  writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  return folder;
}

const texts = ['good film', 'a dull plot , and bad', 'it was a nice scene .'].map((text) => ({ text }));
async function logitsOf(model: PretrainedModel): Promise<readonly Float32Array[]> {
  const classifier = await createClassifier(model);
  try {
    return await classifier.logits(texts);
  } finally {
    await classifier.release();
  }
}

describe('a family of the tests, given beside those of the registry', () => {
  it('is loaded, and classifies as its family computes', async () => {
    const folder = writeToy();
    const bert = await loadClassifier(writeWholeModel(temporaryFolder()));
    const model = await loadClassifier(folder, { families });
    expect(model.architecture).toBe(toy);
    expect(model.config).toMatchObject({ modelType: 'toy', hiddenSize: 32, embeddingScale: 4 });
    expect(model.unexpected.every((name) => name.startsWith('guess.'))).toBe(true);
    expect(await logitsOf(model)).toEqual(await logitsOf(bert));
  });

  it('proposes words', async () => {
    const folder = writeToy();
    const masked = async (model: PretrainedModel) => {
      const maskedLm = createMaskedLm(model);
      const encodings = texts.map(({ text }) => model.tokenizer.encode(text));
      try {
        return (await maskedLm.topCandidates(encodings, { k: 3 })).map(({ ids }) => ids.length);
      } finally {
        await maskedLm.release();
      }
    };
    const model = await loadMaskedLm(folder, { families });
    expect(Object.keys(model.weights)).toContain('guess.bias');
    expect(await masked(model)).toEqual(texts.map(({ text }) => 3 * model.tokenizer.encode(text).ids.length));
  });

  it('has the tokenizer of its class, which gives no token types', async () => {
    const folder = writeToy();
    const { tokenizer } = await loadClassifier(folder, { families });
    expect(JSON.parse(tokenizer.files['tokenizer_config.json']!).tokenizer_class).toBe('BertTokenizer'); // named in its file
    const path = join(folder, 'tokenizer_config.json');
    const { tokenizer_class: _, ...unnamed } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify(unnamed));
    const again = await loadClassifier(folder, { families });
    expect(again.tokenizer.encode('good', { pair: 'film' }).typeIds.every((type) => type === 0)).toBe(true);
  });

  it('is saved under its own names, and is the same model when read again', async () => {
    const folder = writeToy();
    const model = await loadClassifier(folder, { families });
    const { config, tokenizer } = model;
    const saved = temporaryFolder();
    const weights = new Map(Object.entries(model.weights));
    saveModelFolder(saved, { config, weights, tokenizerFiles: tokenizer.files, families });
    const json = JSON.parse(readFileSync(join(saved, 'config.json'), 'utf8'));
    expect(json).toMatchObject({ model_type: 'toy', width: 32, embedding_scale: 4 });
    expect(json).not.toHaveProperty('hidden_size');
    const again = await loadClassifier(saved, { families });
    expect(await logitsOf(again)).toEqual(await logitsOf(model));
    expect(modelIdentity(again, nodeRuntime)).toEqual(modelIdentity(model, nodeRuntime));
    const other = { ...model, config: { ...config, embeddingScale: 2 } };
    expect(modelIdentity(other, nodeRuntime)).not.toEqual(modelIdentity(model, nodeRuntime));
  });

  it('is refused where it is not given, and where a field of its own is wrong', async () => {
    const folder = writeToy();
    await expect(loadClassifier(folder)).rejects.toThrow(/model_type is "toy".*supports bert, roberta/);
    const path = join(folder, 'config.json');
    writeFileSync(
      path,
      JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), embedding_scale: 'big' }),
    );
    await expect(loadClassifier(folder, { families })).rejects.toThrow(/embedding_scale: expected a number/);
  });
});
