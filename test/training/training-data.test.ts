import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EncodedExamples, everyEpoch } from '../../src/augmentation/epoch-texts.ts';
import { type BatchOptions, planSteps } from '../../src/training/training-data.ts';

/** Texts of the given lengths; the tokens of text i are all 100 + i, its class i mod 2. */
const textsOf = (lengths: readonly number[]): EncodedExamples => ({
  examples: lengths.map((_, id) => ({ id, text: '', label: id % 2 })),
  encodings: lengths.map((length, i) => {
    const none = new Array<number>(length).fill(-1);
    const [ids, typeIds] = [none.map(() => 100 + i), none.map(() => 0)];
    return { ids, typeIds, wordIds: none, textIds: none, truncated: false };
  }),
  truncated: 0,
});

const epochsOf = (lengths: readonly number[]) => everyEpoch(textsOf(lengths));

const options: BatchOptions = {
  seed: 3,
  shuffle: true,
  perDeviceTrainBatchSize: 4,
  gradientAccumulationSteps: 1,
  padId: 0,
};
const lengths = [5, 2, 9, 4, 4, 7, 3, 8, 6, 2, 5];
const idsOf = async (plan: ReturnType<typeof planSteps>, step: number) =>
  (await plan.batchesOf(step)).flatMap(({ exampleIds }) => exampleIds);

describe('planSteps', () => {
  it('visits each example once an epoch, with weights that add up to 1', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (sizes, perDeviceTrainBatchSize, gradientAccumulationSteps, shuffle) => {
          const plan = planSteps(epochsOf(sizes), {
            ...options,
            perDeviceTrainBatchSize,
            gradientAccumulationSteps,
            shuffle,
          });
          for (const epoch of [0, 1]) {
            const seen: number[] = [];
            for (let step = epoch * plan.stepsPerEpoch; step < (epoch + 1) * plan.stepsPerEpoch; step++) {
              const batches = await plan.batchesOf(step);
              expect(batches.length).toBeLessThanOrEqual(gradientAccumulationSteps);
              expect(batches.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
              const labels = batches.flatMap((batch) => [...batch.labels.data].map(Number));
              for (const { stepLabels } of batches) expect(stepLabels).toEqual(labels);
              for (const { exampleIds, epoch: its, step: own } of batches) {
                expect(exampleIds.length).toBeLessThanOrEqual(perDeviceTrainBatchSize);
                expect([its, own]).toEqual([epoch, step]);
                seen.push(...exampleIds);
              }
            }
            expect(seen.sort((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
          }
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it('depends on seed and step alone, whatever was asked before', async () => {
    const inOrder = planSteps(epochsOf(lengths), options);
    const expected: number[][] = [];
    for (let step = 0; step < 9; step++) expected.push(await idsOf(inOrder, step));
    const atRandom = planSteps(epochsOf(lengths), options);
    for (const step of [7, 0, 8, 3, 3, 1]) {
      expect(await idsOf(atRandom, step)).toEqual(expected[step]);
    }
    const other = planSteps(epochsOf(lengths), { ...options, seed: 4 });
    expect([...(await idsOf(other, 0)), ...(await idsOf(other, 1)), ...(await idsOf(other, 2))]).not.toEqual(
      expected.slice(0, 3).flat(),
    );
    expect(expected.slice(0, 3).flat()).not.toEqual(expected.slice(3, 6).flat());
  });

  it('takes file order without shuffle', async () => {
    const plan = planSteps(epochsOf(lengths), { ...options, shuffle: false });
    expect(await Promise.all([0, 1, 2, 3].map((step) => idsOf(plan, step)))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10],
      [0, 1, 2, 3],
    ]);
  });

  it('takes the same examples in a step however they are cut into batches', async () => {
    const whole = planSteps(epochsOf(lengths), options);
    const single = { ...options, perDeviceTrainBatchSize: 1, gradientAccumulationSteps: 4 };
    const cut = planSteps(epochsOf(lengths), single);
    expect(cut.stepsPerEpoch).toBe(whole.stepsPerEpoch);
    for (let step = 0; step < 6; step++) expect(await idsOf(cut, step)).toEqual(await idsOf(whole, step));
  });

  it('pads to the batch’s longest text, or to a given length', async () => {
    const plan = planSteps(epochsOf([2, 3]), { ...options, shuffle: false });
    const [batch] = await plan.batchesOf(0);
    expect(batch!.ids.shape).toEqual([2, 3]);
    expect([...(batch!.ids.data as BigInt64Array)].map(Number)).toEqual([100, 100, 0, 101, 101, 101]);
    expect([...(batch!.attentionMask.data as BigInt64Array)].map(Number)).toEqual([1, 1, 0, 1, 1, 1]);
    expect([...(batch!.labels.data as BigInt64Array)].map(Number)).toEqual([0, 1]);
    const padded = planSteps(epochsOf([2, 3]), { ...options, padTo: 6 });
    expect((await padded.batchesOf(0))[0]!.ids.shape).toEqual([2, 6]);
  });
});
