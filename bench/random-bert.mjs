// Makes two folders of BERT-base's size with random weights, a classifier and its masked LM, for timing alone:
//
//     node bench/random-bert.mjs --tokenizer FOLDER --out FOLDER
//
// FOLDER of --tokenizer holds the tokenizer files of a vocabulary of at most 30,522 pieces. Needs `npm run build` before.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig } from '../dist/checkpoints/config.js';
import { saveModelFolder } from '../dist/checkpoints/model-folder.js';
import { architectureOf } from '../dist/models/index.js';
import { initializeParameter } from '../dist/models/initialize.js';
import { loadTokenizer } from '../dist/text/load-tokenizer.js';

const { values } = parseArgs({ options: { tokenizer: { type: 'string' }, out: { type: 'string' } } });
if (!values.tokenizer || !values.out)
  throw new Error('usage: random-bert.mjs --tokenizer FOLDER --out FOLDER');

const { files } = await loadTokenizer(values.tokenizer);
// What is left out is BERT-base: 12 layers of 768, 12 heads, 3,072 inside.
const heads = { classifier: 'BertForSequenceClassification', maskedLm: 'BertForMaskedLM' };
for (const [head, className] of Object.entries(heads)) {
  const folder = join(values.out, head);
  const json = { model_type: 'bert', architectures: [className], vocab_size: 30_522, pad_token_id: 0 };
  const config = parseConfig(json, join(folder, 'config.json'));
  const weights = new Map();
  for (const spec of architectureOf('bert').parameters(config, { head, numLabels: 2 })) {
    const data = new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
    initializeParameter(data, { spec, seed: 1, std: config.initializerRange });
    weights.set(spec.name, { dtype: 'float32', shape: spec.shape, data });
  }
  saveModelFolder(folder, { config, weights, tokenizerFiles: files });
  process.stdout.write(`${folder}\n`);
}
