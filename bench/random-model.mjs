// Makes two folders with random weights, a classifier and its masked LM, for timing alone:
//
//     node bench/random-model.mjs --size bert-base|roberta-large --tokenizer FOLDER --out FOLDER
//
// FOLDER of --tokenizer holds the tokenizer files of a vocabulary no larger than the model's. Needs `npm run build` before.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { familyOf } from '../dist/models/family-of.js';
import { initialValues } from '../dist/models/initialize.js';
import { parseConfig } from '../dist/models/parse-config.js';
import { loadTokenizer } from '../dist/pretrained/load-tokenizer.js';
import { saveModelFolder } from '../dist/pretrained/model-folder.js';

/** What config.json has beyond the defaults, which are BERT-base's: 12 layers of 768, 12 heads, 3,072 inside. */
const sizes = {
  'bert-base': { model_type: 'bert', vocab_size: 30_522, pad_token_id: 0 },
  'roberta-large': {
    model_type: 'roberta',
    vocab_size: 50_265,
    pad_token_id: 1,
    type_vocab_size: 1,
    hidden_size: 1024,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    intermediate_size: 4096,
    max_position_embeddings: 514,
    layer_norm_eps: 1e-5,
  },
};

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'bert-base' },
    tokenizer: { type: 'string' },
    out: { type: 'string' },
  },
});
const size = sizes[values.size];
if (!size || !values.tokenizer || !values.out)
  throw new Error(
    `usage: random-model.mjs --size ${Object.keys(sizes).join('|')} --tokenizer FOLDER --out FOLDER`,
  );

const { files } = await loadTokenizer(values.tokenizer);
const family = familyOf(size.model_type);
for (const [head, className] of Object.entries(family.classNames)) {
  const folder = join(values.out, head);
  const config = parseConfig({ ...size, architectures: [className] }, { path: join(folder, 'config.json') });
  const weights = new Map();
  let count = 0;
  for (const spec of family.parameters(config, { head, numLabels: 2 })) {
    const data = initialValues(spec, { seed: 1, std: config.initializerRange });
    count += data.length;
    weights.set(spec.name, { dtype: 'float32', shape: spec.shape, data });
  }
  saveModelFolder(folder, { config, weights, tokenizerFiles: files });
  process.stdout.write(`${folder}: ${(count / 1e6).toFixed(1)} million parameters\n`);
}
