import { describe, expect, test } from 'vitest';
import { resolveOptions } from '../../src/options/resolve.ts';
import { toySpec } from './toy-spec.ts';

const resolve = (flags: Record<string, unknown>, config: Record<string, unknown> = {}) =>
  resolveOptions(toySpec, {
    flags: new Map(Object.entries(flags)),
    config: new Map(Object.entries(config).map(([key, value]) => [key, { value, spelled: `_${key}` }])),
    configPath: 'run.yaml',
  });

describe('resolveOptions', () => {
  test('fills defaults, and given names only what was set', () => {
    const { options, given } = resolve({ model: 'm' }, { numEpochs: 5 });
    expect(options).toEqual({
      model: 'm',
      learningRate: 2e-5,
      numEpochs: 5,
      mixture: 'logit',
      preset: 'default',
      shuffle: true,
      vda: false,
    });
    expect([...given].sort()).toEqual(['model', 'numEpochs']);
  });

  test('flags go before the file, the file before the preset, the preset before defaults', () => {
    const official = { model: 'm', preset: 'official' };
    expect(resolve(official).options).toMatchObject({ learningRate: 1e-5, shuffle: false });
    expect(resolve({ model: 'm' }, { preset: 'official' }).options.shuffle).toBe(false);
    expect(resolve(official, { learningRate: 3 }).options.learningRate).toBe(3);
    expect(resolve({ ...official, learningRate: 4 }, { learningRate: 3 }).options.learningRate).toBe(4);
    expect(resolve(official).given.has('shuffle')).toBe(false);
  });

  test.each<[Record<string, unknown>, Record<string, unknown>, string]>([
    [{}, {}, '--model is required: the model.'],
    [{ model: '' }, {}, "--model: expected a text that is not empty, got ''."],
    [{ learningRate: 'fast' }, {}, "--learning-rate: expected a number above 0, got 'fast'."],
    [{ learningRate: Number.POSITIVE_INFINITY }, {}, 'expected a number above 0, got Infinity.'],
    [{ numEpochs: 1.5 }, {}, '--num-epochs: expected a whole number at least 1, got 1.5.'],
    [{ mixture: 'lodgit' }, {}, "one of logit, paper, mean, sample, got 'lodgit'. Did you mean logit?"],
    [{ vda: 'maybe' }, {}, "--vda: expected true or false, got 'maybe'."],
    [
      {},
      { labels: ['a', 1] },
      '_labels in run.yaml: expected a list, each a text that is not empty, got ["a",1]. It is written ["a","1"].',
    ],
    [{}, { labels: 'a' }, `got 'a'. It is written ["a"].`],
    [{}, { labels: ['a', ''] }, 'got ["a",""].\n'],
    [{}, { model: 2024 }, 'got 2024. A text is written in quotes: "2024".'],
    [{}, { numEpochs: '5' }, "_numEpochs in run.yaml: expected a whole number at least 1, got '5'."],
    [{ model: 'm', numEpochs: 100 }, {}, 'too long'],
  ])('refuses %j with %j', (flags, config, message) => {
    expect(() => resolve(flags, config)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => resolve(flags, config)).toThrow(message);
  });

  test('names every option that is wrong', () => {
    expect(() => resolve({ numEpochs: 0, vda: 2 })).toThrow(/--model is[\s\S]*--num-epochs[\s\S]*--vda/);
  });
});
