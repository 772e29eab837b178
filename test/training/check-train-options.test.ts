import { describe, expect, it } from 'vitest';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { checkTrainOptions } from '../../src/training/check-train-options.ts';
import { noisyVda } from './tiny-fine-tune.ts';
import { plainOptions } from './toy-run.ts';

const check = (changes: object) =>
  checkTrainOptions('fineTune', {
    ...{ ...plainOptions, outputDir: 'runs/x' },
    vda: { ...noisyVda, ...changes } as VdaOptions,
  });

describe('options of virtual data in programs', () => {
  it.each<[object, string]>([
    [{ mixture: 'worst' }, 'mixture: expected one of logit, paper,'],
    [{ mixture: 'adversarial', ascentSteps: 0 }, 'ascentSteps: expected a whole number at least 1, got 0'],
    [
      { mixture: 'adversarial', candidateSources: [] },
      'candidateSources: expected a list of texts that are not empty',
    ],
    [
      { mixture: 'adversarial', candidateSources: ['ppdb'] },
      'candidateSources: expected wordnet, neighbours:FILE',
    ],
    [{ candidateSources: ['wordnet'] }, 'candidateSources has no effect with mixture logit'],
  ])('are refused where they do not fit: %j', (changes, message) => {
    expect(() => check(changes)).toThrow(message);
  });

  it('are taken where they fit', () => {
    check({ mixture: 'adversarial', candidateSources: ['wordnet', 'mlm'], hullTemperature: 0.5 });
    check({});
  });
});
