// Milliseconds of one AdamW step on the parameters of a classifier's folder, norm of the gradients included:
//
//     node bench/optimizer.mjs FOLDER

import { familyOf } from '../dist/models/family-of.js';
import { createArenaStore } from '../dist/optim/arena-store.js';
import { loadModelFolder } from '../dist/pretrained/model-folder.js';
import { median } from './measure.mjs';

const { config } = loadModelFolder(process.argv[2]);
const specs = familyOf(config.modelType).parameters(config, { head: 'classifier', numLabels: 2 });
const store = createArenaStore(specs);

const times = [];
for (let step = 1; step <= 12; step++) {
  for (const buffer of store.gradientBuffers) buffer.fill(1e-3);
  const begun = performance.now();
  store.step({ lr: 1e-5, step, maxGradNorm: 1 });
  times.push(performance.now() - begun);
}
process.stdout.write(`${median(times.slice(2)).toFixed(1)}\n`); // the first ones touch fresh memory
