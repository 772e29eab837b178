import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from './attack-program.ts';
import { bundleForBrowser } from './bundle-for-browser.ts';
import { runLikeABrowser } from './run-like-a-browser.ts';

const path = new URL('../../assets/lexicon/wordnet.bin.gz', import.meta.url).pathname;

describe('vda/attack in a bundle for the browser', () => {
  it('holds no Node module, no ONNX Runtime, and no file that reads another', async () => {
    const { modules, imports } = await bundleForBrowser('src/attack.ts');
    expect(modules).toContain('src/attacks/search/attack-many.ts');
    expect(imports).toEqual([]);
    const rooms = new Set(
      modules.filter((name) => name.startsWith('src/')).map((name) => name.split('/')[1]),
    );
    expect([...rooms].sort()).toEqual(['attack.ts', 'attacks', 'base', 'evaluation', 'text']);
    expect(modules.filter((name) => /onnxruntime|koffi|node:/.test(name))).toEqual([]);
  });

  it('ends each text as in Node, record for record, without the globals of Node', async () => {
    const { code } = await bundleForBrowser('test/browser/attack-program.ts');
    const input = `{ wordnet: new Uint8Array(require('node:zlib').gunzipSync(readFileSync(${JSON.stringify(path)}))) }`;
    const expected = await run({ wordnet: new Uint8Array(gunzipSync(readFileSync(path))) });
    expect(runLikeABrowser(code, { input })).toEqual(JSON.parse(JSON.stringify(expected)));
    const endings = expected.flatMap(({ records }) => records.map(({ status }) => status));
    expect(endings).toEqual(expect.arrayContaining(['success', 'failed', 'skipped', 'nothing-to-change']));
  });
});
