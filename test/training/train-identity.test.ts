import { describe, expect, it } from 'vitest';
import { trainIdentity } from '../../src/training/train-identity.ts';
import { noisyVda } from './tiny-fine-tune.ts';
import { plainOptions } from './toy-run.ts';

const inputs = {
  model: { id: 'model', content: 'a'.repeat(64) },
  train: { id: 'texts', content: 'b'.repeat(64) },
};
const identityWith = (options: object) =>
  trainIdentity({ ...inputs, options: { ...plainOptions, outputDir: 'runs/x', ...options } });

describe('the identity of a training', () => {
  it('is what checkpoints of earlier versions hold, where an option that came later is left out or its default', () => {
    const before = 'ea3c5aad4226fadbcc4a1e336eb320be417eb19b6d18caf656c37d0306da7319';
    expect(identityWith({}).hash).toBe(before);
    expect(identityWith({ labelSmoothingFactor: 0, trainTemperature: 1 }).hash).toBe(before);
  });

  it('is what checkpoints of earlier versions hold, with VDA and settings of a strategy', () => {
    const strategy = { name: 'smix', settings: { alpha: 0.4 } };
    expect(identityWith({ vda: noisyVda, strategy }).hash).toBe(
      '9173c1094c858d0e20d3d10c1a11eaef877b387ebddf4680e702373076dd4c44',
    );
  });

  it.each([[{ labelSmoothingFactor: 0.1 }], [{ classWeights: [1, 2] }], [{ trainTemperature: 2 }]])(
    'changes with %o',
    (options) => {
      expect(identityWith(options).hash).not.toBe(identityWith({}).hash);
      expect(identityWith(options).parts.loss).toMatchObject({ settings: options });
    },
  );
});
