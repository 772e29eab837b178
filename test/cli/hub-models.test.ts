import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { startFakeHub } from '../pretrained/fake-hub.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(join(folder, name))]),
  );

/** Trains with these models of a hub of its own; the lines of downloads, and whether it is still asked. */
async function trainFrom(source: string, argv: readonly string[]) {
  const hub = await startFakeHub(filesOf(source));
  const env = { HF_HOME: join(source, '../home'), HF_ENDPOINT: hub.endpoint };
  const { io, written } = memoryIo({ env });
  const code = await main(argv, io);
  const downloads = written.stderr.split('\n').filter((line) => / B\/s|-- B/.test(line));
  return { code, ...written, downloads: downloads.map((line) => line.replace(/ .*/, '')) };
}

it('vda train finds the masked LM where the environment says, and shows each file of a download once', async () => {
  const { model, argv } = tinyTraining();
  const vda = ['--vda', '--top-k', '8', '--mlm', 'owner/tiny', '--max-steps', '1'];
  const first = await trainFrom(model, argv('run', ...vda));
  expect(first.code, first.stderr).toBe(0);
  expect(first.downloads.sort()).toEqual(Object.keys(filesOf(model)).sort());
  const again = await trainFrom(model, argv('again', ...vda));
  expect([again.code, again.downloads]).toEqual([0, []]);
});

it('vda train finds the classifier to attack there too', async () => {
  const { folder, argv } = tinyTraining();
  const plain = join(folder, 'plain');
  expect(await main(argv('plain', '--max-steps', '1', '--save-strategy', 'no'), memoryIo().io)).toBe(0);
  const ada = ['--ada-examples', '2', '--ada-model', 'owner/tiny', '--max-steps', '1'];
  const { code, stderr, downloads } = await trainFrom(plain, argv('run', ...ada));
  expect(code, stderr).toBe(0);
  expect(downloads).toContain('model.safetensors');
  expect(stderr).toMatch(/of 2 training texts fool /);
});
