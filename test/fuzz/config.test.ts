import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { labelNames } from '../../src/models/config.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { configToJson } from '../../src/models/parse-config.ts';
import { readConfig } from '../../src/pretrained/model-folder.ts';
import { tinyConfig } from '../pretrained/tiny-model.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { mutatedBytes, mutatedJson } from './mutate-json.ts';

const folder = fuzzFolder();
const path = join(folder, 'config.json');

const written = {
  ...tinyConfig,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  classifier_dropout: null,
  pad_token_id: 0,
};
const distilbert = {
  ...{ model_type: 'distilbert', vocab_size: 5, dim: 2, n_layers: 1, n_heads: 1, hidden_dim: 3 },
  ...{ activation: 'gelu', dropout: 0.1, seq_classif_dropout: 0.2, id2label: { 0: 'a', 1: 'b' } },
};

fuzz('configurations of models are read or refused, whatever is in them', {
  cases: fc.oneof(
    mutatedJson(written).map((json) => Buffer.from(json)),
    mutatedJson({ ...written, model_type: 'roberta' }).map((json) => Buffer.from(json)),
    mutatedJson(distilbert).map((json) => Buffer.from(json)),
    mutatedBytes(Buffer.from(JSON.stringify(written))),
  ),
  paths: [path],
  read: (bytes) => {
    writeFileSync(path, bytes);
    const config = readConfig(folder);
    const numLabels = labelNames(config).length;
    familyOf(config.modelType).parameters(config, { head: 'classifier', numLabels });
    JSON.stringify(configToJson(config, { dtype: 'float32' }));
  },
});
