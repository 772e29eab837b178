/**
 * Compares encoder, masked-LM and classifier outputs with transformers'. Make the reference first:
 *
 *     python oracles/forward.py --mlm MLM --classifier CLASSIFIER --data test.tsv --out expected.safetensors
 *     node scripts/ts.mjs bench/forward-parity.ts MLM CLASSIFIER test.tsv expected.safetensors
 *
 * Prints the largest absolute difference of each output and fails above 1e-4.
 */

import { loadDataset } from '../src/data/load-dataset.ts';
import { reshape } from '../src/graph/ops/reshape.ts';
import { multiplyDims } from '../src/graph/shape.ts';
import type { ValueType } from '../src/graph/value.ts';
import { forward, inputSpecs } from '../src/inference/forward.ts';
import { noDropout } from '../src/nn/dropout.ts';
import { loadClassifier } from '../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../src/pretrained/load-masked-lm.ts';
import { readFloat32, readSafetensors } from '../src/pretrained/safetensors.ts';
import { compile } from '../src/runtime/node/compile.ts';
import { padEncodings } from '../src/text/pad-encodings.ts';

const columnStride = 97; // as in oracles/forward.py
const limit = 1e-4;

const [mlmFolder, classifierFolder, data, expectedFile] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const mlm = await loadMaskedLm(mlmFolder);
const classifier = await loadClassifier(classifierFolder);
const expected = readSafetensors(expectedFile);
const lines = [...expected.entries.keys()].filter((name) => name.startsWith('logits.')).length;
const texts = loadDataset(data).examples.slice(0, lines);

const maskedLm = await compile(
  ({ weights, inputs }) => {
    const hidden = forward(mlm, { weights, inputs });
    const rows = reshape(hidden, [multiplyDims('batch', 'length'), hidden.shape[2]!]);
    return {
      hidden,
      logits: mlm.architecture.maskedLm(weights, rows, { config: mlm.config, dropout: noDropout }),
    };
  },
  { weights: mlm.weights as Record<string, ValueType>, inputs: inputSpecs },
);
const classify = await compile(
  ({ weights, inputs }) => {
    const first = forward(classifier, { weights, inputs, firstTokenOnly: true });
    const states = reshape(first, ['batch', first.shape[2]!]);
    return {
      logits: classifier.architecture.classify(weights, states, {
        config: classifier.config,
        dropout: noDropout,
      }),
    };
  },
  { weights: classifier.weights as Record<string, ValueType>, inputs: inputSpecs },
);

const largest = { hidden: 0, mlm: 0, logits: 0 };
const note = (what: keyof typeof largest, got: ArrayLike<number>, name: string) => {
  const want = readFloat32(expected, name).data;
  if (got.length !== want.length) throw new Error(`${name}: ${got.length} numbers, expected ${want.length}`);
  for (let i = 0; i < want.length; i++) largest[what] = Math.max(largest[what], Math.abs(got[i]! - want[i]!));
};
// Batches of eight, so that padding is part of what is checked.
for (let start = 0; start < lines; start += 8) {
  const encodings = texts.slice(start, start + 8).map(({ text }) => mlm.tokenizer.encode(text));
  const inputs = padEncodings(encodings, { padId: mlm.tokenizer.padId });
  const { hidden, logits } = await maskedLm.run({ weights: mlm.weights, inputs });
  const { logits: classes } = await classify.run({ weights: classifier.weights, inputs });
  const [, length, size] = hidden.shape as [number, number, number];
  const vocabulary = logits.shape[1]!;
  for (const [row, { ids }] of encodings.entries()) {
    const first = row * length;
    note(
      'hidden',
      (hidden.data as Float32Array).subarray(first * size, (first + ids.length) * size),
      `hidden.${start + row}`,
    );
    const chosen: number[] = [];
    for (let t = 0; t < ids.length; t++) {
      for (let v = 0; v < vocabulary; v += columnStride)
        chosen.push(Number(logits.data[(first + t) * vocabulary + v]));
    }
    note('mlm', chosen, `mlm.${start + row}`);
    const count = classes.shape[1]!;
    note(
      'logits',
      (classes.data as Float32Array).subarray(row * count, (row + 1) * count),
      `logits.${start + row}`,
    );
  }
}
process.stdout.write(`${lines} texts, largest differences: ${JSON.stringify(largest)} (limit ${limit})\n`);
if (Object.values(largest).some((difference) => !(difference <= limit))) process.exitCode = 1;
