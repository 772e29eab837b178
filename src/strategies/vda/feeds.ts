import { randomKey, randomStream } from '../../base/random.ts';
import { int64Tensor, type Tensor, tensor } from '../../base/tensor.ts';
import { multiplyDims } from '../../graph/shape.ts';
import type { ValueType } from '../../graph/value.ts';
import type { TrainBatch } from '../train-batch.ts';
import type { FrozenMaskedLm, TokenCandidates, VdaFeedSources } from './feed-sources.ts';
import { createGaussianNoise, usesNoise } from './gaussian-noise.ts';
import { heaviestTokens, hullFeeds, hullSpecs } from './hull-feeds.ts';
import { hullWeights } from './hull-weights.ts';
import { hullsOf } from './hulls.ts';
import type { VirtualData } from './inputs.ts';
import {
  mixesMaskedLmTable,
  mixesSubstitutes,
  needsMaskedLmLogits,
  readsOf,
  takesVertices,
  type VdaOptions,
} from './options.ts';

/** Stands for the candidates that a position lacks. */
export const noCandidate = -1;

/** What e to the power of is 0 in float32, whatever noise is added: the score of a candidate that there is not. */
const noScore = -1e9;

/** Types of the feeds below. */
export function vdaSpecs({
  options,
  maskedLm,
}: {
  readonly options: VdaOptions;
  readonly maskedLm?: FrozenMaskedLm | undefined;
}): Record<string, ValueType> {
  const { mixture, topK, numVirtual } = options;
  const virtualRows = multiplyDims(numVirtual, 'batch');
  const columns = mixture === 'logit' ? topK : (maskedLm?.config.vocabSize ?? 0);
  const specs: Record<string, ValueType> = { mixed: { dtype: 'bool', shape: ['batch', 'length'] } };
  if (mixture === 'logit') {
    specs.candidates = { dtype: 'int64', shape: ['batch', 'length', topK] };
    specs.logProbs = { dtype: 'float32', shape: ['batch', 'length', topK] };
    specs.distinct = { dtype: 'int64', shape: ['distinct'] };
  }
  if (mixture === 'argmax' || mixture === 'sample' || takesVertices(options))
    specs.picked = { dtype: 'int64', shape: [virtualRows, 'length'] };
  else if (mixesSubstitutes(mixture)) Object.assign(specs, hullSpecs(virtualRows));
  if (usesNoise(options)) specs.noise = { dtype: 'float32', shape: [virtualRows, 'length', columns] };
  if (maskedLm && (needsMaskedLmLogits(mixture) || mixesMaskedLmTable(options))) {
    for (const [name, { dtype, shape }] of Object.entries(maskedLm.weights))
      specs[maskedLmFeed(name)] = { dtype, shape };
  }
  return specs;
}

/** The feed of a weight of the masked LM. */
export const maskedLmFeed = (name: string): string => `mlm:${name}`;

/**
 * What VDA feeds its program for a batch: where to mix, candidates and their log-probabilities (Eq. 2), noise (Eq. 3); or
 * substitutes and their weights. All of it depends on (seed, epoch, sample, example, position) alone, and for mixture
 * `adversarial` on the weights of the model; so batching and resuming change nothing.
 */
export function createVdaFeeds(
  vda: VirtualData & { readonly seed: number },
): (batch: TrainBatch) => Promise<Record<string, Tensor>> {
  const { options, sources, seed } = vda;
  const specs = vdaSpecs({ options, maskedLm: sources.maskedLm });
  const noise =
    specs.noise && createGaussianNoise({ options, seed, columns: specs.noise.shape[2] as number });
  const constantFeeds = Object.fromEntries(
    Object.entries(sources.maskedLm?.weights ?? {}).flatMap(([name, value]) =>
      specs[maskedLmFeed(name)] ? [[maskedLmFeed(name), value]] : [],
    ),
  );
  return async (batch) => {
    const feeds: Record<string, Tensor> = {
      ...constantFeeds,
      mixed: mixedPositions(batch, { options, sources }),
    };
    if (mixesSubstitutes(options.mixture)) Object.assign(feeds, await substituteFeeds(vda, batch));
    else if (options.mixture === 'logit') Object.assign(feeds, candidateFeeds(batch, { options, sources }));
    else if (readsOf[options.mixture] === 'one token')
      feeds.picked = pickedTokens(batch, { options, sources, seed });
    if (noise) feeds.noise = noise(batch);
    return feeds;
  };
}

/** Points of the hulls of a batch's positions, of each sample by itself; of vertices the tokens. */
async function substituteFeeds(
  vda: VirtualData & { readonly seed: number },
  batch: TrainBatch,
): Promise<Record<string, Tensor>> {
  const { options, sources, seed } = vda;
  const hulls = hullsOf(batch, sources);
  const weights: Float32Array[] = [];
  for (let sample = 0; sample < options.numVirtual; sample++) {
    weights.push(await hullWeights(vda, { batch, hulls, sample, seed }));
  }
  return takesVertices(options) ? { picked: heaviestTokens(hulls, weights) } : hullFeeds(hulls, weights);
}

