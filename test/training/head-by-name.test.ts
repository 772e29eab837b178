import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/models/family-of.ts';
import type { StoredWeights } from '../../src/models/match-weights.ts';
import { parseConfig } from '../../src/models/parse-config.ts';
import { headByName } from '../../src/training/head-by-name.ts';
import { countingTensors, tinyConfig } from '../pretrained/tiny-model.ts';

/** What becomes of a head of these classes, two numbers a row: 0 1, 2 3, … in the weight, then the biases. */
function headFor(own: readonly unknown[], labels: readonly string[], modelType = 'bert') {
  const config = parseConfig({ ...tinyConfig, model_type: modelType, id2label: { ...own } }, { path: 'c' });
  const name = modelType === 'roberta' ? 'classifier.out_proj' : 'classifier';
  const tensors = countingTensors({
    [`${name}.weight`]: [own.length, 2],
    [`${name}.bias`]: [own.length],
    'classifier.dense.bias': [2],
  });
  const weights: StoredWeights = new Map(
    [...tensors].map(([key, value]) => [key, { shape: value.shape, read: () => value }]),
  );
  const said: string[] = [];
  const architecture = familyOf(modelType);
  const say = (line: string) => said.push(line);
  const found = headByName(weights, { architecture, stored: config, labels, say });
  const values = (part: string) => {
    const weight = found.get(`${name}.${part}`);
    return weight && [...weight.read().data];
  };
  expect([...found.get('classifier.dense.bias')!.read().data]).toEqual([
    ...tensors.get('classifier.dense.bias')!.data,
  ]);
  return { weight: values('weight'), bias: values('bias'), said: said.join(' ') };
}

describe('headByName', () => {
  it.each(['bert', 'roberta', 'distilbert'])(
    'gives each class its row, of weight and bias, in a %s',
    (type) => {
      const { weight, bias, said } = headFor(['bad', 'fair', 'good'], ['good', 'bad', 'fair'], type);
      expect(weight).toEqual([4, 5, 0, 1, 2, 3]);
      expect(bias).toEqual([8, 6, 7]);
      expect(said).toMatch(/classes are "bad", "fair", "good", in another order .* rows .* by name/);
    },
  );

  it('leaves a head of the same names in the same order as it is, and says nothing', () => {
    expect(headFor(['bad', 'good'], ['bad', 'good'])).toEqual({
      weight: [0, 1, 2, 3],
      bias: [4, 5],
      said: '',
    });
  });

  it.each([
    [
      'of other names',
      ['bad', 'good'],
      ['no', 'yes'],
      /"bad", "good", those of the data "no", "yes".*starts anew/,
    ],
    ['of names that are shared in part', ['bad', 'good'], ['bad', 'fair'], /starts anew/],
    ['of another number', ['a', 'b', 'c'], ['a', 'b'], /tells 3 classes apart, the data has 2.*starts anew/],
  ])('starts the last layer anew, and says so, where the classes are %s', (_, own, labels, message) => {
    const { weight, bias, said } = headFor(own, labels);
    expect([weight, bias]).toEqual([undefined, undefined]);
    expect(said).toMatch(message);
  });

  it.each([
    ['LABEL_n', ['LABEL_0', 'LABEL_1'], ['bad', 'good']],
    ['numbers in the checkpoint', [0, 1], ['bad', 'good']],
    ['numbers in the data', ['bad', 'good'], ['0', '1']],
  ])('keeps the order, and says so, where names are %s', (_, own, labels) => {
    const { weight, said } = headFor(own, labels);
    expect(weight).toEqual([0, 1, 2, 3]);
    expect(said).toMatch(/become .*, in this order: its last layer is kept/);
  });
});
