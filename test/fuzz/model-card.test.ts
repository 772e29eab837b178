import fc from 'fast-check';
import { attackMetrics } from '../../src/evaluation/metrics.ts';
import { type ModelCardInput, modelCard } from '../../src/report/model-card.ts';
import { updateModelCard } from '../../src/report/update-model-card.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { fuzz } from './fuzz.ts';
import { mutatedBytes } from './mutate-json.ts';

const metrics = attackMetrics([makeRecord({ id: 0, status: 'failed' })]);
const rows = [{ name: 'vda', preset: 'pwws (default)', filters: [], metrics }];
const input: ModelCardInput = {
  ...{
    name: 'vda',
    dataset: 'train.tsv',
    labels: ['a', 'b'],
    method: 'vda',
    command: 'vda train',
    options: {},
  },
  ...{ rows, hasOnnx: false },
};
const card = modelCard(input);
const aliases =
  'a: &a [1]\nb: &b [*a, *a]\nmodel-index: &c [{ name: x, results: [*b, *a, { metrics: *b }] }]\n';

fuzz('model cards are updated or refused, whatever is in them', {
  cases: fc.oneof(mutatedBytes(Buffer.from(card)), mutatedBytes(Buffer.from(`---\n${aliases}---\n# A\n`))),
  paths: ['README.md'],
  read: (bytes) => {
    const updated = updateModelCard(Buffer.from(bytes).toString(), { name: 'vda', rows, path: 'README.md' });
    if (updateModelCard(updated, { name: 'vda', rows, path: 'README.md' }) !== updated)
      throw new Error('differs');
  },
});