interface FeedContext {
  readonly options: VdaOptions;
  readonly sources: VdaFeedSources;
}

/** bool `[batch, length]`: positions whose embedding is mixed. */
function mixedPositions({ ids }: TrainBatch, { options, sources }: FeedContext): Tensor<'bool'> {
  const data = Uint8Array.from(ids.data as BigInt64Array, (id) =>
    options.mixSpecialTokens || !sources.specialIds.has(Number(id)) ? 1 : 0,
  );
  return tensor('bool', ids.shape, data);
}

/** Reads row `position` of an example's candidates, without the original token where it is to be left out. */
function* candidatesAt(
  { ids, logProbs }: TokenCandidates,
  place: {
    readonly position: number;
    readonly stored: number;
    readonly original: number;
    readonly options: VdaOptions;
  },
): Generator<readonly [id: number, logProbability: number]> {
  let left = place.options.topK;
  const first = place.position * place.stored;
  for (let i = first; i < first + place.stored && ids[i] !== noCandidate && left > 0; i++) {
    if (place.options.excludeOriginal && ids[i] === place.original) continue;
    left--;
    yield [ids[i]!, logProbs[i]!];
  }
  if (ids[first] === noCandidate) yield [place.original, 0]; // nothing can stand here but the token itself
}

/** Candidates stored for each position: one more than K when the original may have to be left out. */
export const storedCandidates = ({ topK, excludeOriginal }: VdaOptions): number =>
  topK + (excludeOriginal ? 1 : 0);

/** Candidates as indices into the batch's distinct ones. Positions of padding point at the first, and are not mixed. */
function candidateFeeds(batch: TrainBatch, { options, sources }: FeedContext): Record<string, Tensor> {
  const [rows, length] = batch.ids.shape as [number, number];
  const { topK } = options;
  const stored = storedCandidates(options);
  const columnOf = new Map<number, bigint>();
  const distinct: number[] = [];
  const candidates = new BigInt64Array(rows * length * topK);
  const logProbs = new Float32Array(rows * length * topK).fill(noScore);
  for (const [row, exampleId] of batch.exampleIds.entries()) {
    const found = sources.candidatesOf!(exampleId);
    const positions = Math.min(length, found.ids.length / stored);
    for (let position = 0; position < positions; position++) {
      const original = Number(batch.ids.data[row * length + position]);
      let at = (row * length + position) * topK;
      for (const [id, logP] of candidatesAt(found, { position, stored, original, options })) {
        let column = columnOf.get(id);
        if (column === undefined) {
          column = BigInt(distinct.length);
          columnOf.set(id, column);
          distinct.push(id);
        }
        candidates[at] = column;
        logProbs[at++] = logP;
      }
    }
  }
  return {
    candidates: tensor('int64', [rows, length, topK], candidates),
    logProbs: tensor('float32', [rows, length, topK], logProbs),
    distinct: int64Tensor([distinct.length], distinct),
  };
}

/** One token for each virtual position: the likeliest (`argmax`) or one drawn by its probability among the K (`sample`). */
function pickedTokens(
  batch: TrainBatch,
  { options, sources, seed }: FeedContext & { readonly seed: number },
): Tensor {
  const [rows, length] = batch.ids.shape as [number, number];
  const stored = storedCandidates(options);
  const key = randomKey(seed, 'vda-sample');
  const picked = new BigInt64Array(options.numVirtual * rows * length);
  for (let sample = 0; sample < options.numVirtual; sample++) {
    for (const [row, exampleId] of batch.exampleIds.entries()) {
      const found = sources.candidatesOf!(exampleId);
      const positions = Math.min(length, found.ids.length / stored);
      for (let position = 0; position < positions; position++) {
        const original = Number(batch.ids.data[row * length + position]);
        const choices = [...candidatesAt(found, { position, stored, original, options })];
        const ids = { a: ((sample << 24) | position) >>> 0, b: exampleId, c: batch.epoch };
        const u = options.mixture === 'argmax' ? 0 : randomStream(key, ids).nextFloat();
        picked[(sample * rows + row) * length + position] = BigInt(drawFrom(choices, u));
      }
    }
  }
  return tensor('int64', [options.numVirtual * rows, length], picked);
}

/** The token where the cumulated probability, over that of all candidates, first exceeds u. */
function drawFrom(candidates: readonly (readonly [id: number, logProbability: number])[], u: number): number {
  const total = candidates.reduce((sum, [, logP]) => sum + Math.exp(logP), 0);
  let left = u * total;
  for (const [id, logP] of candidates) {
    left -= Math.exp(logP);
    if (left < 0) return id;
  }
  return candidates.at(-1)![0];
}
