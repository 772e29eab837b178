import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { int64Tensor } from '../../src/base/tensor.ts';
import { bert } from '../../src/models/bert/index.ts';
import type { PromptTokens } from '../../src/models/prompt.ts';
import { promptedArchitecture } from '../../src/models/prompted-architecture.ts';
import { withDropout } from '../../src/models/with-dropout.ts';
import { readAll } from '../../src/optim/parameter-store.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import { createStep, type StrategyChoice } from '../../src/strategies/index.ts';
import { createTrainableModel } from '../../src/strategies/trainable-model.ts';
import { tinyBert } from '../training/tiny-model.ts';
import { oracle } from './tiny-step.ts';

type Grid = readonly (readonly number[])[];

interface Case {
  readonly strategy: StrategyChoice['name'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly prompt: Pick<PromptTokens, 'before' | 'after' | 'labelWords'>;
  readonly batch: { readonly ids: Grid; readonly typeIds: Grid; readonly attentionMask: Grid };
  readonly loss: number;
  readonly ce: number;
  readonly ownTerm?: number;
  readonly norms: Readonly<Record<string, number>>;
  readonly entries: readonly (readonly [name: string, index: number, value: number])[];
}

/** What oracles/prompt_step.py worked out with BertForMaskedLM. */
const { step, cases }: { readonly step: number; readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../fixtures/strategies/prompt.json', import.meta.url), 'utf8'),
);

const maskId = 4;
const grid = (rows: Grid) => int64Tensor([rows.length, rows[0]!.length], rows.flat());

describe.each(Object.entries(cases))('a step of %s', (_, expected) => {
  it('has the loss and the gradients of MVP, by PyTorch: within 1e-4 relative', async () => {
    const { before, after, labelWords } = expected.prompt;
    const inFront = before.indexOf(maskId);
    const mask =
      inFront >= 0 ? { fromStart: inFront + 1 } : { fromEnd: after.length - after.indexOf(maskId) + 1 };
    const architecture = promptedArchitecture(bert, { before, after, mask, labelWords });
    const { config: stored, weights: found } = loadModelFolder(tinyBert);
    const config = withDropout(stored, 0);
    const { seed, exampleIds, labels, epoch } = oracle;
    const [numLabels, runtime] = [3, { numThreads: 1 }];
    const { store, missing } = createTrainableModel({
      ...{ architecture, config, head: 'classifier', numLabels, found, seed },
    });
    expect(missing).toEqual([]);
    const strategy = { name: expected.strategy, settings: expected.settings } as StrategyChoice;
    const { take } = await createStep({ architecture, config, numLabels, store, runtime, seed }, strategy);
    const { ids, typeIds, attentionMask } = expected.batch;
    const metrics = await take({
      ...{ ids: grid(ids), typeIds: grid(typeIds), attentionMask: grid(attentionMask) },
      ...{ labels: int64Tensor([3], [...labels]), stepLabels: labels, exampleIds, weight: 1, epoch, step },
    });
    for (const figure of ['loss', 'ce', 'ownTerm'] as const) {
      if (expected[figure] === undefined) continue;
      expect(Math.abs(metrics[figure]! / expected[figure] - 1), figure).toBeLessThan(1e-4);
    }
    const gradients = readAll(store, 'gradients');
    expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.norms).sort());
    const floor = 1e-6 * Math.max(...Object.values(expected.norms));
    for (const [name, norm] of Object.entries(expected.norms)) {
      const length = Math.hypot(...gradients.get(name)!.data);
      expect(Math.abs(length - norm), name).toBeLessThan(1e-4 * norm + floor);
    }
    for (const [name, index, value] of expected.entries) {
      const apart = Math.abs(gradients.get(name)!.data[index]! - value);
      expect(apart, `${name}[${index}]`).toBeLessThan(1e-4 * expected.norms[name]! + floor);
    }
  });
});
