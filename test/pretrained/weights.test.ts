import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bert } from '../../src/models/bert/index.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import { writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { openWeights } from '../../src/pretrained/weights.ts';
import { temporaryFolder } from './folders.ts';
import { countingTensors } from './tiny-model.ts';

/** The weights of a file with these tensors. */
function stored(shapes: Readonly<Record<string, number[]>>) {
  const folder = temporaryFolder();
  const tensors = countingTensors(shapes);
  writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return { tensors, weights: () => openWeights(folder, { family: bert, architectures: [] }) };
}

describe('openWeights', () => {
  it('refuses two tensors that come down to one name', () => {
    const { weights } = stored({ 'pooler.dense.bias': [2], 'bert.pooler.dense.bias': [2] });
    expect(weights).toThrow(/more than one tensor is bert\.pooler\.dense\.bias/);
  });
});

describe('matchWeights', () => {
  it('reads what is expected and tells what is missing and left over', () => {
    const { tensors, weights } = stored({ 'pooler.dense.gamma': [2, 3], 'cls.b': [1], 'cls.a': [1] });
    const expected = new Map([
      ['classifier.weight', [2, 2]],
      ['bert.pooler.dense.weight', [2, 3]],
      ['classifier.bias', [2]],
    ]);
    expect(matchWeights(expected, weights())).toEqual({
      loaded: new Map([['bert.pooler.dense.weight', tensors.get('pooler.dense.gamma')]]),
      missing: ['classifier.weight', 'classifier.bias'],
      unexpected: ['cls.a', 'cls.b'],
    });
  });

  it('names the tensor and both shapes where they differ', () => {
    const { weights } = stored({ 'classifier.weight': [3, 2] });
    expect(() => matchWeights(new Map([['classifier.weight', [2, 2]]]), weights())).toThrow(
      /classifier\.weight.*expected shape \[2, 2\].*\[3, 2\]/,
    );
  });
});
