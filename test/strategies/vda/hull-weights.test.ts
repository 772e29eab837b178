import { describe, expect, it } from 'vitest';
import { hullWeights } from '../../../src/strategies/vda/hull-weights.ts';
import { hullsOf } from '../../../src/strategies/vda/hulls.ts';
import type { AscentPass } from '../../../src/strategies/vda/inputs.ts';
import type { SubstituteMixture, VdaOptions } from '../../../src/strategies/vda/options.ts';
import { tinyTokenizer } from '../../training/tiny-model.ts';
import { batchOf } from '../tiny-step.ts';
import { oracle, substitutes } from './substitutes-oracle.ts';

const { specialIds } = tinyTokenizer;
const sources = { specialIds, ...substitutes };
const base = oracle.cases.adversarial!.vda;

/** A loss that rises with every token's number, the same at each place. */
const byNumber: AscentPass = async (_, { hulls }) => ({
  loss: 0,
  projections: Float32Array.from(hulls.tokens),
});

async function weightsOf(
  options: Partial<VdaOptions> & { readonly mixture: SubstituteMixture },
  p: Parameters<typeof batchOf>[0] & { readonly sample?: number; readonly seed?: number } = {},
) {
  const { sample = 0, seed = 1, ...rest } = p;
  const batch = batchOf(rest);
  const hulls = hullsOf(batch, sources);
  const vda = { options: { ...base, ...options }, sources, ascent: byNumber };
  const weights = await hullWeights(vda, { batch, hulls, sample, seed });
  const at = (place: number) => [...weights.subarray(place * hulls.width, (place + 1) * hulls.width)];
  const places = Array.from({ length: hulls.rows * hulls.length }, (_, place) => place);
  return { hulls, at, places, mixed: places.filter((place) => at(place)[0]! < 1) };
}

describe('hulls', () => {
  it('have the token itself first, then its substitutes, and count tokens that are not special', () => {
    const hulls = hullsOf(batchOf(), sources);
    const ids = Array.from(batchOf().ids.data as BigInt64Array, Number);
    for (const [place, count] of hulls.counts.entries()) {
      const own = [...hulls.tokens.subarray(place * hulls.width, place * hulls.width + count)];
      expect(own).toEqual([ids[place], ...(oracle.substitutes[ids[place]!] ?? [])]);
    }
    expect(hulls.sizes).toEqual([6, 3, 5]); // of 9, 5 and 7 tokens, less [CLS] and the one or two [SEP]
  });
});

const all = { mixAllPositions: true } as const;

describe.each<SubstituteMixture>(['adversarial', 'random', 'rarest', 'centre'])('mixture %s', (mixture) => {
  it('has weights that sum to 1, and mixes nothing that has no substitutes', async () => {
    for (const options of [{}, all, { hullTemperature: 0.5 }, { dirichletAlpha: 0.3 }]) {
      const { at, places, hulls } = await weightsOf({ mixture, ...options });
      for (const place of places) {
        expect(at(place).reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 6);
        if (hulls.counts[place] === 1) expect(at(place)[0]).toBe(1);
      }
    }
  });

  it('keeps to the budget, which each text draws from 0 to its most', async () => {
    const counts = [];
    for (let epoch = 0; epoch < 40; epoch++) {
      const { mixed, hulls } = await weightsOf({ mixture, virtualBudget: 0.5 }, { epoch });
      const ofRow = hulls.sizes.map(
        (_, row) => mixed.filter((place) => Math.floor(place / 9) === row).length,
      );
      for (const [row, size] of hulls.sizes.entries())
        expect(ofRow[row]).toBeLessThanOrEqual(Math.round(size / 2));
      counts.push(ofRow[0]!);
    }
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3])); // of 6 tokens
    expect((await weightsOf({ mixture, virtualBudget: 0 })).mixed).toEqual([]);
  });

  it('depends on neither batch nor padding, but on the epoch, the sample and the seed', async () => {
    const ask = async (p: Parameters<typeof weightsOf>[1]) => {
      const { at, places, hulls } = await weightsOf({ mixture, virtualBudget: 1 }, p);
      return places.map((place) => at(place).slice(0, hulls.counts[place]).join());
    };
    const together = await ask({});
    const alone = await ask({ rows: [2], length: 12 });
    expect(alone.slice(0, 7)).toEqual(together.slice(18, 25));
    for (const key of ['epoch', 'sample', 'seed']) {
      const others = [];
      for (const value of [2, 3, 4, 5, 6, 7]) others.push(String(await ask({ [key]: value })));
      expect(new Set(others).size, key).toBeGreaterThan(1);
    }
    expect(await ask({})).toEqual(together);
  });
});

