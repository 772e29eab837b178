import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

/** Names and contents of the files in a folder. */
const contentsOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'base64')]);

describe('an output folder that holds a model', () => {
  it.each([
    ['train', 'model itself'],
    ['train', 'link to it'],
    ['train', 'copy'],
    ['pretrain', 'model itself'],
  ])('is refused by vda %s, and stays as it was: the %s', async (command, what) => {
    const { folder, model, trainFile } = tinyTraining();
    const outputDir = what === 'model itself' ? model : join(folder, 'mine');
    if (what === 'link to it') symlinkSync(model, outputDir);
    if (what === 'copy') cpSync(model, outputDir, { recursive: true });
    mkdirSync(join(outputDir, 'checkpoint-1'));
    writeFileSync(join(outputDir, 'checkpoint-1/notes.txt'), 'of another program');
    const before = contentsOf(outputDir);
    const files = command === 'train' ? ['--train-file', trainFile] : ['--train-files', trainFile];
    const { code, stderr } = await run([
      ...[command, '--model', model, ...files, '--max-steps', '2', '--num-threads', '1'],
      ...['--output-dir', outputDir, '--save-total-limit', '1'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      what === 'copy' ? /mine already holds a model or checkpoints/ : /is the folder of --model/,
    );
    expect(contentsOf(outputDir)).toEqual(before);
  });
});

describe('a folder with the record of another command', () => {
  it('is refused by vda eval, vda attack, vda report and vda train before they work', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    const model = join(folder, 'run');
    expect((await run(argv('run', '--max-steps', '1'))).code).toBe(0);
    const record = readFileSync(join(model, 'run.json'), 'utf8');
    const asked = ['--model', model, '--test-file', trainFile, '--num-threads', '1'];
    const evaluated = await run(['eval', ...asked, '--output-dir', model]);
    expect([evaluated.code, evaluated.stdout]).toEqual([1, '']);
    expect(evaluated.stderr).toContain(
      `${model} holds the run.json of vda train, which vda eval would replace. Choose another --output-dir, such as ${join(model, 'eval')}.`,
    );
    const attacked = await run(['attack', ...asked, '--output-dir', model]);
    expect([attacked.code, attacked.stderr]).toEqual([1, expect.stringContaining('which vda attack would')]);
    expect(readFileSync(join(model, 'run.json'), 'utf8')).toBe(record);
    expect(existsSync(join(model, 'attack.json'))).toBe(false);

    const free = ['--similarity', 'none', '--antonyms', 'none', '--stop-words', 'none'];
    const parts = [0, 1].map((i) => join(folder, `part-${i}`));
    for (const [i, part] of parts.entries()) {
      const shard = ['--shard', `${i}/2`, '--output-dir', part, '--num-examples', '2'];
      expect((await run(['attack', ...asked, ...free, ...shard])).code).toBe(0);
    }
    const merged = await run(['report', ...parts, '--output-dir', model]);
    expect([merged.code, merged.stderr]).toEqual([1, expect.stringContaining('run.json of vda train')]);
    expect(readFileSync(join(model, 'run.json'), 'utf8')).toBe(record);

    const trained = await run(argv('part-0'));
    expect([trained.code, trained.stderr]).toEqual([1, expect.stringContaining('run.json of vda attack')]);
  });

  it('is also one whose run.json is of another program', async () => {
    const { folder, trainFile, argv } = tinyTraining();
    await run(argv('run', '--max-steps', '1'));
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/run.json'), 'null');
    const asked = ['--model', join(folder, 'run'), '--test-file', trainFile];
    const { code, stderr } = await run(['eval', ...asked, '--output-dir', join(folder, 'other')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('other/run.json is not the record of a run')]);
  });
});
