import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { writeWholeModel } from '../inference/whole-model.ts';
import { bundleForBrowser } from './bundle-for-browser.ts';
import { run } from './inference-program.ts';
import { runLikeABrowser } from './run-like-a-browser.ts';

const folder = writeWholeModel(mkdtempSync(join(tmpdir(), 'vda-browser-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = Object.fromEntries(
  readdirSync(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    return [name, name.endsWith('.safetensors') ? new Uint8Array(bytes) : bytes.toString('utf8')];
  }),
);

/** The same in the process that runs the bundle; onnxruntime-node stands for onnxruntime-web, whose interface it has. */
const input = `(() => {
  const { Tensor, InferenceSession } = require('onnxruntime-node');
  const create = (model, { executionProviders, ...options }) => InferenceSession.create(model, options);
  const read = (name) => readFileSync(${JSON.stringify(folder)} + '/' + name);
  const files = readdirSync(${JSON.stringify(folder)}).map((name) =>
    [name, name.endsWith('.safetensors') ? new Uint8Array(read(name)) : read(name).toString('utf8')]);
  return { files: Object.fromEntries(files), ort: { Tensor, InferenceSession: { create } } };
})()`;

describe('vda/inference in a bundle for the browser', () => {
  it('holds no Node module, and nothing of what runs in Node alone', async () => {
    const { modules, imports } = await bundleForBrowser('src/inference.ts');
    expect(modules).toContain('src/inference/create-classifier.ts');
    expect(imports).toEqual([]);
    expect(modules.filter((name) => /onnxruntime|koffi|node:|runtime\/node/.test(name))).toEqual([]);
  });

  it('answers without the globals of Node as it does with them', async () => {
    const { code } = await bundleForBrowser('test/browser/inference-program.ts');
    const found = runLikeABrowser(code, { input, keeps: ['setImmediate'] }); // which onnxruntime-node needs
    const create = ort.InferenceSession.create.bind(ort.InferenceSession);
    const ortWeb = {
      Tensor: ort.Tensor,
      InferenceSession: {
        create: (
          model: Uint8Array,
          { executionProviders: _, ...options }: object & { executionProviders?: unknown },
        ) => create(model, options),
      },
    };
    expect(found).toEqual(JSON.parse(JSON.stringify(await run({ files, ort: ortWeb }))));
  });
});