describe('where the weight goes', () => {
  it('adversarial: to the substitute that raises the loss most, and the budget where it does', async () => {
    const { at, places, hulls } = await weightsOf({ mixture: 'adversarial', ...all });
    for (const place of places) {
      const own = [...hulls.tokens.subarray(place * hulls.width, place * hulls.width + hulls.counts[place]!)];
      expect(at(place).indexOf(1)).toBe(own.indexOf(Math.max(...own)));
    }
    const few = await weightsOf({ mixture: 'adversarial', virtualBudget: 0.4 }, { epoch: 3 });
    const gain = (place: number) => {
      const own = hulls.tokens.subarray(place * hulls.width, (place + 1) * hulls.width);
      return Math.max(...own) - own[0]!;
    };
    expect(few.mixed.length).toBeGreaterThan(0);
    for (const place of few.mixed) {
      const row = places.filter((other) => Math.floor(other / 9) === Math.floor(place / 9));
      const left = row.filter((other) => !few.mixed.includes(other)).map(gain);
      expect(gain(place)).toBeGreaterThanOrEqual(Math.max(...left));
    }
  });

  it('adversarial: to the vertex as the temperature falls', async () => {
    const vertex = await weightsOf({ mixture: 'adversarial', ...all, startRate: 0 });
    const apart = async (hullTemperature: number) => {
      const near = await weightsOf({ mixture: 'adversarial', ...all, startRate: 0, hullTemperature });
      return Math.max(
        ...vertex.mixed.map((place) => Math.abs(near.at(place)[vertex.at(place).indexOf(1)]! - 1)),
      );
    };
    expect(await apart(1e-4)).toBeLessThan(0.01);
    expect(await apart(10)).toBeGreaterThan(0.5);
  });

  it('random: to a substitute at random, each as often, and never to the token; with Dirichlet, to several', async () => {
    const position = 1; // of text 0
    const seen = new Map<number, number>();
    for (let epoch = 0; epoch < 400; epoch++) {
      const { at } = await weightsOf({ mixture: 'random', ...all }, { epoch, rows: [0] });
      const j = at(position).indexOf(1);
      seen.set(j, (seen.get(j) ?? 0) + 1);
    }
    const { hulls, at } = await weightsOf({ mixture: 'random', ...all, dirichletAlpha: 1 });
    const others = hulls.counts[position]! - 1;
    expect([...seen.keys()].sort()).toEqual(Array.from({ length: others }, (_, j) => j + 1));
    for (const count of seen.values())
      expect(Math.abs(count - 400 / others)).toBeLessThan(4 * Math.sqrt(400 / others));
    expect(at(position)[0]).toBe(0);
    expect(at(position).filter((w) => w > 0)).toHaveLength(others);
  });

  it('rarest: to the candidate that occurs least, unless the token does', async () => {
    const { at, places, hulls } = await weightsOf({ mixture: 'rarest', ...all });
    for (const place of places) {
      const own = [...hulls.tokens.subarray(place * hulls.width, place * hulls.width + hulls.counts[place]!)];
      const counts = own.map((token) => oracle.frequencies[token] ?? 0);
      expect(counts[at(place).indexOf(1)]).toBe(Math.min(...counts));
    }
  });

  it('centre: alike to all candidates', async () => {
    const { at, mixed, hulls } = await weightsOf({ mixture: 'centre', ...all });
    for (const place of mixed) {
      const count = hulls.counts[place]!;
      for (const weight of at(place).slice(0, count)) expect(weight).toBeCloseTo(1 / count, 6);
    }
    expect(mixed.length).toBe([...hulls.counts].filter((count) => count > 1).length);
  });
});
