import { expect, test } from 'vitest';
import { resolveOptions } from '../../src/options/resolve.ts';
import { trainSpec } from '../../src/options/train.ts';
import { presetLines, type trainPresets } from '../../src/options/train-presets.ts';

const linesOf = (preset: keyof typeof trainPresets, more: object) => {
  const given = { model: 'm', trainFile: 't', outputDir: 'o', preset, ...more };
  return presetLines(resolveOptions(trainSpec, { flags: new Map(Object.entries(given)) }).options);
};

test('official choices are told where they hold: all of them with VDA and a validation file', () => {
  expect(linesOf('official', { vda: true, validationFile: 'v' })).toHaveLength(16);
});

test('official choices that another option replaced, or that the run has no use for, are not told', () => {
  expect(linesOf('official', { strategy: 'rdrop', learningRate: 3e-4, numTrainEpochs: 2 })).toEqual([
    'official: every text is padded to the maximum length',
    'official: the training texts are visited in file order, unshuffled',
    'official: AdamW decays every parameter, biases and LayerNorm too',
    'official: weight decay 0.01, epsilon of Adam 1e-8',
    'official: no gradient clipping',
    'official: cosine schedule with hard restarts (one cycle)',
    'official: 5 % warm-up',
  ]);
  const other = { vda: true, mixture: 'mean', consistency: 'ce', shuffle: true, maxSteps: 4 };
  expect(linesOf('official', other).filter((line) => /mixture|noise|KL|shuffled|epoch/.test(line))).toEqual(
    [],
  );
});

test('official choices inside a method are told with that method', () => {
  const [standard, smart] = [linesOf('official', {}), linesOf('official', { strategy: 'smart' })];
  expect(smart.slice(0, standard.length)).toEqual(standard);
  expect(smart.length).toBeGreaterThan(standard.length);
});

test('choices of the paper are told with their place in it, or that they are ours', () => {
  const lines = linesOf('paper', { vda: true });
  expect(lines).toContain('paper: learning rate 1e-5 (§5.1.4)');
  expect(lines).toContain('paper: 3 epochs (the paper does not say: ours)');
  for (const line of lines) expect(line).toMatch(/^paper: .* \(.*(Eq\.|§|the paper does not say).*\)$/);
  const plain = linesOf('paper', { numTrainEpochs: 5 });
  expect(plain.filter((line) => /mixture|noise|lambda|KL|epoch/.test(line))).toEqual([]);
});

test('quick trains on few texts, briefly, and gives way to what is set', () => {
  const given = { model: 'm', trainFile: 't', outputDir: 'o', preset: 'quick', numTrainEpochs: 4 };
  const { options } = resolveOptions(trainSpec, { flags: new Map(Object.entries(given)) });
  expect(options).toMatchObject({
    maxTrainSamples: 2000,
    maxSeqLength: 64,
    numTrainEpochs: 4,
    learningRate: 5e-5,
  });
  expect(presetLines(options)).toEqual([
    'quick: 2000 of the training texts, drawn (ours)',
    'quick: texts are cut at 64 pieces (ours: a sentence or two)',
    'quick: learning rate 5e-5, for the steps are few (the largest of Devlin et al. 2019, appendix A.3)',
  ]);
});

test('robust is a strategy with its settings, and gives way to what is set', () => {
  expect(linesOf('robust', {}).map((line) => line.replace(/ \(.*/, ''))).toEqual([
    'robust: FreeLB, which perturbs embeddings along their gradient and knows no lexicon',
    'robust: 3 ascent steps',
    'robust: start 0.05, step 0.1, no bound',
  ]);
  const given = { model: 'm', trainFile: 't', outputDir: 'o', preset: 'robust' };
  const { options } = resolveOptions(trainSpec, { flags: new Map(Object.entries(given)) });
  expect(options).toMatchObject({ strategy: 'freelb', freelbSteps: 3, freelbInitMagnitude: 0.05 });
  expect(linesOf('robust', { strategy: 'smart' })).toEqual([]);
  expect(linesOf('robust', { freelbSteps: 5 })).toHaveLength(2);
});

test('the default preset has nothing to tell', () => {
  expect(linesOf('default', { vda: true })).toEqual([]);
});
