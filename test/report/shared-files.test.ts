import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SharedFile, sharedFiles } from '../../src/report/shared-files.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder, trainFolder } from './run-folders.ts';

const write = (folder: string, files: Readonly<Record<string, unknown>>) => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
};
const contentOf = (file: SharedFile): string =>
  'text' in file ? file.text : readFileSync(file.file, 'utf8');
const shared = (run: string, attacks: readonly string[] = [], withTexts = false) =>
  new Map(sharedFiles(run, { attacks, withTexts }).map((file) => [file.path, file]));
const textIn = (files: ReadonlyMap<string, SharedFile>, path: string) => contentOf(files.get(path)!);

/** A run in `/tmp/…/home of jo/runs/vda`. */
function runFolder(options: Readonly<Record<string, unknown>> = {}) {
  return trainFolder(join(temporaryFolder(), 'home of jo/runs/vda'), { log: '{"step":1}\n', options });
}

describe('sharedFiles', () => {
  it('gives the model, its exports, card and records; no checkpoint, optimizer state or text', () => {
    const run = runFolder();
    write(run, {
      ...{ 'README.md': '# A\n', 'config.json': {}, 'tokenizer.json': {}, 'vocab.txt': '[PAD]\n' },
      ...{ 'model.safetensors': 'w', 'onnx/model.onnx': 'o', 'onnx/export.json': {}, 'onnx/notes.txt': 'no' },
      ...{
        'checkpoint-3/model.safetensors': 'w',
        'checkpoint-3/optimizer.safetensors': 'm',
        'runs/events': 'e',
      },
      ...{ 'candidates.bin': 'c', 'secret.env': 's', '.vda.lock': '{}', 'report.html': '<p>' },
    });
    const attack = attackFolder(join(run, 'attack'), [makeRecord({ id: 0, status: 'failed' })]);
    write(attack, { 'run.json': {}, 'report.html': '<p>' });
    const paths = [
      ...['README.md', 'config.json', 'tokenizer.json', 'vocab.txt', 'model.safetensors', 'onnx/model.onnx'],
      ...['run.json', 'onnx/export.json', 'metrics.jsonl', 'attack/attack.json', 'attack/run.json'],
    ];
    expect([...shared(run, [attack]).keys()]).toEqual(paths);
    expect([...shared(run, [attack], true).keys()]).toEqual([...paths, 'attack/results.jsonl']);
    for (const { bytes, ...file } of shared(run, [attack], true).values())
      expect(bytes).toBe(Buffer.byteLength(contentOf({ bytes, ...file } as SharedFile)));
  });

  it('cuts paths in records to their last part, and leaves identities and everything else as they are', () => {
    const run = runFolder({
      ...{ model: '/home/jo doe/models/minilm', trainFile: '../../data/train.tsv', lambda: 4 },
      ...{ candidateSources: ['pairs:/home/jo/lexica/ppdb.txt', 'mlm'], validationFile: 'dev/dev.tsv' },
    });
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    const identity = { hash: 'x', parts: { training: { id: 't', settings: { words: ['/a/b'] } } } };
    const modelFolders = { model: '/home/jo doe/models/minilm' };
    write(run, { 'run.json': { ...record, identity, modelFolders } });
    const after = JSON.parse(textIn(shared(run), 'run.json'));
    expect(after).toEqual({
      ...record,
      ...{ identity, modelFolders: { model: 'minilm' } },
      options: {
        ...{ model: 'minilm', trainFile: 'train.tsv', lambda: 4, validationFile: 'dev/dev.tsv' },
        candidateSources: ['pairs:ppdb.txt', 'mlm'],
      },
    });
  });

  it('cuts where transformers keeps a path, and no label that looks like one', () => {
    const run = runFolder();
    const config = {
      _name_or_path: '/home/jo/m',
      id2label: { 0: '/r/cats', 1: '/r/dogs' },
      layer_norm_eps: 1e-12,
    };
    write(run, { 'config.json': config, 'tokenizer_config.json': { name_or_path: 'owner/name' } });
    const files = shared(run);
    expect(JSON.parse(textIn(files, 'config.json'))).toEqual({ ...config, _name_or_path: 'm' });
    expect(files.get('tokenizer_config.json')).toHaveProperty('file'); // nothing to cut: the file itself
  });

  it('cuts in the card what records name and all in its command, and nothing else that a person wrote', () => {
    const model = '/home/jo doe/my_models/minilm';
    const run = runFolder({ model });
    const card = (...[base, command, here]: readonly string[]) =>
      `# A\n\n${base}, fine-tuned. See [the paper](/papers/x/2109) and ${here}.\n\n\`\`\`sh\n${command}\n\`\`\`\n`;
    write(run, {
      'README.md': card(
        '/home/jo doe/my\\_models/minilm',
        `vda train --model '${model}' --config /home/jo/run.yaml --train-file ../data/train.tsv --output-dir '${run}'`,
        `${run}/attack`,
      ),
    });
    expect(textIn(shared(run), 'README.md')).toBe(
      card(
        'minilm',
        "vda train --model 'minilm' --config run.yaml --train-file train.tsv --output-dir 'vda'",
        'vda/attack',
      ),
    );
  });

  it('puts attacks from elsewhere under their names, told apart, and cuts paths in what they say of errors', () => {
    const run = runFolder();
    const place = temporaryFolder();
    const records = [makeRecord({ id: 0, status: 'error', message: 'cannot open /home/jo/x/words.txt' })];
    const attacks = ['a/pwws', 'b/pwws'].map((name) =>
      attackFolder(join(place, name), records, [0], { about: { model: '/home/jo/m', data: 'test.tsv' } }),
    );
    const files = shared(run, attacks, true);
    expect([...files.keys()].filter((path) => path.endsWith('attack.json'))).toEqual([
      'attacks/pwws/attack.json',
      'attacks/pwws-2/attack.json',
    ]);
    expect(JSON.parse(textIn(files, 'attacks/pwws/attack.json')).about).toEqual({
      model: 'm',
      data: 'test.tsv',
    });
    expect(textIn(files, 'attacks/pwws-2/results.jsonl')).toContain('"cannot open words.txt"');
  });

  it('says which record is damaged', () => {
    const run = runFolder();
    write(run, { 'config.json': '[1]' });
    expect(() => shared(run)).toThrow(/config\.json is not a JSON object/);
  });
});
