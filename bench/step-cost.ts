/**
 * What a step of training costs with each strategy, alone and with adversarial virtual data and its controls: processor seconds, and in
 * units of a plain step. All take the same batch, in turn, in one run, on one thread; the first two rounds are left out, then medians.
 *
 *     node scripts/ts.mjs bench/step-cost.ts ENCODER train.tsv [--candidate-sources SOURCE …] [--batch-size 16] [--rounds 9]
 */
import { parseArgs } from 'node:util';
import { defaultsOf } from '../src/base/option-table.ts';
import { int64Tensor } from '../src/base/tensor.ts';
import { loadDataset } from '../src/data/load-dataset.ts';
import { loadTokenizer } from '../src/pretrained/load-tokenizer.ts';
import { loadModelFolder } from '../src/pretrained/model-folder.ts';
import { createStep, type StrategyChoice } from '../src/strategies/index.ts';
import type { TrainBatch } from '../src/strategies/train-batch.ts';
import { createTrainableModel } from '../src/strategies/trainable-model.ts';
import { lexiconSourcesOf } from '../src/strategies/vda/candidate-sources.ts';
import { type VdaOptions, vdaSettings } from '../src/strategies/vda/options.ts';
import { loadCandidateLexicon } from '../src/training/vda/candidate-lexica.ts';
import { createSubstitutes } from '../src/training/vda/substitutes.ts';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    'candidate-sources': { type: 'string', multiple: true, default: ['wordnet'] },
    'batch-size': { type: 'string', default: '16' },
    rounds: { type: 'string', default: '9' },
  },
});
const [folder, data] = positionals as [string, string];
const [size, rounds] = [Number(options['batch-size']), Number(options.rounds)];

const tokenizer = await loadTokenizer(folder);
const { family: architecture, config, weights: found } = loadModelFolder(folder);
const { examples, labels } = loadDataset(data);

/** A batch of texts of middle length among the first 400. */
function middleBatch(): TrainBatch {
  const some = examples
    .slice(0, 400)
    .map((one) => ({ ...one, ids: tokenizer.encode(one.text, { maxLength: 128 }).ids }));
  some.sort((a, b) => a.ids.length - b.ids.length);
  const chosen = some.slice((some.length - size) / 2).slice(0, size);
  const length = Math.max(...chosen.map(({ ids }) => ids.length));
  const grid = (cell: (id: number | undefined) => number) => {
    const cells = chosen.flatMap(({ ids }) => Array.from({ length }, (_, i) => cell(ids[i])));
    return int64Tensor([size, length], cells);
  };
  const stepLabels = chosen.map(({ label }) => label);
  return {
    ids: grid((id) => id ?? tokenizer.padId),
    typeIds: grid(() => 0),
    attentionMask: grid((id) => (id === undefined ? 0 : 1)),
    ...{ labels: int64Tensor([size], stepLabels), stepLabels, exampleIds: chosen.map(({ id }) => id) },
    ...{ weight: 1, epoch: 0, step: 0 },
  };
}

const numLabels = labels.length;
const { store } = createTrainableModel({
  ...{ architecture, config, head: 'classifier', numLabels, found, seed: 1 },
});
const setup = { architecture, config, numLabels, store, runtime: { numThreads: 1 }, seed: 1 };
const lexica = lexiconSourcesOf({ candidateSources: options['candidate-sources'] }).map(loadCandidateLexicon);
const sources = {
  specialIds: tokenizer.specialIds,
  substitutesOf: createSubstitutes(
    { tokenizer, lexica },
    { secondOrder: false, most: vdaSettings.topK.default },
  ),
  frequencyOf: () => 1,
};
const step = (strategy: StrategyChoice, changes?: Partial<VdaOptions>) => {
  const vda = changes && {
    options: { ...defaultsOf(vdaSettings), officialCode: false, ...changes },
    sources,
  };
  return createStep({ ...setup, vda }, strategy);
};
const [standard, freelb] = [{ name: 'standard' }, { name: 'freelb', settings: { steps: 3 } }] as const;
const steps = {
  plain: await step(standard),
  random: await step(standard, { mixture: 'random' }),
  centre: await step(standard, { mixture: 'centre' }),
  adversarial: await step(standard, { mixture: 'adversarial' }),
  'adversarial, inside the hull': await step(standard, { mixture: 'adversarial', hullTemperature: 0.25 }),
  'adversarial, two ascent steps': await step(standard, { mixture: 'adversarial', ascentSteps: 2 }),
  'FreeLB, K 3': await step(freelb),
  'FreeLB, K 3, with adversarial': await step(freelb, { mixture: 'adversarial' }),
  SMART: await step({ name: 'smart' }),
  'R-Drop': await step({ name: 'rdrop' }),
  SMix: await step({ name: 'smix' }),
  'PGD, K 3': await step({ name: 'pgd' }),
};

const batch = middleBatch();
const seconds = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, { take }] of Object.entries(steps)) {
    const before = process.cpuUsage();
    await take({ ...batch, step: round });
    const { user, system } = process.cpuUsage(before);
    if (round > 1) seconds.set(name, [...(seconds.get(name) ?? []), (user + system) / 1e6]);
  }
}
const median = (name: string): number =>
  seconds.get(name)!.sort((a, b) => a - b)[Math.floor((rounds - 2) / 2)]!;
console.log(`${size} texts of ${batch.ids.shape[1]} tokens; ${options['candidate-sources'].join(' ')}`);
console.log('| step | processor seconds | plain steps |\n|---|---|---|');
for (const name of Object.keys(steps)) {
  console.log(`| ${name} | ${median(name).toFixed(3)} | ${(median(name) / median('plain')).toFixed(2)} |`);
}
