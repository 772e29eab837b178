import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Communicator } from '../../src/distributed/communicator.ts';
import { lastCheckpoint, readState } from '../../src/runs/checkpoint.ts';
import { readRunRecord } from '../../src/runs/run-folder.ts';
import type { StrategyChoice } from '../../src/strategies/index.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { createGradientSum, partOf, partsOfRank } from '../../src/training/gradient-sum.ts';
import { partsOfRun } from '../../src/training/parts-of-run.ts';
import type { TrainOptions } from '../../src/training/train-options.ts';
import { onMemoryRanks } from '../distributed/memory-ranks.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from './runs.ts';
import { noisyVda, tinyDataset, tinyFineTune } from './tiny-fine-tune.ts';
import { writeTinyModel } from './tiny-model.ts';
import { quietHooks, toyStore } from './toy-run.ts';

const modelFolder = writeTinyModel(mkdtempSync(join(tmpdir(), 'vda-test-')));
afterAll(() => rmSync(modelFolder, { recursive: true }));

const modelBytes = (folder: string) => readFileSync(join(folder, 'model.safetensors'));

/** Steps of four batches of one text; the last step of an epoch has two. */
const shared = { perDeviceTrainBatchSize: 1, gradientAccumulationSteps: 4 } as const;

interface Run {
  readonly options?: Partial<TrainOptions>;
  readonly outputDir?: string;
  readonly resumeFrom?: string;
  readonly stopAfter?: number;
}

const trained = async (ranks: number, { options, outputDir = temporaryFolder(), ...rest }: Run = {}) => {
  const results = await onMemoryRanks(ranks, (communicator) =>
    tinyFineTune({
      ...{ modelFolder, outputDir, ...rest },
      options: { ...shared, ...options },
      ...(ranks > 1 && { communicator }),
    }),
  );
  return { outputDir, results, ...results[0]! };
};

/** The largest relative difference of any figure of any step. */
function largestDifference(a: string, b: string): number {
  const [one, other] = [metricsOf(a), metricsOf(b)];
  expect(other.map(Object.keys)).toEqual(one.map(Object.keys));
  const each = one.flatMap((line, i) =>
    Object.entries(line).map(([name, value]) =>
      value === other[i]![name] ? 0 : Math.abs(value - other[i]![name]!) / Math.abs(value),
    ),
  );
  return Math.max(...each);
}

