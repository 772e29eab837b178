import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { writeSmallClassifier } from '../inference/small-classifier.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeTinyModel } from '../training/tiny-model.ts';
import { memoryIo } from './memory-io.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(['export', ...argv], io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

const rows = [
  ...['a good film\tpositive', 'the plot is very bad and so dull .\tnegative', 'not nice\tnegative'],
  ...['a great scene , but the cast is poor\tnegative', 'it was a lovely score\tpositive', 'sad\tnegative'],
];
function writeTexts(): string {
  const file = join(temporaryFolder(), 'test.tsv');
  writeFileSync(file, `text\tlabel\n${rows.join('\n')}\n`);
  return file;
}
const recordIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'onnx/export.json'), 'utf8'));

describe('vda export', { timeout: 180_000 }, () => {
  test('writes the files that transformers.js looks for, and their sizes', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const { code, stdout, stderr } = await run([model]);
    expect(code, stderr).toBe(0);
    const { files, command } = recordIn(model);
    expect(command).toBe('export');
    expect(files.map(({ file }: { file: string }) => file)).toEqual([
      ...['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx'],
    ]);
    for (const { file, bytes } of files) expect(readFileSync(join(model, file)).length).toBe(bytes);
    expect(stdout).toMatch(/^File +dtype +Size\nonnx\/model\.onnx +fp32 +\d/);
  });

  test('into another folder, with what a file needs to be asked there, and refuses that of another model', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const folder = join(temporaryFolder(), 'web');
    const argv = [model, '--dtype', 'uint8', '--output-dir', folder];
    expect((await run(argv)).code).toBe(0);
    for (const name of ['config.json', 'tokenizer.json', 'onnx/model_uint8.onnx'])
      expect(existsSync(join(folder, name)), name).toBe(true);
    expect(existsSync(join(folder, 'model.safetensors'))).toBe(false);
    expect((await run(argv)).code).toBe(0);
    writeFileSync(join(folder, 'config.json'), '{}');
    expect((await run(argv)).stderr).toMatch(/holds another model.*--output-dir/);
  });

  test('measures each file beside the model, and accuracy under attack where it is asked for', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const argv = [model, '--test-file', writeTexts(), '--recipe', 'deepwordbug', '--num-examples', '4'];
    const { code, stdout, stderr } = await run([...argv, '--num-threads', '1']);
    expect(code, stderr).toBe(0);
    const [plain, half, quantized] = recordIn(model).files;
    expect(plain).toMatchObject({ agreement: { value: 1 }, attack: { recipe: 'deepwordbug' } });
    expect(plain.largestDifference).toBeLessThan(1e-5);
    expect(half.largestDifference).toBeGreaterThan(plain.largestDifference);
    expect(quantized.largestDifference).toBeGreaterThan(0);
    expect(quantized.largestDifference).toBeLessThan(0.1);
    for (const { accuracy, attack } of [plain, half, quantized]) {
      expect(Math.round(accuracy.value * rows.length)).toBeCloseTo(accuracy.value * rows.length, 9);
      expect(attack.attAcc.value).toBeLessThanOrEqual(attack.oriAcc.value);
      expect(existsSync(join(attack.folder, 'results.jsonl'))).toBe(true);
    }
    expect(stdout).toMatch(/^File +dtype +Size +Accuracy +Labels kept +Largest difference +Att Acc +Q Num\n/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
    // Once more: what was attacked is kept, and nothing changes.
    const before = recordIn(model).files;
    const again = await run([...argv, '--num-threads', '1', '--json']);
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout).files).toEqual(before);
  });

  test('keeps what it knows of the files where an attack on other texts is there, and says what to do', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const argv = [model, '--dtype', 'q8', '--test-file', writeTexts(), '--recipe', 'deepwordbug'];
    const counted = (count: number) => [...argv, '--num-examples', String(count), '--num-threads', '1'];
    expect((await run(counted(1))).code).toBe(0);
    const { code, stderr } = await run(counted(2));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /holds the results of another attack.*another --output-dir; or remove .*q8-deepwordbug/,
    );
    const { files, options } = recordIn(model);
    expect([options.numExamples, files[0].attack, files[0].accuracy.value]).toEqual([
      2,
      undefined,
      expect.any(Number),
    ]);
  });

  test('asks for a masked language model before it exports', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const path = join(model, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...config, _name_or_path: '/content/drive/bert' }));
    const { stderr } = await run([model, '--test-file', writeTexts(), '--recipe', 'bert-attack']);
    expect(stderr).toMatch(/fine-tuned from "\/content\/drive\/bert", which is not here.*--mlm/);
    expect(existsSync(join(model, 'onnx'))).toBe(false);
  });

  test('says in a sentence what cannot be exported', async () => {
    const model = writeSmallClassifier(temporaryFolder());
    const empty = temporaryFolder();
    mkdirSync(join(empty, 'runs'));
    const masked = writeTinyModel(temporaryFolder());
    const texts = writeTexts();
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[join(empty, 'runs')], /config\.json/],
      [[texts], /test\.tsv/],
      [[masked], /no classification head/],
      [[model, '--dtype', 'int4'], /--dtype.*expected.*fp32, fp16, q8, uint8/],
      [[model, '--dtype', 'float16'], /fp16/],
      [[model, '--dtype', 'q8', 'q8'], /twice/],
      [[model, '--recipe', 'deepwordbug'], /--recipe has no effect without --test-file/],
      [[model, '--test-file', texts, '--mlm', 'x'], /--mlm has no effect without --recipe/],
      [[model, '--test-file', join(empty, 'none.tsv')], /none\.tsv/],
    ];
    for (const [argv, message] of cases) {
      const { code, stderr } = await run(argv);
      expect(code, argv.join(' ')).not.toBe(0);
      expect(stderr, argv.join(' ')).toMatch(message);
      expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
    }
    expect(existsSync(join(model, 'onnx'))).toBe(false);
  });
});
