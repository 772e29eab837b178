import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/checkpoints/config.ts';
import { checkVocabulary, loadModelFolder, saveModelFolder } from '../../src/checkpoints/model-folder.ts';
import { writeSafetensors } from '../../src/checkpoints/safetensors.ts';
import { temporaryFolder } from './folders.ts';
import { countingTensors, tinyConfig } from './tiny-model.ts';

describe('saveModelFolder', () => {
  const tokenizerFiles = { 'tokenizer.json': '{}', 'vocab.txt': '[PAD]\n' };
  const weights = countingTensors({ 'bert.pooler.dense.weight': [2, 2], 'classifier.bias': [2] });

  it.each(['F32', 'F16'] as const)('writes what loadModelFolder reads back, in %s', (dtype) => {
    const folder = join(temporaryFolder(), 'new/model');
    const config = parseConfig({ ...tinyConfig, some_extra: [1] }, 'config.json');
    saveModelFolder(folder, { config, weights, tokenizerFiles, dtype });
    expect(readdirSync(folder).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'vocab.txt',
    ]);
    const { config: saved, weights: stored } = loadModelFolder(folder);
    // Small whole numbers are exact in half precision.
    expect(new Map([...stored].map(([name, weight]) => [name, weight.read()]))).toEqual(weights);
    const { raw, ...fields } = saved;
    const { raw: _, ...original } = config;
    expect(fields).toEqual(original);
    const name = dtype === 'F16' ? 'float16' : 'float32';
    expect(raw).toMatchObject({ some_extra: [1], dtype: name, torch_dtype: name, model_type: 'bert' });
  });

  it('leaves a model that is there whole when the new one cannot be written', () => {
    const folder = temporaryFolder();
    const config = parseConfig(tinyConfig, 'config.json');
    saveModelFolder(folder, { config, weights, tokenizerFiles });
    const before = readFileSync(join(folder, 'model.safetensors'));
    const tooLarge = new Map([['w', { dtype: 'float32', shape: [1], data: Float32Array.of(1e6) } as const]]);
    const save = () =>
      saveModelFolder(folder, {
        config,
        weights: tooLarge,
        tokenizerFiles: { 'vocab.txt': 'new' },
        dtype: 'F16',
      });
    expect(save).toThrow(/tensor w in half precision.*F32/);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(before);
    expect(readFileSync(join(folder, 'vocab.txt'), 'utf8')).toBe('[PAD]\n');
    expect(readdirSync(folder)).toHaveLength(4);
  });
});

describe('loadModelFolder', () => {
  it('reads shards through their index', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(tinyConfig));
    const all = countingTensors({ 'classifier.bias': [2], 'classifier.weight': [2, 2] });
    const [first, second] = [...all].map((entry) => new Map([entry]));
    writeSafetensors(join(folder, 'model-00001-of-00002.safetensors'), first!);
    writeSafetensors(join(folder, 'model-00002-of-00002.safetensors'), second!);
    const index = (map: Record<string, string>) =>
      writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    index({
      'classifier.bias': 'model-00001-of-00002.safetensors',
      'classifier.weight': 'model-00002-of-00002.safetensors',
    });
    const { weights } = loadModelFolder(folder);
    expect(new Map([...weights].map(([name, weight]) => [name, weight.read()]))).toEqual(all);

    index({ 'classifier.weight': 'model-00001-of-00002.safetensors' });
    expect(() => loadModelFolder(folder)).toThrow(
      /puts tensor classifier\.weight here, but the file lacks it/,
    );
    index({ 'classifier.weight': '../elsewhere.safetensors' });
    expect(() => loadModelFolder(folder)).toThrow(/outside its own folder/);
  });

  it.each([
    ['no configuration', {}, /Cannot read .*config\.json.*model folder holds/],
    ['a configuration that is not JSON', { 'config.json': '{' }, /config\.json is not JSON/],
    ['no weights', { 'config.json': JSON.stringify(tinyConfig) }, /neither model\.safetensors nor/],
    [
      'only a pickled checkpoint',
      { 'config.json': JSON.stringify(tinyConfig), 'pytorch_model.bin': '' },
      /has pytorch_model\.bin, which is not read.*save_pretrained/,
    ],
  ])('explains a folder with %s', (_, files, message) => {
    const folder = temporaryFolder();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    expect(() => loadModelFolder(folder)).toThrow(message);
  });
});

describe('checkVocabulary', () => {
  it('wants a row for every token and allows more rows', () => {
    expect(() => checkVocabulary({ tokenizerSize: 5, embeddingRows: 8 })).not.toThrow();
    expect(() => checkVocabulary({ tokenizerSize: 9, embeddingRows: 8 })).toThrow(/9 tokens.*only 8 rows/);
  });
});