describe('training on several ranks', () => {
  const options = { maxSteps: 12, numTrainEpochs: 99 }; // four epochs; docs/distributed.md has 50 steps
  it.each<
    readonly [
      string,
      { readonly strategy?: StrategyChoice; readonly vda?: VdaOptions } & Partial<TrainOptions>,
    ]
  >([
    ['plainly, classes weighed', { classWeights: [1, 3] }],
    ['with VDA', { vda: noisyVda }],
    ['with FreeLB', { strategy: { name: 'freelb' } }],
    [
      'with SMART, whose teacher follows every step',
      { strategy: { name: 'smart', settings: { bregmanWeight: 1 } } },
    ],
  ])('has the losses of one process to rounding: %s', async (_, own) => {
    const one = await trained(1, { options: { ...options, ...own } });
    const three = await trained(3, { options: { ...options, ...own } }); // of two batches, one rank takes none
    expect(largestDifference(one.outputDir, three.outputDir)).toBeLessThan(1e-5);
    expect(metricsOf(three.outputDir)).toHaveLength(12);
  });

  it('ends in the same bytes each time, and on one rank with the parts of two', async () => {
    const saving = { saveStrategy: 'steps', saveSteps: 2 } as const;
    const [whole, again] = [await trained(2, { options: saving }), await trained(2, { options: saving })];
    expect(modelBytes(again.outputDir)).toEqual(modelBytes(whole.outputDir));
    expect(metricsOf(again.outputDir)).toEqual(metricsOf(whole.outputDir));
    for (const ranks of [1, 2]) {
      const stopped = await trained(2, { options: saving, stopAfter: 3 });
      expect(stopped.results.map(({ result }) => result.interrupted)).toEqual([true, true]);
      const { outputDir } = stopped;
      const resumeFrom = lastCheckpoint(outputDir)!;
      const { said } = await trained(ranks, { options: saving, outputDir, resumeFrom });
      expect(said.filter((line) => line.includes('so far'))).toEqual([]);
      expect(modelBytes(outputDir)).toEqual(modelBytes(whole.outputDir));
      expect(metricsOf(outputDir)).toEqual(metricsOf(whole.outputDir));
    }
  });

  it('goes on from one process, to rounding, and records on how many ranks it was', async () => {
    const saving = { saveStrategy: 'steps', saveSteps: 1, numTrainEpochs: 3 } as const;
    const whole = await trained(1, { options: saving });
    const { outputDir } = await trained(1, { options: saving, stopAfter: 2 });
    expect(readState(lastCheckpoint(outputDir)!).ranks).toBeUndefined();
    const { said } = await trained(4, {
      options: { ...saving },
      outputDir,
      resumeFrom: lastCheckpoint(outputDir)!,
    });
    expect(said).toContainEqual(expect.stringMatching(/^The run was on 1 rank so far, and goes on with 4:/));
    expect(readState(lastCheckpoint(outputDir)!).ranks).toEqual([{ from_step: 2, ranks: 4, parts: 4 }]);
    expect(largestDifference(whole.outputDir, outputDir)).toBeLessThan(1e-5);
    expect(readRunRecord(outputDir)!.ranks).toBeUndefined();
    const begunOnTwo = await trained(2, { options: { maxSteps: 1 } });
    expect(readRunRecord(begunOnTwo.outputDir)!.ranks).toBe(2);
  });

  it('evaluates, keeps the best and attacks on rank 0, for all', async () => {
    const options: Partial<TrainOptions> = {
      ...({ evalStrategy: 'epoch', loadBestModelAtEnd: true, saveStrategy: 'epoch' } as const),
      ...({ adaExamples: 3, adaRecipe: 'a2t', vda: noisyVda } as const),
    };
    const run = (ranks: number, outputDir = temporaryFolder()) =>
      onMemoryRanks(ranks, (communicator) =>
        tinyFineTune({
          ...{ modelFolder, outputDir, validation: tinyDataset, communicator },
          options: { ...shared, ...options },
        }),
      ).then((results) => ({ results, outputDir }));
    const [one, two] = [await run(1), await run(2)];
    const [first, second] = two.results;
    expect(second!.result).toEqual(first!.result);
    expect(second!.said).toEqual([]);
    expect(first!.said).toEqual(one.results[0]!.said);
    const { loss, ...counts } = one.results[0]!.result.evaluation!;
    expect(first!.result.evaluation).toEqual({ ...counts, loss: expect.closeTo(loss, 5) });
    expect(largestDifference(one.outputDir, two.outputDir)).toBeLessThan(1e-5);
  });

  it('stops all ranks after the same step, whichever is asked to', async () => {
    const outputDir = temporaryFolder();
    const controller = new AbortController();
    const results = await onMemoryRanks(2, (communicator: Communicator) => {
      if (communicator.rank === 0)
        return tinyFineTune({ modelFolder, outputDir, options: shared, communicator });
      controller.abort(new DOMException('interrupted by SIGTERM', 'AbortError'));
      const signalled = { ...quietHooks().hooks, signal: controller.signal };
      return tinyFineTune({ modelFolder, outputDir, options: shared, communicator, hooks: signalled });
    });
    expect(results.map(({ result }) => [result.interrupted, result.steps])).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect(lastCheckpoint(outputDir)).toBe(join(outputDir, 'checkpoint-1'));
  });
});

