import { describe, expect, it } from 'vitest';
import { families } from '../../../src/models/families.ts';
import { withDropout } from '../../../src/models/with-dropout.ts';
import { loadModelFolder } from '../../../src/pretrained/model-folder.ts';
import { createTrainableModel } from '../../../src/strategies/trainable-model.ts';
import { compileAscent } from '../../../src/strategies/vda/ascent.ts';
import { entropySlope, hullSoftmax, lossSlope } from '../../../src/strategies/vda/climb-hulls.ts';
import { type Hulls, hullsOf } from '../../../src/strategies/vda/hulls.ts';
import { batchOf, setupOf } from '../tiny-step.ts';
import { substitutes } from './substitutes-oracle.ts';

/** Logits u, by position and candidate, that no rule made. */
const logitsFor = (hulls: Hulls) =>
  Float64Array.from({ length: hulls.counts.length * hulls.width }, (_, i) => Math.sin(3 * i));

/** A family's tiny model, its token ids 5 to 39 read as words. */
function tinyOf(name: string) {
  const folder = new URL(`../../fixtures/models/tiny-${name}`, import.meta.url).pathname;
  const { family: architecture, config: stored, weights: found } = loadModelFolder(folder);
  const { store } = createTrainableModel({
    ...{ architecture, config: stored, head: 'classifier', numLabels: 3, found, seed: 1 },
  });
  return { architecture, config: stored, numLabels: 3, store, runtime: { numThreads: 1 }, seed: 1 };
}

const sources = {
  specialIds: new Set([0, 1, 2, 3, 4]),
  substitutesOf: (_: number, ids: ArrayLike<number>) =>
    Array.from(ids, (id) => (id < 5 ? [] : [5 + ((id + 7) % 30), 5 + ((id + 11) % 30)])),
};

describe.each(Object.keys(families))('the ascent of a %s', (name) => {
  it('has the slope of the loss along the logits of the weights, by central differences', async () => {
    const { pass, release } = await compileAscent(tinyOf(name));
    const ids = batchOf().ids;
    const batch = { ...batchOf(), ids: { ...ids, data: (ids.data as BigInt64Array).map((id) => id % 35n) } };
    const hulls = hullsOf(batch, sources);
    const h = 0.02;
    const logits = logitsFor(hulls);
    const lossAt = async (u: Float64Array) =>
      (await pass(batch, { hulls, weights: hullSoftmax(hulls, u) })).loss;
    const weights = hullSoftmax(hulls, logits);
    const { projections } = await pass(batch, { hulls, weights });
    const slope = lossSlope(hulls, { weights, projections }).map((s, i) => s * weights[i]!);
    const largest = Math.max(...slope.map(Math.abs));
    const places = [...slope.keys()].filter((i) => hulls.counts[Math.floor(i / hulls.width)]! > 1);
    for (const i of places.filter((_, n) => n % 3 === 0)) {
      const moved = (by: number) => logits.map((u, j) => (j === i ? u + by : u));
      const difference = ((await lossAt(moved(h))) - (await lossAt(moved(-h)))) / (2 * h);
      expect(Math.abs(difference - slope[i]!), `u ${i}`).toBeLessThan(0.02 * largest);
    }
    await release();
  });
});

it('the slope of the entropy is that of central differences', () => {
  const hulls = hullsOf(batchOf(), { specialIds: new Set(), ...substitutes });
  const h = 1e-3;
  const logits = logitsFor(hulls);
  const entropyAt = (u: Float64Array) =>
    hullSoftmax(hulls, u).reduce((sum, w) => sum - (w > 0 ? w * Math.log(w) : 0), 0);
  const weights = hullSoftmax(hulls, logits);
  const slope = entropySlope(hulls, weights).map((s, i) => s * weights[i]!);
  for (let i = 0; i < slope.length; i++) {
    const moved = (by: number) => logits.map((u, j) => (j === i ? u + by : u));
    expect((entropyAt(moved(h)) - entropyAt(moved(-h))) / (2 * h)).toBeCloseTo(slope[i]!, 3);
  }
});

it('adds nothing to the gradients of weights, and drops nothing', async () => {
  const { setup, store } = setupOf({ classifierDropout: 0.5 });
  const { pass, release } = await compileAscent({ ...setup, config: withDropout(setup.config, 0.5) });
  const hulls = hullsOf(batchOf(), { specialIds: new Set(), ...substitutes });
  const weights = hullSoftmax(hulls, logitsFor(hulls));
  const [first, second] = [
    await pass(batchOf({ step: 0 }), { hulls, weights }),
    await pass(batchOf({ step: 1 }), { hulls, weights }),
  ];
  expect(second.loss).toBe(first.loss);
  expect(second.projections).toEqual(first.projections);
  for (const buffer of store.gradientBuffers) expect(buffer.every((g) => g === 0)).toBe(true);
  await release();
});
