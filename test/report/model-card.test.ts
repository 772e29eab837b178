import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attackMetrics } from '../../src/attacks/metrics.ts';
import { type ModelCardInput, modelCard } from '../../src/report/model-card.ts';
import { makeRecord } from '../attacks/make-record.ts';

const card: ModelCardInput = {
  name: 'vda-reviews',
  baseModel: 'bert-base-uncased',
  dataset: 'reviews',
  labels: ['negative', 'positive'],
  method: 'vda',
  command: 'vda train --vda',
  options: { 'learning rate': 5e-5 },
  evalAccuracy: 0.83,
  rows: [
    {
      name: 'vda-reviews',
      preset: 'bert-attack (default)',
      filters: [],
      metrics: attackMetrics([
        makeRecord({ id: 0, status: 'failed' }),
        makeRecord({ id: 1, status: 'success' }),
      ]),
    },
  ],
  hasOnnx: true,
};

const frontMatter = (text: string) => parse(text.split('---\n')[1]!);

describe('modelCard', () => {
  it('has front matter that the hub reads', () => {
    const matter = frontMatter(modelCard(card));
    expect(matter).toMatchObject({ base_model: 'bert-base-uncased', pipeline_tag: 'text-classification' });
    expect(matter).not.toHaveProperty('license');
    const [{ metrics, task }] = matter['model-index'][0].results;
    expect(task.type).toBe('text-classification');
    expect(metrics).toContainEqual({ type: 'accuracy', name: 'Accuracy', value: 0.83 });
    expect(metrics).toContainEqual({
      type: 'attAcc',
      name: 'Att Acc under bert-attack (default)',
      value: 0.5,
    });
  });

  it('shows robustness with intervals, the command, and every way to use the model', () => {
    const text = modelCard(card);
    expect(text).toContain('| vda-reviews | 100.0 % [34.2, 100.0] | 50.0 % [9.5, 90.5] |');
    for (const part of ['vda train --vda', '| learning rate | 0.00005 |', 'transformers.js', 'vda predict']) {
      expect(text).toContain(part);
    }
    expect(modelCard({ ...card, hasOnnx: false })).not.toContain('transformers.js');
  });

  it('names a base model to the hub only where it is a hub name', () => {
    expect(frontMatter(modelCard({ ...card, baseModel: 'owner/bert-small' })).base_model).toBe(
      'owner/bert-small',
    );
    const text = modelCard({ ...card, baseModel: './runs/pretrained' });
    expect(frontMatter(text)).not.toHaveProperty('base_model');
    expect(text).toContain('./runs/pretrained, fine-tuned');
    const folder = modelCard({ ...card, baseModel: 'models/minilm', baseIsFolder: true });
    expect(frontMatter(folder)).not.toHaveProperty('base_model');
    expect(folder).toContain('models/minilm, fine-tuned');
  });

  it('says so where nothing was attacked', () => {
    const text = modelCard({ ...card, rows: [] });
    expect(text).toContain('Not attacked yet');
    expect(frontMatter(text)['model-index'][0].results[0].metrics).toHaveLength(1);
  });

  it('does not let a name out of its place', () => {
    const attack = '---\nlicense: mit\n---\n# <script>x</script>\n```\u202e';
    const text = modelCard({
      ...card,
      name: attack,
      baseModel: attack,
      dataset: attack,
      command: attack,
      labels: [attack],
    });
    expect(text.split('\n').filter((line) => line === '---')).toHaveLength(4); // two of its own, two in the code block
    expect(frontMatter(text)).not.toHaveProperty('license');
    expect(text).toContain('````sh\n---\nlicense: mit');
    expect(text.replace(/````sh[\s\S]*?````/, '')).not.toContain('\n# <script');
    expect(text).not.toContain('\u202e');
  });
});
