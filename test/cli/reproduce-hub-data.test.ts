import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { cachedDataFile } from '../pretrained/cached-data-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';
import { trainingTable } from './tiny-training.ts';

it('leaves texts on the hub alone in a dry run, and knows those in the cache', async () => {
  const { address, env } = cachedDataFile(trainingTable);
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'model'));
  writeWholeModel(join(folder, 'model'));
  const grid = {
    title: 'Texts of the hub',
    model: './model',
    columns: [{ name: 'Texts', 'train-file': address, 'test-file': address }],
    rows: [{ name: 'BERT' }],
  };
  const path = join(folder, 'grid.yaml');
  writeFileSync(path, stringify(grid));
  const dryRun = async (environment: Readonly<Record<string, string>>) => {
    const { io, written } = memoryIo({ env: environment });
    const code = await main(['reproduce', path, '--output-dir', join(folder, 'out'), '--dry-run'], io);
    return { code, ...written };
  };

  const away = await dryRun({ HF_HOME: temporaryFolder() });
  expect(away.code, away.stderr).toBe(0);
  expect(away.stdout).toMatch(/^to do +BERT, Texts, seed 42\n/);
  expect(away.stderr).toContain(`${address} is neither a file nor in the cache`);

  const found = await dryRun(env);
  expect([found.code, found.stderr]).toEqual([0, '']);
  expect(found.stdout).toContain(`--train-file ${address} `);
});
