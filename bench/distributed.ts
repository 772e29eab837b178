/**
 * What a step of training costs on one rank and on two, one thread each, and the part of it that summing the gradients takes. Run on two
 * ranks: each times its batches of a step, the sum and the whole; then rank 0 takes all the batches of the same step by itself while
 * the other waits. The two ways in turn, in one run; the first two rounds are left out, then medians.
 *
 *     node scripts/ts.mjs bench/distributed.ts ENCODER train.tsv [--ranks 2] [--batch-size 16] [--batches 4] [--rounds 9] [--strategy standard]
 *
 * Bundles itself and starts the ranks by mpirun.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { encodeExamples, everyEpoch } from '../src/augmentation/epoch-texts.ts';
import { loadDataset } from '../src/data/load-dataset.ts';
import { openRanks } from '../src/distributed/open-ranks.ts';
import { loadTokenizer } from '../src/pretrained/load-tokenizer.ts';
import { loadModelFolder } from '../src/pretrained/model-folder.ts';
import { createStep, type StrategyName } from '../src/strategies/index.ts';
import { createTrainableModel } from '../src/strategies/trainable-model.ts';
import { createGradientSum, partOf, shareMetrics } from '../src/training/gradient-sum.ts';
import { planSteps } from '../src/training/training-data.ts';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    ranks: { type: 'string', default: '2' },
    'batch-size': { type: 'string', default: '16' },
    batches: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '9' },
    strategy: { type: 'string', default: 'standard' },
  },
});
const [folder, data] = positionals as [string, string];
const [batchSize, batches, rounds] = [options['batch-size'], options.batches, options.rounds].map(Number) as [
  number,
  number,
  number,
];

if (process.env.OMPI_COMM_WORLD_RANK === undefined) await launch();
else await measure();

async function launch(): Promise<void> {
  const cache = fileURLToPath(new URL('../node_modules/.cache/ts', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const file = `${cache}/distributed-${process.pid}.mjs`;
  const bundle = await rolldown({ input: 'bench/distributed.ts', platform: 'node', external: /^[^./]/ });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  const ranks = ['-n', options.ranks, process.execPath, file, ...process.argv.slice(2)];
  const { status } = spawnSync('mpirun', ['--allow-run-as-root', ...ranks], { stdio: 'inherit' });
  rmSync(file);
  process.exitCode = status ?? 1;
}

async function measure(): Promise<void> {
  const { communicator, end } = await openRanks({ env: process.env, timeoutSeconds: 1800 });
  const { rank, size } = communicator;
  const { family: architecture, config, weights: found } = loadModelFolder(folder);
  const tokenizer = await loadTokenizer(folder);
  const { examples, labels } = await loadDataset(data);
  const numLabels = labels.length;
  const { store } = createTrainableModel({
    ...{ architecture, config, head: 'classifier', numLabels, found, seed: 1, decayAll: false },
  });
  const runtime = { numThreads: 1 };
  const trainStep = await createStep(
    { architecture, config, numLabels, store, runtime, seed: 1 },
    { name: options.strategy as StrategyName },
  );
  const plan = planSteps(everyEpoch(encodeExamples(examples, { tokenizer, maxLength: 128 })), {
    ...{ seed: 1, shuffle: true, padId: tokenizer.padId },
    ...{ perDeviceTrainBatchSize: batchSize, gradientAccumulationSteps: batches },
  });
  const parts = { count: size, communicator };
  const sum = createGradientSum(store, parts);
  const times: { step: number; all: number; waited: number; summed: number }[] = [];
  for (let step = 0; step < rounds; step++) {
    const planned = await plan.batchesOf(step);
    const update = () => store.step({ lr: 1e-5, step: step + 1 });
    await communicator.allGather(new Uint8Array());

    const began = performance.now();
    const metrics = [];
    for (const [place, batch] of planned.entries()) {
      metrics.push(partOf(place, size) === rank ? await trainStep.take(batch) : undefined);
    }
    const own = performance.now();
    await shareMetrics(metrics, parts);
    const together = performance.now();
    await sum.finish();
    const summed = performance.now();
    update();
    const whole = performance.now() - began;

    // The weights of the ranks must stay alike: the same step again by itself, its gradients thrown away.
    const alone = await communicator.fromLeader(async () => {
      const start = performance.now();
      for (const batch of planned) await trainStep.take(batch);
      const seconds = performance.now() - start;
      for (const buffer of store.gradientBuffers) buffer.fill(0);
      return seconds;
    });
    const optimizer = whole - (summed - began);
    times.push({ step: whole, all: alone + optimizer, waited: together - own, summed: summed - together });
  }
  if (rank === 0) {
    const median = (of: (one: (typeof times)[number]) => number): number => {
      const sorted = times
        .slice(2)
        .map(of)
        .sort((a, b) => a - b);
      return Number(sorted[Math.floor(sorted.length / 2)]!.toFixed(1));
    };
    const [ofRanks, ofOne, summed] = [median((t) => t.step), median((t) => t.all), median((t) => t.summed)];
    process.stdout.write(
      `${JSON.stringify({
        ...{ strategy: options.strategy, ranks: size, batchSize, batches, rounds },
        ...{ msOnOne: ofOne, msOnRanks: ofRanks, speedup: Number((ofOne / ofRanks).toFixed(2)) },
        ...{
          msWaited: median((t) => t.waited),
          msSummed: summed,
          shareOfSum: Number((summed / ofRanks).toFixed(3)),
        },
      })}\n`,
    );
  }
  await trainStep.release();
  end('with the others');
}
