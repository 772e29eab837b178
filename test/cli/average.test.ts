import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { knownSources } from '../../src/runs/known-sources.ts';
import { readRunRecord } from '../../src/runs/run-folder.ts';
import { baseModelOf } from '../../src/runs/trained-model.ts';
import { averageModels } from '../../src/training/average-models.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

async function run(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

let kept: string;
let trainFile: string;
/** Two trainings that began alike, one of them on substitutes, and a third with another seed. */
beforeAll(async () => {
  const tiny = tinyTraining(mkdtempSync(join(tmpdir(), 'vda-average-')));
  const substitutes = ['--vda', '--mixture', 'random', '--candidate-sources', 'wordnet'];
  for (const [name, ...more] of [
    ['plain'],
    ['words', ...substitutes],
    ['other-seed', '--seed', '1'],
  ] as const) {
    const { code, stderr } = await run(...tiny.argv(name, '--no-onnx', ...more));
    expect(code, stderr).toBe(0);
  }
  kept = tiny.folder;
  trainFile = tiny.trainFile;
}, 120_000);
afterAll(() => rmSync(kept, { recursive: true, force: true }));

const [of, mean] = [(name: string) => join(kept, name), () => join(temporaryFolder(), 'mean')];

describe('vda average', { timeout: 60_000 }, () => {
  test('writes a classifier that is the mean, its record with those of both, and a card', async () => {
    const to = mean();
    const shares = ['--weights', '0.75', '0.25'];
    const { code, stdout, stderr } = await run(
      ...['average', of('plain'), of('words'), ...shares, '--output-dir', to],
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${to}: 0.75 of ${of('plain')}, 0.25 of ${of('words')}\n`);
    const [plain, words, both] = await Promise.all(
      [of('plain'), of('words'), to].map((one) => loadClassifier(one)),
    );
    for (const [name, { data }] of Object.entries(both!.weights)) {
      const [a, b] = [plain!.weights[name]!.data, words!.weights[name]!.data];
      expect(data, name).toEqual(Float32Array.from(a, (one, i) => 0.75 * one + 0.25 * b[i]!));
    }
    const record = readRunRecord(to)!;
    expect(record.averaged!.map(({ share, record: one }) => [share, one!.command, one!.options.vda])).toEqual(
      [
        [0.75, 'train', false],
        [0.25, 'train', true],
      ],
    );
    expect(readFileSync(join(to, 'README.md'), 'utf8')).toContain(
      'weighted mean of the weights of 2 classifiers',
    );
    const again = await run('average', of('plain'), of('words'), ...shares, '--output-dir', to);
    expect(again.code, again.stderr).toBe(0);
  });

  test('is known by the words that one of its trainings knew, and attacked with the words of the model it began from', async () => {
    const to = mean();
    await run('average', of('plain'), of('words'), '--output-dir', to);
    const attack = join(to, 'attack');
    const { code, stderr } = await run(
      ...['attack', '--model', to, '--test-file', trainFile, '--recipe', 'bert-attack'],
      ...['--num-examples', '3', '--num-threads', '1', '--output-dir', attack],
    );
    expect(code, stderr).toBe(0);
    const { identity } = JSON.parse(readFileSync(join(attack, 'attack.json'), 'utf8'));
    expect(knownSources(readRunRecord(to)!, identity)).toMatchObject({ training: ['wordnet'] });
    expect(readFileSync(join(attack, 'report.html'), 'utf8')).toContain('training took words from wordnet');
  });

  test('takes checkpoints, and means of means', async () => {
    const [inner, outer] = [mean(), mean()];
    const step = (name: string) => join(of(name), 'checkpoint-12');
    expect((await run('average', step('plain'), step('words'), '--output-dir', inner)).code).toBe(0);
    expect((await run('average', inner, of('plain'), '--output-dir', outer)).code).toBe(0);
    expect(knownSources(readRunRecord(outer)!, { parts: {} })?.training).toEqual(['wordnet']);
    const { folder, config } = await loadClassifier(outer);
    expect(baseModelOf({ folder, config })).toBe(join(kept, 'model'));
  });

  test('says that heads were drawn apart where the seeds are others', async () => {
    const { code, stderr } = await run('average', of('plain'), of('other-seed'), '--output-dir', mean());
    expect([code, stderr]).toEqual([0, expect.stringContaining('so their heads were drawn apart')]);
    const alike = await run('average', of('plain'), of('words'), '--output-dir', mean());
    expect(alike.stderr).not.toContain('drawn apart');
  });

  test.each([
    ['one model', () => [of('plain')], 'expected a list of at least two models'],
    ['too few weights', () => [of('plain'), of('words'), '--weights', '1'], 'got 1 for 2 models'],
    [
      'weights that are not 1 together',
      () => [of('plain'), of('words'), '--weights', '0.5', '0.4'],
      'must be 1 together; got 0.5 + 0.4 = 0.9',
    ],
  ])('refuses %s', async (_, argv, message) => {
    const to = mean();
    const { code, stderr } = await run('average', ...argv(), '--output-dir', to);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(to)).toBe(false);
  });

  test('refuses models of other classes, and folders that hold something else', async () => {
    const other = join(temporaryFolder(), 'other');
    cpSync(of('plain'), other, { recursive: true });
    const config = JSON.parse(readFileSync(join(other, 'config.json'), 'utf8'));
    const labels = { id2label: { 0: 'no', 1: 'yes' }, label2id: { no: 0, yes: 1 } };
    writeFileSync(join(other, 'config.json'), JSON.stringify({ ...config, ...labels }));
    const refused = async (...argv: readonly string[]) => {
      const { code, stderr } = await run('average', ...argv);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await refused(of('plain'), other, '--output-dir', mean())).toContain(
      'have other classes ("negative", "positive"; "no", "yes")',
    );
    const edited = (changes: object) => {
      const folder = join(temporaryFolder(), 'edited');
      cpSync(of('plain'), folder, { recursive: true });
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...changes }));
      return folder;
    };
    expect(await refused(of('plain'), edited({ layer_norm_eps: 1e-3 }), '--output-dir', mean())).toContain(
      'have other configurations (layer_norm_eps)',
    );
    const shorter = await run('average', of('plain'), edited({ max_seq_length: 7 }), '--output-dir', mean());
    expect([shorter.code, shorter.stderr]).toEqual([
      0,
      expect.stringContaining('another was trained to read 7'),
    ]);
    expect(await refused(of('plain'), of('gone'), '--output-dir', mean())).toContain('gone is not a folder');
    const ofPairs = join(temporaryFolder(), 'pairs');
    cpSync(of('plain'), ofPairs, { recursive: true });
    const itsRecord = JSON.parse(readFileSync(join(ofPairs, 'run.json'), 'utf8'));
    writeFileSync(join(ofPairs, 'run.json'), JSON.stringify({ ...itsRecord, inputs: 'pairs' }));
    expect(await refused(of('plain'), ofPairs, '--output-dir', mean())).toContain('and some on pairs');
    const before = readFileSync(join(of('words'), 'model.safetensors'));
    expect(await refused(of('plain'), of('words'), '--output-dir', of('words'))).toContain(
      'is one of the models, which their mean would replace',
    );
    expect(await refused(of('plain'), other, '--output-dir', of('words'))).toContain('vda train');
    expect(readFileSync(join(of('words'), 'model.safetensors')).equals(before)).toBe(true);
    const to = mean();
    await run('average', of('plain'), of('words'), '--output-dir', to);
    expect(await refused(of('words'), of('plain'), '--output-dir', to)).toContain('another configuration');
  });

  test('checks what a program gives it', async () => {
    const outputDir = mean();
    await expect(averageModels({ models: 'plain' as never, outputDir })).rejects.toThrow(
      'averageModels: models: expected a list of texts',
    );
    await expect(averageModels({ models: [of('plain')], outputDir })).rejects.toThrow('at least two; got 1');
  });
});
