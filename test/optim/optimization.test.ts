import { expect, it } from 'vitest';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import { type OptimizationOptions, update } from '../../src/optim/optimization.ts';

const plain: OptimizationOptions = {
  ...{ learningRate: 0.1, lrSchedulerType: 'linear', warmupRatio: 0.5, weightDecay: 0, maxGradNorm: 0 },
  ...{ adamBeta1: 0.9, adamBeta2: 0.999, adamEpsilon: 1e-8 },
};

it.each([
  // of ten steps: half of them, unless steps are given, none of them too; as transformers' get_warmup_steps
  [{}, [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.08, 0.06, 0.04, 0.02]],
  [{ warmupSteps: 2 }, [0, 0.05, 0.1, 0.0875, 0.075, 0.0625, 0.05, 0.0375, 0.025, 0.0125]],
  [{ warmupSteps: 0 }, [0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01]],
])('the learning rate with %j', (given, expected) => {
  const store = createArenaStore([{ name: 'w', shape: [1], decay: false }]);
  for (const [step, lr] of expected.entries()) {
    expect(update(store, { options: { ...plain, ...given }, step, totalSteps: 10 }).lr).toBeCloseTo(lr, 12);
  }
});
