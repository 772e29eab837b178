import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/models/parse-config.ts';
import { loadModelFolder, saveModelFolder } from '../../src/pretrained/model-folder.ts';
import { writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { temporaryFolder } from './folders.ts';
import { countingTensors, tinyConfig } from './tiny-model.ts';

describe('saveModelFolder', () => {
  const tokenizerFiles = { 'tokenizer.json': '{}', 'vocab.txt': '[PAD]\n' };
  const weights = countingTensors({ 'bert.pooler.dense.weight': [2, 2], 'classifier.bias': [2] });

  it.each(['F32', 'F16'] as const)('writes what loadModelFolder reads back, in %s', (dtype) => {
    const folder = join(temporaryFolder(), 'new/model');
    const config = parseConfig({ ...tinyConfig, some_extra: [1] }, { path: 'config.json' });
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
    const config = parseConfig(tinyConfig, { path: 'config.json' });
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

const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 440449768\n`;
const torchFixture = (name: string) =>
  new URL(`../fixtures/checkpoints/torch-${name}.bin`, import.meta.url).pathname;

describe('loadModelFolder', () => {
  it('reads pytorch_model.bin where there is no other, alone or in shards', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(tinyConfig));
    copyFileSync(torchFixture('zip'), join(folder, 'pytorch_model.bin'));
    expect(loadModelFolder(folder).weights.get('part')!.read().data).toEqual(Float32Array.of(2, 3, 4, 5));
    renameSync(join(folder, 'pytorch_model.bin'), join(folder, 'pytorch_model-00001-of-00001.bin'));
    const index = { weight_map: { part: 'pytorch_model-00001-of-00001.bin' } };
    writeFileSync(join(folder, 'pytorch_model.bin.index.json'), JSON.stringify(index));
    const { weights } = loadModelFolder(folder);
    expect([...weights.keys()]).toEqual(['part']);
    expect(weights.get('part')!.read().data).toEqual(Float32Array.of(2, 3, 4, 5));
  });

  it('says how to convert a pickle that holds more than tensors', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config.json'), JSON.stringify(tinyConfig));
    copyFileSync(torchFixture('code'), join(folder, 'pytorch_model.bin'));
    expect(() => loadModelFolder(folder)).toThrow(
      /posix\.system.*nothing in it is ever run.*AutoModelForSequenceClassification.*Tokenizer\.from_pretrained/,
    );
  });

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
    [
      'an adapter',
      { 'adapter_config.json': '{}', 'adapter_model.safetensors': '' },
      /is an adapter \(PEFT.*merge_and_unload/,
    ],
    [
      'models in its folders alone',
      { 'checkpoint-1000/config.json': '{}', 'checkpoint-500/config.json': '{}', 'trainer_state.json': '{}' },
      /models in its folders checkpoint-500, checkpoint-1000: name one of them/,
    ],
    [
      'weights of a variant',
      { 'config.json': JSON.stringify(tinyConfig), 'model.fp16.safetensors': '' },
      /called model\.fp16\.safetensors: rename them to model\.safetensors/,
    ],
    [
      'weights that torch saved by another name',
      { 'config.json': JSON.stringify(tinyConfig), 'best_model.pt': '' },
      /has best_model\.pt, which is not read: save the model by save_pretrained/,
    ],
    ['a configuration that is not JSON', { 'config.json': '{' }, /config\.json is not JSON/],
    ['no weights', { 'config.json': JSON.stringify(tinyConfig) }, /neither model\.safetensors nor/],
    [
      'only TensorFlow weights',
      { 'config.json': JSON.stringify(tinyConfig), 'tf_model.h5': '' },
      /has tf_model\.h5, which is not read.*AutoModelForSequenceClassification as Model.*from_tf=True.*Tokenizer\.from_pretrained/,
    ],
    [
      'only TensorFlow weights of a masked language model',
      {
        'config.json': JSON.stringify({ ...tinyConfig, architectures: ['BertForMaskedLM'] }),
        'tf_model.h5': '',
      },
      /AutoModelForMaskedLM as Model/,
    ],
    [
      'a Git LFS pointer for weights',
      { 'config.json': JSON.stringify(tinyConfig), 'model.safetensors': lfsPointer },
      /model\.safetensors is a Git LFS pointer.*440449768 bytes.*git lfs pull/,
    ],
    [
      'a Git LFS pointer for a pickled checkpoint',
      { 'config.json': JSON.stringify(tinyConfig), 'pytorch_model.bin': lfsPointer },
      /pytorch_model\.bin is a Git LFS pointer/,
    ],
    [
      'a Git LFS pointer for a configuration',
      { 'config.json': lfsPointer },
      /config\.json is a Git LFS pointer/,
    ],
    [
      'an index whose shard is not there',
      {
        'config.json': JSON.stringify(tinyConfig),
        'model.safetensors.index.json': JSON.stringify({
          weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
        }),
      },
      /lacks model-00001-of-00002\.safetensors and 1 more of the 2 files that model\.safetensors\.index\.json names/,
    ],
  ])('explains a folder with %s', (_, files, message) => {
    const folder = temporaryFolder();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    expect(() => loadModelFolder(folder)).toThrow(message);
  });
});
