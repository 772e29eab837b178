import { describe, expect, it } from 'vitest';
import { createVdaFeeds } from '../../../src/strategies/vda/feeds.ts';
import type { VdaOptions } from '../../../src/strategies/vda/options.ts';
import { tinyTokenizer } from '../../training/tiny-model.ts';
import { batchOf, candidatesFor, frozenMaskedLm, logit, oracle, stepOf, takeOne } from '../tiny-step.ts';

const noisy: VdaOptions = { ...logit, noiseStd: 1 };
const { specialIds } = tinyTokenizer;

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!));

function expectSameGradients(
  a: Readonly<Record<string, ArrayLike<number>>>,
  b: Readonly<Record<string, ArrayLike<number>>>,
): void {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, values] of Object.entries(a)) {
    const norm = Math.hypot(...Array.from(values));
    expect(distance(values, b[name]!), name).toBeLessThan(1e-5 * norm + 1e-7);
  }
}

async function feedsOf(options: VdaOptions, { epoch = 0, rows = [0, 1, 2], length = 9, seed = 1 } = {}) {
  const candidatesOf = await candidatesFor(options);
  const feeds = createVdaFeeds({ options, sources: { specialIds, candidatesOf }, seed });
  return feeds(batchOf({ rows, length, epoch }));
}

describe('vda', () => {
  it('is plain training when λ is 0', async () => {
    const [plain, vda] = [await takeOne(null), await takeOne({ ...noisy, lambda: 0 })];
    expect(vda.metrics.loss).toBeCloseTo(plain.metrics.loss, 6);
    expect(vda.metrics.reg).toBeGreaterThan(0.01);
    expectSameGradients(vda.gradients, plain.gradients);
  });

  it('gives with k equal samples what one gives', async () => {
    const one = await takeOne(logit);
    const four = await takeOne({ ...logit, numVirtual: 4 });
    expect(four.metrics.reg).toBeCloseTo(one.metrics.reg, 6);
    expectSameGradients(four.gradients, one.gradients);
  });

  it('has no regulariser where the virtual text is the original', async () => {
    const { metrics } = await takeOne({ ...noisy, interpolation: 1 });
    expect(metrics.reg).toBeCloseTo(0, 9);
    expect(metrics.loss).toBe(metrics.ce);
  });

  it('averages over texts, whatever else is in the batch and however it is padded', async () => {
    const options = { ...noisy, numVirtual: 2 };
    const { takeStep } = await stepOf(options);
    const together = await takeStep(batchOf());
    const alone = [];
    for (const row of [0, 1, 2]) alone.push(await takeStep(batchOf({ rows: [row], length: 12 })));
    for (const figure of ['loss', 'ce', 'reg'] as const) {
      expect(together[figure]).toBeCloseTo(alone.reduce((sum, m) => sum + m[figure], 0) / 3, 5);
    }
    const reordered = await takeStep(batchOf({ rows: [2, 0, 1] }));
    expect(reordered.reg).toBeCloseTo(together.reg, 6);
  });

  it('adds each batch’s part to the gradients', async () => {
    const whole = await takeOne(noisy);
    const { takeStep, gradients } = await stepOf(noisy);
    await takeStep(batchOf({ rows: [0, 1], weight: 2 / 3 }));
    await takeStep(batchOf({ rows: [2], weight: 1 / 3 }));
    expectSameGradients(gradients(), whole.gradients);
  });

  it.each<Partial<VdaOptions>>([
    {},
    { mixture: 'paper', noiseStd: 0.05 },
    { embeddingTable: 'mlm' },
    { mixture: 'mean', embeddingTable: 'mlm' },
  ])('never changes the masked LM (%j)', async (changes) => {
    const maskedLm = frozenMaskedLm();
    const { takeStep } = await stepOf({ ...noisy, ...changes }, { maskedLm });
    for (let step = 0; step < 2; step++) await takeStep(batchOf({ step }));
    for (const [name, { data }] of Object.entries(frozenMaskedLm().weights))
      expect(maskedLm.weights[name]!.data, name).toEqual(data);
  });

  it('draws other noise in another epoch or under another seed, and the same again', async () => {
    const { takeStep } = await stepOf(noisy, { seed: 1 });
    const { reg: first } = await takeStep(batchOf({ epoch: 0 }));
    const { reg: second } = await takeStep(batchOf({ epoch: 1 }));
    const { reg: again } = await takeStep(batchOf({ epoch: 0 }));
    const { metrics } = await takeOne(noisy, { batch: batchOf({ epoch: 0 }), seed: 2 });
    expect(again).toBe(first);
    expect(Math.abs(second - first)).toBeGreaterThan(1e-4);
    expect(Math.abs(metrics.reg - first)).toBeGreaterThan(1e-4);
  });
});

