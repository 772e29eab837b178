import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trainOptions } from '../../src/options/train-defaults.ts';
import { openRunFolder, readRunRecord } from '../../src/runs/run-folder.ts';
import { trainIdentity } from '../../src/training/train-identity.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vda-record-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inputs = {
  model: { id: 'model', content: 'c' },
  maskedLm: { id: 'model', content: 'c' },
  train: { id: 'texts', content: 'd' },
};

/** Of these inputs with VDA and `fidelity: 'official'`, as the commit before presets worked it out. */
const hashBefore = '54ec2572dbb6affc89085c8d00355824487cf1097d4fc606af3bc2f3d831568f';

const identityOfPreset = (preset: 'default' | 'official') =>
  trainIdentity({
    options: trainOptions({ model: 'm', trainFile: 't', outputDir: 'o', vda: true, preset }),
    ...inputs,
  });

test('a record of before presets reads with its preset, and its run goes on', () => {
  const identity = identityOfPreset('official');
  expect(identity.hash).toBe(hashBefore);
  const record = {
    command: 'train',
    options: { model: 'm', trainFile: 't', vda: true, fidelity: 'official', learningRate: 1e-5 },
    versions: { vda: '0.1.0' },
    data: { trainFile: 'd' },
    inputs: 'texts',
    identity: { ...identity, hash: hashBefore },
  } as const;
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  const { fidelity, ...options } = record.options;
  expect(readRunRecord(folder)).toEqual({ ...record, options: { ...options, preset: fidelity } });
  expect(() => openRunFolder(folder, { record: { ...record, identity }, resume: true })).not.toThrow();
  const other = { ...record, identity: identityOfPreset('default') };
  expect(() => openRunFolder(folder, { record: other, resume: true })).toThrow(/another configuration/);
});

test('an attack has the option by its name of today too, and another command keeps its own', () => {
  const written = (command: string) => {
    const record = { command, options: { fidelity: 'official' }, versions: {}, data: {} };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
    return readRunRecord(folder)?.options;
  };
  expect(written('attack')).toEqual({ preset: 'official' });
  expect(written('eval')).toEqual({ fidelity: 'official' });
});
