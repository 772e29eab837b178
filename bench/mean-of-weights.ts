/**
 * A classifier whose weights are a weighted mean of those of others (Wortsman and others 2022, arXiv:2203.05482):
 *
 *     w = Σᵢ cᵢ·wᵢ
 *
 *     node scripts/ts.mjs bench/mean-of-weights.ts --output-dir FOLDER RUN 0.75 RUN 0.25
 *
 * RUN: folders of `vda train` that started from one model; configuration and tokenizer are the first one's. A coefficient may be
 * below 0 or above 1; all together are 1.
 */

import { parseArgs } from 'node:util';
import { tensor } from '../src/base/tensor.ts';
import { loadClassifier } from '../src/pretrained/load-classifier.ts';
import { saveModelFolder } from '../src/pretrained/model-folder.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'output-dir': { type: 'string' } },
});
const folder = values['output-dir'];
const shares = positionals.flatMap((run, i) =>
  i % 2 === 0 ? [{ run, share: Number(positionals[i + 1]) }] : [],
);
const isWhole = Math.abs(shares.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9;
if (folder === undefined || !isWhole) {
  process.stderr.write(
    'usage: node scripts/ts.mjs bench/mean-of-weights.ts --output-dir FOLDER RUN 0.75 RUN 0.25 (together 1)\n',
  );
  process.exit(2);
}

const models = await Promise.all(shares.map(({ run }) => loadClassifier(run)));
const [first] = models;
const weights = Object.entries(first!.weights).map(([name, { shape }]) => {
  const all = models.map((model) => model.weights[name]?.data);
  if (all.some((one) => one?.length !== all[0]!.length)) throw new Error(`${name} is not the same in all`);
  const mean = Float32Array.from(all[0]!, (_, i) =>
    shares.reduce((sum, { share }, m) => sum + share * all[m]![i]!, 0),
  );
  return [name, tensor('float32', shape, mean)] as const;
});
const { config, tokenizer } = first!;
saveModelFolder(folder, { config, weights: new Map(weights), tokenizerFiles: tokenizer.files });