describe('departures of the published code', () => {
  it('scales the regulariser by 0.5 / C', async () => {
    const [paper, official] = [await takeOne(noisy), await takeOne({ ...noisy, officialCode: true })];
    expect(official.metrics.reg).toBeCloseTo((paper.metrics.reg * 0.5) / 3, 7);
    expect(official.metrics.loss).toBeCloseTo(official.metrics.ce + logit.lambda * official.metrics.reg, 6);
  });

  it.each([
    [true, 'leaves the classifier’s dropout out on virtual texts'],
    [false, 'is not followed: the default drops there too'],
  ])('officialCode %s %s', async (officialCode) => {
    const options: VdaOptions = { ...logit, consistency: 'ce', officialCode };
    const { takeStep } = await stepOf(options, { classifierDropout: 0.5 });
    const [first, second] = [await takeStep(batchOf({ step: 0 })), await takeStep(batchOf({ step: 1 }))];
    expect(Math.abs(first.ce - second.ce)).toBeGreaterThan(1e-3);
    if (officialCode) expect(second.reg).toBeCloseTo(first.reg, 6);
    else expect(Math.abs(first.reg - second.reg)).toBeGreaterThan(1e-3);
  });
});

describe('createVdaFeeds', () => {
  it('mixes neither special tokens nor padding, unless told', async () => {
    const { mixed } = await feedsOf(logit);
    const words = oracle.ids.flat().map((id) => (specialIds.has(id) ? 0 : 1));
    expect([...(mixed!.data as Uint8Array)]).toEqual(words);
    expect(words.filter((word) => word === 0)).toHaveLength(7 + 6); // 3 [CLS], 4 [SEP]; 4 + 2 padding
    const all = await feedsOf({ ...logit, mixSpecialTokens: true });
    expect(all.mixed!.data).toEqual(new Uint8Array(27).fill(1));
  });

  it('gives the candidates of each position as indices into the distinct ones, best first', async () => {
    const { candidates, distinct, logProbs } = await feedsOf(logit);
    const tokens = Array.from(distinct!.data as BigInt64Array, Number);
    expect(new Set(tokens).size).toBe(tokens.length);
    const source = await candidatesFor(logit);
    const { ids, logProbs: expected } = source(oracle.exampleIds[1]!); // 5 tokens, in row 1
    const start = 9 * logit.topK;
    const cells = candidates!.data as BigInt64Array;
    const row = Array.from(cells.slice(start, start + ids.length), (i) => tokens[Number(i)]);
    expect(row).toEqual([...ids]);
    expect([...logProbs!.data.slice(start, start + ids.length)]).toEqual([...expected]);
    expect([...expected.subarray(0, logit.topK)]).toEqual(
      [...expected.subarray(0, logit.topK)].sort((a, b) => b - a),
    );
  });

  it('never offers the original with excludeOriginal, yet K candidates', async () => {
    const options = { ...logit, topK: 49, excludeOriginal: true }; // all 50 tokens but one
    const { candidates, distinct } = await feedsOf(options, { rows: [0] });
    const tokens = Array.from(distinct!.data as BigInt64Array, Number);
    for (const [position, original] of oracle.ids[0]!.entries()) {
      const own = (candidates!.data as BigInt64Array).slice(position * 49, (position + 1) * 49);
      const offered = Array.from(own, (i) => tokens[Number(i)]);
      expect(new Set(offered).size).toBe(49);
      expect(offered).not.toContain(original);
    }
  });

  it('picks with “sample” by the candidates’ probabilities', async () => {
    const options: VdaOptions = { ...logit, mixture: 'sample', topK: 4, numVirtual: 400 };
    const { picked } = await feedsOf(options, { rows: [0] });
    const { ids, logProbs } = (await candidatesFor(options))(oracle.exampleIds[0]!);
    const position = 3;
    const drawn = Array.from({ length: 400 }, (_, sample) => Number(picked!.data[sample * 9 + position]));
    const four = [...ids.subarray(position * 4, position * 4 + 4)];
    const p = [...logProbs.subarray(position * 4, position * 4 + 4)].map(Math.exp);
    const total = p.reduce((sum, value) => sum + value, 0);
    const chiSquared = four.reduce((sum, id, i) => {
      const expected = (400 * p[i]!) / total;
      return sum + (drawn.filter((token) => token === id).length - expected) ** 2 / expected;
    }, 0);
    expect(drawn.every((token) => four.includes(token))).toBe(true);
    expect(chiSquared).toBeLessThan(16.27); // 0.999 quantile for 3 degrees of freedom; the seed is fixed
  });

  it('picks anew in each epoch and sample, but not with the batch', async () => {
    const options: VdaOptions = { ...logit, mixture: 'sample', numVirtual: 2 };
    const picksOf = async (p: Parameters<typeof feedsOf>[1]) =>
      Array.from((await feedsOf(options, p)).picked!.data, Number);
    const together = await picksOf({});
    expect(together.slice(0, 27)).not.toEqual(together.slice(27));
    expect(await picksOf({ epoch: 1 })).not.toEqual(together);
    const alone = await picksOf({ rows: [2], length: 7 });
    expect(alone.slice(0, 7)).toEqual(together.slice(18, 25));
    expect(alone.slice(7)).toEqual(together.slice(45, 52));
  });
});
