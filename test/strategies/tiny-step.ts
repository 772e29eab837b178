import { readFileSync } from 'node:fs';
import { int64Tensor } from '../../src/base/tensor.ts';
import { bert } from '../../src/models/bert/index.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import { withDropout } from '../../src/models/with-dropout.ts';
import { createMaskedLm } from '../../src/node-inference.ts';
import { type ParameterStore, readAll } from '../../src/optim/parameter-store.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import type { LossOptions } from '../../src/strategies/classification-loss.ts';
import { createStep, type StrategyChoice } from '../../src/strategies/index.ts';
import type { TrainBatch } from '../../src/strategies/train-batch.ts';
import type { StepMetrics } from '../../src/strategies/train-step.ts';
import { createTrainableModel } from '../../src/strategies/trainable-model.ts';
import type { TokenCandidates, VdaFeedSources } from '../../src/strategies/vda/feed-sources.ts';
import { storedCandidates } from '../../src/strategies/vda/feeds.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { tinyBert, tinyTokenizer } from '../training/tiny-model.ts';

interface Case {
  readonly options: VdaOptions | null;
  readonly loss: number;
  readonly ce: number;
  readonly reg: number;
  readonly norms: Readonly<Record<string, number>>;
  readonly entries: readonly number[];
}

/** What oracles/vda_step.py worked out, and the batch it did it for. */
export const oracle: {
  readonly seed: number;
  readonly epoch: number;
  readonly exampleIds: readonly number[];
  readonly labels: readonly number[];
  readonly ids: readonly (readonly number[])[];
  readonly typeIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  readonly entries: readonly (readonly [name: string, index: number])[];
  readonly cases: Readonly<Record<string, Case>>;
} = JSON.parse(readFileSync(new URL('../fixtures/strategies/cases.json', import.meta.url), 'utf8'));

export const logit = oracle.cases.logit!.options!;

const numLabels = 3;
const runtime = { numThreads: 1 };
const { config: stored, weights: found } = loadModelFolder(tinyBert);
const config = withDropout(stored, 0);

/** The oracle's batch, or some of its rows, padded to `length`. */
export function batchOf(
  p: { readonly rows?: readonly number[]; readonly length?: number } & Partial<TrainBatch> = {},
): TrainBatch {
  const { rows = [0, 1, 2], length = oracle.ids[0]!.length, ...rest } = p;
  const grid = (table: readonly (readonly number[])[]) =>
    int64Tensor(
      [rows.length, length],
      rows.flatMap((row) => Array.from({ length }, (_, i) => table[row]![i] ?? 0)),
    );
  return {
    ids: grid(oracle.ids),
    typeIds: grid(oracle.typeIds),
    attentionMask: grid(oracle.attentionMask),
    labels: int64Tensor(
      [rows.length],
      rows.map((row) => oracle.labels[row]!),
    ),
    exampleIds: rows.map((row) => oracle.exampleIds[row]!),
    weight: 1,
    stepLabels: rows.map((row) => oracle.labels[row]!),
    epoch: oracle.epoch,
    step: 0,
    ...rest,
  };
}

/** The masked LM, frozen: its own copy of the weights. */
export function frozenMaskedLm() {
  const specs = bert.parameters(config, { head: 'maskedLm', numLabels: 0 });
  const { loaded } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  return { architecture: bert, config, tokenizer: tinyTokenizer, weights: Object.fromEntries(loaded) };
}

/** Candidates of the oracle's texts, by example id. */
export async function candidatesFor(options: VdaOptions): Promise<(exampleId: number) => TokenCandidates> {
  const encodings = oracle.ids.map((ids, row) => {
    const length = oracle.attentionMask[row]!.filter((seen) => seen === 1).length;
    const none = Array.from({ length }, () => -1);
    const typeIds = oracle.typeIds[row]!.slice(0, length);
    return { ids: ids.slice(0, length), typeIds, wordIds: none, textIds: none, truncated: false };
  });
  const maskedLm = createMaskedLm({ ...frozenMaskedLm(), folder: tinyBert, unexpected: [] }, runtime);
  const candidates = await maskedLm.topCandidates(encodings, { k: storedCandidates(options) });
  return (exampleId) => candidates[oracle.exampleIds.indexOf(exampleId)]!;
}

interface StepSettings {
  readonly maskedLm?: ReturnType<typeof frozenMaskedLm>;
  readonly seed?: number;
  readonly classifierDropout?: number;
  /** Plain fine-tuning unless told. */
  readonly strategy?: StrategyChoice;
  readonly officialCode?: boolean;
  readonly loss?: Partial<LossOptions>;
  /** Where mixtures of substitutes take them from. */
  readonly substitutes?: Pick<VdaFeedSources, 'substitutesOf' | 'frequencyOf'>;
}

/** What a step is built from: a fresh tiny BERT whose token embeddings are halved (as the oracle's). */
export function setupOf(p: Pick<StepSettings, 'seed' | 'classifierDropout'> = {}) {
  const { seed = oracle.seed, classifierDropout = 0 } = p;
  const { store } = createTrainableModel({
    ...{ architecture: bert, config, head: 'classifier', numLabels, found, seed },
  });
  const table = store.read(bert.wordEmbeddingName).data;
  store.write(bert.wordEmbeddingName, { values: table.map((value) => value / 2) });
  const setup = {
    ...{ architecture: bert, numLabels, store, runtime, seed },
    config: { ...config, classifierDropout },
  };
  return { setup, store };
}

/** The gradients so far, by name. */
const gradientsOf = (store: ParameterStore): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries([...readAll(store, 'gradients')].map(([name, { data }]) => [name, data]));

/** A training step on that model; `null` is plain training. */
export async function stepOf(options: VdaOptions | null, p: StepSettings = {}) {
  const { maskedLm = frozenMaskedLm(), officialCode, loss } = p;
  const { setup, store } = setupOf(p);
  const { specialIds } = tinyTokenizer;
  const substituted = p.substitutes && { specialIds, ...p.substitutes };
  const vda = options && {
    options,
    sources: substituted ?? { specialIds, maskedLm, candidatesOf: await candidatesFor(options) },
  };
  const trainStep = await createStep(
    { ...setup, officialCode, loss, ...(vda && { vda }) },
    p.strategy ?? { name: 'standard' },
  );
  /** A step of that batch alone. */
  const takeStep = (batch: TrainBatch) => {
    trainStep.begin?.(batch.step);
    return trainStep.take(batch);
  };
  return { takeStep, release: trainStep.release, store, gradients: () => gradientsOf(store) };
}

/** One step from zero gradients. */
export async function takeOne(
  options: VdaOptions | null,
  p: StepSettings & { readonly batch?: TrainBatch } = {},
): Promise<{
  readonly metrics: StepMetrics;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}> {
  const { takeStep, gradients } = await stepOf(options, p);
  const metrics = await takeStep(p.batch ?? batchOf());
  return { metrics, gradients: gradients() };
}
