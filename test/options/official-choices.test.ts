import { expect, test } from 'vitest';
import { officialChoices } from '../../src/options/official-choices.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { trainSpec } from '../../src/options/train.ts';

const linesOf = (more: object) => {
  const given = { model: 'm', trainFile: 't', outputDir: 'o', fidelity: 'official', ...more };
  return officialChoices(resolveOptions(trainSpec, { flags: new Map(Object.entries(given)) }).options);
};

test('official choices are told where they hold: all of them with VDA and a validation file', () => {
  expect(linesOf({ vda: true, validationFile: 'v' })).toHaveLength(15);
});

test('official choices that another option replaced, or that the run has no use for, are not told', () => {
  expect(linesOf({ strategy: 'freelb', learningRate: 3e-4, numTrainEpochs: 2 })).toEqual([
    'every text is padded to the maximum length',
    'the training texts are visited in file order, unshuffled',
    'AdamW decays every parameter, biases and LayerNorm too',
    'no gradient clipping',
    'cosine schedule with hard restarts (one cycle)',
    '5 % warm-up',
  ]);
  const other = linesOf({ vda: true, mixture: 'mean', consistency: 'ce', shuffle: true, maxSteps: 4 });
  expect(other.filter((line) => /mixture|noise|KL|shuffled|epoch/.test(line))).toEqual([]);
});
