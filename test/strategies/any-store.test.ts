import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResidentTensor } from '../../src/base/resident-tensor.ts';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import { hostWeights, type ParameterStore } from '../../src/optim/parameter-store.ts';
import { restoreCheckpoint, saveCheckpoint, type TrainerState } from '../../src/runs/checkpoint.ts';
import { createStep, type StrategyChoice } from '../../src/strategies/index.ts';
import { createArrayStore } from '../optim/array-store.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { batchOf, setupOf } from './tiny-step.ts';

const state = {
  ...{ global_step: 2, max_steps: 2, epoch: 1, best_metric: null, best_model_checkpoint: null },
  ...{ log_history: [], seed: 1, metrics_bytes: 0 },
} satisfies TrainerState;

/** A checkpoint of the tiny BERT after two steps in a store. */
async function trained(store: ParameterStore, strategy: StrategyChoice): Promise<string> {
  const { setup } = setupOf({ classifierDropout: 0.1 });
  for (const { name } of store.parameters) store.write(name, { values: setup.store.read(name).data });
  const trainStep = await createStep({ ...setup, store }, strategy);
  for (const step of [0, 1]) {
    trainStep.begin?.(step);
    await trainStep.take(batchOf({ step }));
    store.step({ lr: 1e-3, step: step + 1 });
  }
  await trainStep.release();
  const { config } = setup;
  const strategyState = trainStep.state;
  return saveCheckpoint(temporaryFolder(), { store, config, tokenizerFiles: {}, state, strategyState });
}

const files = ['model.safetensors', 'optimizer.safetensors'];
const bytesOf = (folder: string) => files.map((file) => readFileSync(join(folder, file)));

describe('a parameter store of another kind', () => {
  const { parameters } = setupOf().setup.store;

  it.each<StrategyChoice>([{ name: 'standard' }, { name: 'smart', settings: { bregmanWeight: 1 } }])(
    'trains to the same bytes, and goes on from the other’s checkpoint: $name',
    async (strategy) => {
      const inArena = await trained(createArenaStore(parameters), strategy);
      const inArrays = await trained(createArrayStore(parameters), strategy);
      expect(bytesOf(inArrays)).toEqual(bytesOf(inArena));
      const restored = createArrayStore(parameters);
      restoreCheckpoint(inArena, { store: restored });
      const again = saveCheckpoint(temporaryFolder(), {
        ...{ store: restored, config: setupOf().setup.config, tokenizerFiles: {}, state },
      });
      expect(bytesOf(again)).toEqual(bytesOf(inArena));
    },
  );

  it('shows its weights as they are when they are asked for, also where reading copies', () => {
    const store = createArrayStore(parameters);
    const weights = hostWeights(store);
    const { name, shape } = parameters[0]!;
    expect(Object.keys(weights)).toEqual(parameters.map((one) => one.name));
    store.write(name, { values: new Float32Array(shape[0]! * shape[1]!).fill(7) });
    expect(new Set(weights[name]!.data)).toEqual(new Set([7]));
  });

  it('shows nobody its arrays but by reading: the types say so', () => {
    const feed: ResidentTensor = createArenaStore(parameters).feeds.weights[parameters[0]!.name]!;
    // @ts-expect-error a resident tensor has no data to touch
    expect(feed.data).toBeDefined();
  });
});