describe('ranks that do not fit together', () => {
  const messages = async (
    ranks: number,
    optionsOf: (rank: number) => Partial<TrainOptions>,
    outputDir?: string,
  ) =>
    onMemoryRanks(ranks, (communicator) =>
      tinyFineTune({
        ...{ modelFolder, outputDir: outputDir ?? temporaryFolder(), communicator },
        options: { ...shared, ...optionsOf(communicator.rank) },
      }).then(
        () => 'trained',
        (thrown: Error) => thrown.message,
      ),
    );

  it('are refused by what differs, all of them', async () => {
    const outputDir = temporaryFolder();
    const found = await messages(3, (rank) => (rank === 1 ? { learningRate: 0.5 } : {}), outputDir);
    expect(new Set(found).size).toBe(1);
    expect(found[0]).toMatch(
      /^Rank 1 \(\S+\) does not train what rank 0 \(\S+\) trains: training\.learningRate: 0\.001 on rank 0, 0\.5 on rank 1\. Start all ranks/,
    );
    expect(lastCheckpoint(outputDir)).toBeUndefined();
  });

  it('are refused where they do not share the folder', { timeout: 60_000 }, async () => {
    const found = await messages(2, () => ({})); // a folder for each
    expect(found[0]).toMatch(
      /is not one folder for all ranks: what rank 0 \(\S+\) writes there, rank 1 \(\S+\) does not see\. Give outputDir a folder/,
    );
    expect(found[1]).toMatch(/is not one folder for all ranks/);
  });

  it('are refused where a step has no batch for each', async () => {
    expect((await messages(3, () => ({ gradientAccumulationSteps: 2 }), temporaryFolder()))[0]).toBe(
      'A step has 2 batches of 1 texts for 3 ranks, which share whole batches: a rank would have none. perDeviceTrainBatchSize 1 with gradientAccumulationSteps 3 is a step of about as many texts, with a batch for each. Or start fewer ranks.',
    );
    const few = { perDeviceTrainBatchSize: 8, gradientAccumulationSteps: 4 };
    expect((await messages(3, () => few, temporaryFolder()))[0]).toMatch(
      /^10 texts make a step of 2 batches of 8 texts for 3 ranks/,
    );
  });

  it('are told where some take more batches than others', async () => {
    const { said } = await trained(3, { options: { maxSteps: 1 } });
    expect(said).toContainEqual(
      'A step has 4 batches for 3 ranks: some take 2, and the others wait for them. A multiple of 3 would keep all at work.',
    );
  });
});

describe('the parts of a step', () => {
  it('get short batches and long ones in turn, and each rank its own in a row', () => {
    expect(Array.from({ length: 10 }, (_, place) => partOf(place, 3))).toEqual([
      0, 1, 2, 2, 1, 0, 0, 1, 2, 2,
    ]);
    const communicator = { rank: 1, size: 2 } as Communicator;
    expect(partsOfRank({ count: 6, communicator })).toEqual([3, 4, 5]);
  });

  it('stay what they were where the ranks can share them evenly', () => {
    const state = readStateOf([{ from_step: 0, ranks: 4, parts: 4 }]);
    expect(partsOfRun(state, 2)).toMatchObject({
      parts: 4,
      state: { ranks: [{}, { from_step: 8, ranks: 2, parts: 4 }] },
    });
    expect(partsOfRun(state, 4)).toEqual({ parts: 4, state });
    expect(partsOfRun(state, 3)).toMatchObject({
      parts: 3,
      remark: expect.stringContaining('4 ranks so far'),
    });
  });

  it('of one process are none, and cost no memory', async () => {
    const store = toyStore();
    store.write('w', { part: 'gradients', values: Float32Array.of(3, 4) });
    const never = () => Promise.reject(new Error('nothing to add up'));
    const communicator = { rank: 0, size: 1, allReduceSum: never } as unknown as Communicator;
    await createGradientSum(store, { count: 1, communicator }).finish();
    expect([...store.read('w', 'gradients').data]).toEqual([3, 4]);
  });
});

const readStateOf = (ranks: readonly { from_step: number; ranks: number; parts: number }[]) => ({
  ...{ global_step: 8, max_steps: 9, epoch: 1, best_metric: null, best_model_checkpoint: null },
  ...{ log_history: [], seed: 1, metrics_bytes: 0, ranks },
});
