import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { VdaError } from '../../src/base/error.ts';
import { labelNames } from '../../src/models/config.ts';
import type { PretrainedModel } from '../../src/models/pretrained-model.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { saveModelFolder } from '../../src/pretrained/model-folder.ts';
import { type FileEntry, type Manifest, type ModelEntry, manifestFile } from '../manifest.ts';

/** What a page is built from. */
export interface PageOptions {
  /** This repository. */
  readonly root: string;
  /** The two classifiers, side by side in this order: names for people, and their folders. */
  readonly classifiers: readonly { readonly name: string; readonly model: string }[];
  /** Folder of the masked language model that proposes words. */
  readonly maskedLm: string;
  /** Texts to begin with. */
  readonly texts: readonly string[];
  /** Folder to write; a page that is there is replaced. */
  readonly output: string;
}

/**
 * Writes the page: a folder that any static server can serve, with all that it needs inside. Weights are in half precision; what
 * compresses well is gzipped, for not every server does so.
 *
 * @throws VdaError `usage` where the folder holds something else, or the models have other classes than each other; what loading a
 *   model throws
 */
export async function buildPage({
  root,
  classifiers,
  maskedLm,
  texts,
  output,
}: PageOptions): Promise<Manifest> {
  if (existsSync(output) && readdirSync(output).length > 0 && !existsSync(join(output, manifestFile))) {
    throw new VdaError('usage', `${output} holds something that is no page. Name a new folder.`);
  }
  const models = await Promise.all(classifiers.map(({ model }) => loadClassifier(model)));
  const [first, ...others] = models.map(({ config }) => labelNames(config));
  if (others.some((labels) => String(labels) !== String(first))) {
    const each = models.map(({ folder, config }) => `${folder}: ${labelNames(config)}`).join('; ');
    throw new VdaError(
      'usage',
      `The models have different classes (${each}). A page compares models of one task.`,
    );
  }
  await bundle({ root, output });
  const manifest: Manifest = {
    classifiers: models.map((model, i) => ({
      name: classifiers[i]!.name,
      ...saved(model, { output, folder: `models/${i}` }),
    })),
    maskedLm: saved(await loadMaskedLm(maskedLm), { output, folder: 'models/masked-lm' }),
    wordnet: written('wordnet.bin.gz', {
      output,
      bytes: readFileSync(join(root, 'assets/lexicon/wordnet.bin.gz')),
    }),
    wasm: written('ort.wasm.gz', {
      output,
      bytes: gzipSync(readFileSync(join(root, runtimeFolder, 'dist/ort-wasm-simd-threaded.wasm')), {
        level: 7,
      }),
    }),
    texts,
  };
  writeFileSync(join(output, 'licences.txt'), licences(root));
  writeFileSync(join(output, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`); // last: a page without is not whole
  return manifest;
}

const runtimeFolder = 'node_modules/onnxruntime-web';

/** Nothing about imports that stay in one chunk, nor about plugins that were slow. */
const quiet = { checks: { ineffectiveDynamicImport: false, pluginTimings: false } } as const;

/** The page's own code. */
async function bundle({ root, output }: Pick<PageOptions, 'root' | 'output'>): Promise<void> {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  await build({
    root: join(root, 'page'),
    ...{ configFile: false, base: './', logLevel: 'warn' },
    build: {
      outDir: output,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: quiet,
    },
    worker: { format: 'es', rolldownOptions: quiet },
  });
  for (const name of readdirSync(join(output, 'assets'))) {
    if (name.endsWith('.wasm')) rmSync(join(output, 'assets', name)); // the page fetches it gzipped
  }
}

/** Writes a model's files in half precision. */
function saved(
  { config, weights, tokenizer }: PretrainedModel,
  { output, folder }: { readonly output: string; readonly folder: string },
): ModelEntry {
  const path = join(output, folder);
  mkdirSync(path, { recursive: true });
  const ofPage = /^(tokenizer|tokenizer_config|special_tokens_map|added_tokens)\.json$/;
  const files = Object.entries(tokenizer.files);
  const needed = files.filter(([name]) => !('tokenizer.json' in tokenizer.files) || ofPage.test(name));
  saveModelFolder(path, {
    ...{ config, weights: new Map(Object.entries(weights)), dtype: 'F16' },
    tokenizerFiles: Object.fromEntries(needed),
  });
  return {
    folder,
    files: readdirSync(path)
      .sort()
      .map((name) => ({ name, bytes: statSync(join(path, name)).size })),
  };
}

function written(
  name: string,
  { output, bytes }: { readonly output: string; readonly bytes: Uint8Array },
): FileEntry {
  writeFileSync(join(output, name), bytes);
  return { name, bytes: bytes.length };
}

/** Packages whose code is in the bundle. */
const bundled = ['onnxruntime-web', 'protobufjs', 'zod', '@huggingface/tokenizers', 'long'];

/** Terms of what is in the folder: their texts where packages bring them, else their names. */
function licences(root: string): string {
  const packages = bundled.map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const { license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return [
      name,
      file ? readFileSync(join(folder, file), 'utf8') : `${license}\n${homepage ?? ''}\n`,
    ] as const;
  });
  const own = [
    ['vda', 'LICENSE'],
    ['WordNet 3.1', 'assets/lexicon/LICENSE-wordnet.txt'],
  ].map(([name, path]) => [name!, readFileSync(join(root, path!), 'utf8')] as const);
  return [...own, ...packages]
    .map(([name, text]) => `${name}\n\n${text.trimEnd()}\n`)
    .join(`\n${'-'.repeat(72)}\n\n`);
}
