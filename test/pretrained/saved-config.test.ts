import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/files/content-hash.ts';
import { modelIdentity } from '../../src/inference/model-identity.ts';
import { parseConfig } from '../../src/models/parse-config.ts';
import { loadModelFolder, saveModelFolder } from '../../src/pretrained/model-folder.ts';
import { nodeRuntime } from '../../src/runtime/node/node-runtime.ts';
import { temporaryFolder } from './folders.ts';

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/models', name);

/** The bytes of `config.json` as a model of this configuration is saved. */
function savedConfig(config: ReturnType<typeof parseConfig>): string {
  const folder = temporaryFolder();
  saveModelFolder(folder, { config, weights: new Map(), tokenizerFiles: {} });
  return readFileSync(join(folder, 'config.json'), 'utf8');
}

// Pinned at commit a2ad170, before families had folders of their own: stored results of attacks compare identities, and a
// model saved anew must be the same file.
describe.each([
  {
    family: 'bert',
    ofFixture: 'b8367e127b28add1024e2dd48c1da53b221af0e687b95a88c50cd031aae26e03',
    ofDefaults: '246c45e7fb66b658d9f4378aec4590b8381f77e2af9b24a471e2bd635b7d33da',
    identity: '7c3630cdec47527784d94e6c8fc898f628c11bbd620479737a2d9b398e4e93fc',
  },
  {
    family: 'roberta',
    ofFixture: '346128f52089c4d9212b9baf7eb720abd2ef5cb744ddb7c27281ba3bd4dbcd79',
    ofDefaults: 'd2d4b50b8c42381a6b8947199a0e12b10d7250dee1eb0529c87cd648adbbac64',
    identity: 'b116019e98b9004a241e429ad574a061648ffccd10077cc82c1c9f3c5535ec6f',
  },
  {
    family: 'distilbert',
    ofFixture: '33ec78c9e153be4f7dbaa62e43f1779443c488135b7be1a4e158c6e9957e9447',
    ofDefaults: 'ae4f7d0c6d900369c36c3c189d573987e0a7d95bb7d46ce49e4f52f551ee9a26',
    identity: '937594640a4371ab8ba202cfe95a59766ffbcd9dce31a6e3e7baf6f2d800d660',
  },
])('a saved $family', ({ family, ofFixture, ofDefaults, identity }) => {
  const folder = fixture(`tiny-${family}`);

  it('has the bytes of config.json that it always had', () => {
    const saved = savedConfig(loadModelFolder(folder).config);
    expect(contentHash(saved)).toBe(ofFixture);
    expect(savedConfig(parseConfig(JSON.parse(saved), { path: 'again' }))).toBe(saved);
    // Here every field is written from the defaults, in the order of the families' own tables.
    const least = parseConfig({ model_type: family, vocab_size: 10 }, { path: 'c' });
    expect(contentHash(savedConfig(least))).toBe(ofDefaults);
  });

  it('keeps what its file says, in the order of the file', () => {
    const original = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    const saved = JSON.parse(savedConfig(loadModelFolder(folder).config));
    const kept = Object.entries(saved).slice(0, Object.keys(original).length);
    expect(kept).toEqual(Object.entries(original));
  });

  it('is the same model to stored results', () => {
    const { config } = loadModelFolder(folder);
    const tokenizer = { files: {} } as Parameters<typeof modelIdentity>[0]['tokenizer'];
    const { content } = modelIdentity({ config, tokenizer, weights: {} }, nodeRuntime);
    expect((content as Readonly<Record<string, string>>).config).toBe(identity);
  });
});
