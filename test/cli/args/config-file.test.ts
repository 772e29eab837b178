import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/cli/args/config-file.ts';
import { toySpec } from '../../options/toy-spec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vda-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  const values = await readConfigFile(toySpec, path);
  return Object.fromEntries([...values].map(([key, { value }]) => [key, value]));
}

describe('readConfigFile', () => {
  test('takes snake_case, kebab-case and camelCase from YAML, and keeps types', async () => {
    const text = 'learning_rate: 1e-5 # as the paper\nnum-epochs: 4\nvda: true\nlabels: [a, b]\nmodel: "7"\n';
    const expected = { learningRate: 1e-5, numEpochs: 4, vda: true, labels: ['a', 'b'], model: '7' };
    expect(await read('a.yaml', text)).toEqual(expected);
    expect(await read('a.yml', text)).toEqual(expected);
  });

  test('reads JSON, with a byte order mark', async () => {
    expect(await read('a.json', '\uFEFF{"numEpochs": 4}')).toEqual({ numEpochs: 4 });
  });

  test('leaves the default where a value is null', async () => {
    expect(await read('null.yaml', 'model: null\nvda: ~\n')).toEqual({});
  });

  test.each<[string, string, string, RegExp]>([
    [
      'b.yaml',
      'learnig_rate: 1',
      'usage',
      /unknown key learnig_rate in .*b\.yaml\. Did you mean learningRate\?/,
    ],
    ['b.yaml', 'model_name_or_path: m', 'usage', /Here it is model\./],
    ['b.json', '{"__proto__": {"vda": true}}', 'usage', /unknown key __proto__/],
    ['b.yaml', 'num_epochs: 1\nnumEpochs: 2', 'usage', /num_epochs and numEpochs .* same option/],
    [
      'b.yaml',
      'vda: true\nvda: false',
      'bad-input',
      /not valid YAML: the key "vda" is there twice, again on line 2\./,
    ],
    ['b.yaml', 'a: [1', 'bad-input', /not valid YAML/],
    ['b.json', '{"a": 1,}', 'bad-input', /not valid JSON/],
    ['b.json', '[1]', 'bad-input', /expected an object of options, got a list/],
    ['b.yaml', '', 'bad-input', /got nothing/],
    ['b.toml', 'a = 1', 'usage', /expected a file named \.yaml, \.yml or \.json/],
  ])('refuses %s with %j', async (name, content, code, message) => {
    await expect(read(name, content)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('says so where there is no file', async () => {
    const missing = join(folder, 'missing.yaml');
    await expect(readConfigFile(toySpec, missing)).rejects.toMatchObject({ code: 'not-found' });
  });
});
