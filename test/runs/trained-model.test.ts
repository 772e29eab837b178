import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { parseConfig } from '../../src/models/parse-config.ts';
import { baseModelOf } from '../../src/runs/trained-model.ts';
import { memoryIo } from '../cli/memory-io.ts';
import { tinyTraining } from '../cli/tiny-training.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyConfig } from '../pretrained/tiny-model.ts';

const config = parseConfig(tinyConfig, { path: 'the tests' });

/** A classifier's folder with a record of these options and folders. */
function recorded(record: object) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ command: 'train', ...record }));
  return { folder, config };
}

describe('the model that a classifier was fine-tuned from', () => {
  it('is a folder to the model card too, where its path looks like a name on the hub', async () => {
    const { folder, argv } = tinyTraining();
    const base = argv('run', '--max-steps', '1').with(2, 'assets/model');
    expect(await main(base, memoryIo().io)).toBe(0);
    expect(readFileSync(join(folder, 'run/README.md'), 'utf8')).not.toContain('base_model');
  });

  it('is recorded by its absolute folder, beside the options', async () => {
    const { folder, model, argv } = tinyTraining();
    const here = relative(process.cwd(), model);
    const base = argv('run', '--max-steps', '1').with(2, here);
    expect(await main(base, memoryIo().io)).toBe(0);
    const record = JSON.parse(readFileSync(join(folder, 'run/run.json'), 'utf8'));
    expect(record).toMatchObject({ options: { model: here }, modelFolders: { model } });
    expect(baseModelOf({ folder: join(folder, 'run'), config })).toBe(model);

    renameSync(model, `${model}-moved`);
    expect(() => baseModelOf({ folder: join(folder, 'run'), config })).toThrow(
      `was fine-tuned with the masked language model in ${model}, which is not there any more. Name the model with mlm.`,
    );
  });

  it('is looked for where it was, then by its name as it was given', () => {
    const [was, elsewhere] = [temporaryFolder(), temporaryFolder()];
    const options = { model: 'base', mlm: 'owner/hub-name' };
    expect(baseModelOf(recorded({ options: { model: 'base' }, modelFolders: { model: was } }))).toBe(was);
    mkdirSync(join(elsewhere, 'base'));
    const here = relative(process.cwd(), join(elsewhere, 'base'));
    const gone = { model: join(was, 'gone') };
    expect(baseModelOf(recorded({ options: { model: here }, modelFolders: gone }))).toBe(here);
    expect(baseModelOf(recorded({ options, modelFolders: { model: was } }))).toBe('owner/hub-name');
    expect(baseModelOf(recorded({ options: { model: 'owner/name' } }))).toBe('owner/name'); // older than folders
  });

  it.each(['/content/drive/MyDrive/bert', './results/checkpoint-500', 'owner/name/', 'C:\\models\\bert'])(
    'is to be named where config.json of another program says %s, a folder of another machine',
    (name) => {
      const folder = temporaryFolder();
      const elsewhere = parseConfig({ ...tinyConfig, _name_or_path: name }, { path: 'the tests' });
      expect(() => baseModelOf({ folder, config: elsewhere })).toThrow(
        /says that the classifier was fine-tuned from ".*", which is not here\. Name a masked language model with mlm/,
      );
    },
  );
});
