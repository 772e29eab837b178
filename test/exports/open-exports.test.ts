import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { probabilitiesOf } from '../../src/base/probabilities-of.ts';
import { predictedClass } from '../../src/evaluation/classification-metrics.ts';
import { exportOnnx } from '../../src/inference/export-onnx.ts';
import { type OnnxDtype, onnxDtypes } from '../../src/inference/onnx-dtypes.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadOnnxClassifier } from '../../src/runs/victims/onnx.ts';
import { writeSmallClassifier } from '../inference/small-classifier.ts';
import { onLoopback } from '../on-loopback.ts';
import { chromium, inChromium } from '../report/chromium.ts';
import { type Found, python, transformersJs } from './field-tools.ts';

const root = join(import.meta.dirname, '../..');
const dtypes = Object.keys(onnxDtypes) as OnnxDtype[];
const texts = [
  'a good film',
  'the plot is very bad and so dull .',
  'this joke was not nice',
  'a great scene , but the cast is poor',
  'it was a lovely score',
];
/** How far from the model itself each file may be: a probability of float32, of halves, of bytes. */
const tolerance = { fp32: 1e-5, fp16: 1e-2, q8: 0.05, uint8: 0.05 } as const satisfies Record<
  OnnxDtype,
  number
>;

let folder: string;
let asked: { readonly ids: readonly (readonly number[])[]; readonly typeIds: readonly (readonly number[])[] };
let expected: readonly (readonly number[])[];
beforeAll(async () => {
  folder = writeSmallClassifier(mkdtempSync(join(tmpdir(), 'vda-exports-')));
  const model = await loadClassifier(folder);
  mkdirSync(join(folder, 'onnx'));
  for (const dtype of dtypes)
    writeFileSync(join(folder, onnxDtypes[dtype].file), exportOnnx(model, { dtype }));
  const classifier = await createClassifier(model);
  const encodings = texts.map((text) => classifier.encode({ text }));
  asked = { ids: encodings.map(({ ids }) => ids), typeIds: encodings.map(({ typeIds }) => typeIds) };
  expected = (await classifier.logits(texts.map((text) => ({ text })))).map((row) => probabilitiesOf(row));
  await classifier.release();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same label for each text, and probabilities within the tolerance. */
function expectNear(rows: readonly (readonly number[])[], most: number): void {
  expect(rows).toHaveLength(texts.length);
  rows.forEach((row, i) => {
    expect(predictedClass(row)).toBe(predictedClass(expected[i]!));
    row.forEach((p, c) => {
      expect(Math.abs(p - expected[i]![c]!)).toBeLessThan(most);
    });
  });
}
const probabilities = (logits: readonly (readonly number[])[]) => logits.map((row) => probabilitiesOf(row));

function pathOf(found: Found, context: TestContext): string {
  if ('absent' in found) context.skip(found.absent);
  return (found as { readonly path: string }).path;
}

test('the texts have both labels, and no answer is near a half: agreement says something', () => {
  expect(new Set(expected.map(predictedClass)).size).toBe(2);
  for (const row of expected) expect(Math.max(...row)).toBeGreaterThan(0.55);
});

describe('exported files', { timeout: 400_000 }, () => {
  test('are opened by onnxruntime in Node, in each element type', async () => {
    for (const dtype of dtypes) {
      const { classifier } = await loadOnnxClassifier(join(folder, onnxDtypes[dtype].file), {});
      const rows = await classifier.logits(texts.map((text) => ({ text })));
      await classifier.release();
      expectNear(
        rows.map((row) => probabilitiesOf(row)),
        tolerance[dtype],
      );
    }
  });

  test('are checked by onnx, run by onnxruntime, and quantised and halved by the tools for it, in Python', (context) => {
    interface Opened {
      readonly logits: readonly (readonly number[])[];
      readonly reference: readonly (readonly number[])[];
      readonly untyped: readonly string[];
    }
    const said = execFileSync(pathOf(python(), context), [join(root, 'oracles/open_exports.py'), folder], {
      input: JSON.stringify({ ...asked, reference: true }),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const { files, made } = JSON.parse(said) as Record<'files' | 'made', Record<string, Opened>>;
    for (const dtype of dtypes) {
      const { logits, reference, untyped } = files[onnxDtypes[dtype].file.replace('onnx/', '')]!;
      expect(untyped).toEqual([]);
      expectNear(probabilities(logits), tolerance[dtype]);
      expectNear(probabilities(reference), tolerance[dtype]); // onnx's own evaluator, which knows no fusion
    }
    expectNear(probabilities(made.quantize_dynamic!.logits), 0.1);
    expectNear(probabilities(made['quantize_dynamic per channel']!.logits), 0.1);
    expectNear(probabilities(made.float16!.logits), tolerance.fp16);
  });

  test('are opened by transformers.js in Node, by the names that it has for element types', (context) => {
    const script = join(import.meta.dirname, 'transformers-js.mjs');
    const said = execFileSync(process.execPath, [script, pathOf(transformersJs(), context), folder], {
      input: JSON.stringify({ texts, dtypes }),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    for (const [dtype, answers] of Object.entries(JSON.parse(said) as Said))
      expectNear(rowsOf(answers), tolerance[dtype as OnnxDtype]);
  });

  test('are opened by transformers.js in a browser, which takes the quantised one unless told', async (context) => {
    const library = pathOf(transformersJs(), context);
    if (chromium === undefined) context.skip('no Chromium on this machine');
    const page = `<!doctype html><script type="module">
      import { pipeline, env } from '/library/transformers.min.js';
      env.allowRemoteModels = false;
      env.allowLocalModels = true;
      env.localModelPath = '/';
      env.backends.onnx.wasm.wasmPaths = '/ort/';
      const said = {};
      for (const dtype of [undefined, 'fp32', 'fp16', 'q8', 'uint8']) {
        const classify = await pipeline('text-classification', 'model', { dtype });
        said[dtype ?? 'default'] = [];
        for (const text of ${JSON.stringify(texts)}) said[dtype ?? 'default'].push(await classify(text, { top_k: null }));
      }
      window.said = JSON.stringify(said);
    </script>`;
    const served = await serve({
      '/model/': folder,
      '/library/': join(library, 'dist'),
      '/ort/': join(library, '../../onnxruntime-web/dist'),
      page,
    });
    try {
      await inChromium(served.address, {
        downloads: folder,
        work: async ({ evaluate, complaints }) => {
          const said = await until(() => evaluate('window.said'), complaints);
          const { default: unasked, ...each } = JSON.parse(said) as Said;
          expect(unasked).toEqual(each.q8);
          for (const [dtype, answers] of Object.entries(each))
            expectNear(rowsOf(answers), tolerance[dtype as OnnxDtype]);
        },
      });
      expect(served.asked.filter((path) => path.endsWith('model_quantized.onnx')).length).toBeGreaterThan(0);
    } finally {
      await served.close();
    }
  });
});

type Said = Record<string, readonly (readonly { readonly label: string; readonly score: number }[])[]>;
const rowsOf = (answers: Said[string]) =>
  answers.map((scores) =>
    ['negative', 'positive'].map((label) => scores.find((one) => one.label === label)!.score),
  );

const types: Readonly<Record<string, string>> = {
  ...{ '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json' },
  ...{ '.wasm': 'application/wasm', '.html': 'text/html' },
};

/** Folders by the beginning of their address, and a page at the root, on loopback. */
async function serve({ page, ...folders }: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const { origin, close } = await onLoopback(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(url.split('?')[0]!));
    asked.push(path);
    const at = Object.keys(folders).find((prefix) => path.startsWith(prefix));
    try {
      const body = at === undefined ? page! : readFileSync(join(folders[at]!, path.slice(at.length)));
      response.writeHead(200, {
        'content-type': types[at === undefined ? '.html' : extname(path)] ?? 'application/octet-stream',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { asked, address: `${origin}/`, close };
}

/** A value once there is one; a page that is being left has none. */
async function until(value: () => Promise<unknown>, complaints: readonly string[]): Promise<string> {
  for (let tries = 0; tries < 1500; tries++) {
    const found = await value().catch(() => undefined);
    if (typeof found === 'string') return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  throw new Error(`the page did not answer: ${complaints.join('\n')}`);
}
