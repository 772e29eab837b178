import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attackMetrics } from '../../src/evaluation/metrics.ts';
import { type ModelCardInput, modelCard } from '../../src/report/model-card.ts';
import { makeRecord } from '../evaluation/make-record.ts';

const card: ModelCardInput = {
  name: 'vda-reviews',
  baseModel: 'bert-base-uncased',
  dataset: 'train.tsv',
  labels: ['negative', 'positive'],
  method: 'vda',
  command: 'vda train --vda',
  options: { 'learning rate': 5e-5 },
  evaluations: [
    { role: 'validation', dataset: 'dev.tsv', accuracy: 0.87, f1: 0.85 },
    { role: 'test', dataset: 'test.tsv', accuracy: 0.83 },
  ],
  attackedOn: 'attacked.tsv',
  maxTokens: 64,
  positions: 512,
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
    const { results } = matter['model-index'][0];
    expect(new Set(results.map(({ task }: { task: { type: string } }) => task.type))).toEqual(
      new Set(['text-classification']),
    );
    const [validation, test, attacked] = results;
    expect(validation).toMatchObject({
      dataset: { name: 'dev.tsv', split: 'validation' },
      metrics: [
        { type: 'accuracy', value: 0.87 },
        { type: 'f1', name: 'F1 (validation)', value: 0.85 },
      ],
    });
    expect(test).toMatchObject({
      dataset: { name: 'test.tsv', split: 'test' },
      metrics: [{ type: 'accuracy', value: 0.83 }],
    });
    expect(attacked.dataset.name).toBe('attacked.tsv');
    expect(attacked.metrics).toContainEqual({
      type: 'accuracy_under_attack',
      name: 'Accuracy under attack: bert-attack (default), 2 texts of attacked.tsv',
      value: 0.5,
    });
    expect(JSON.stringify(results)).not.toContain('train.tsv');
  });

  it('shows robustness with intervals, the command, and every way to use the model', () => {
    const text = modelCard(card);
    expect(text).toContain(
      '| bert-attack (default) | – | – | 2 texts of attacked.tsv | 100.0 % [34.2, 100.0] | 50.0 % [9.5, 90.5] |',
    );
    for (const part of ['vda train --vda', '| learning rate | 0.00005 |', 'transformers.js', 'vda predict']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('| Model |');
    const compared = modelCard({ ...card, rows: [...card.rows, { ...card.rows[0]!, name: 'plain' }] });
    expect(compared).toContain('| plain | bert-attack (default) | – | – | 2 texts of attacked.tsv | 100.0 %');
    expect(frontMatter(compared)['model-index'][0].results).toHaveLength(3); // of its own rows alone
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

  it('gives each accuracy under the name of its own texts', () => {
    const text = modelCard(card);
    expect(text).toContain('| dev.tsv | validation, which may have chosen the checkpoint | 87.0 % |');
    expect(text).toContain('| test.tsv | test, which decided nothing | 83.0 % |');
    expect(modelCard({ ...card, evaluations: [] })).toContain('Not measured in training.');
  });

  it('speaks of no attacks where it names none, and does not claim that there will be none', () => {
    const text = modelCard({ ...card, rows: [] });
    expect(text).toContain('written when training ended, before any attack');
    expect(text).not.toMatch(/Not attacked yet|attacks named above/);
    expect(frontMatter(text)['model-index'][0].results).toHaveLength(2);
    expect(modelCard(card)).toContain('The numbers hold for the attacks named above, on attacked.tsv.');
  });

  it('shows no reader of a model that only vda can ask, but the sentence by which it answers', () => {
    const text = modelCard({ ...card, hasOnnx: false, prompt: '{text} It was [MASK].' });
    expect(text).toContain('```text\n{text} It was [MASK].\n```');
    expect(text).toContain('vda predict --model FOLDER');
    expect(text).not.toMatch(/pipeline\(|library_name/);
  });

  it('says what each reader does with long texts, and has its snippets do it', () => {
    const text = modelCard(card);
    expect(text).toContain("pipeline('text-classification', model='FOLDER', truncation=True, max_length=64)");
    // Without it transformers.js looks for model_quantized.onnx in a browser; only model.onnx is written.
    expect(text).toContain("pipeline('text-classification', 'FOLDER', { dtype: 'fp32' })");
    expect(text).toContain('classify.tokenizer.model_max_length = 64;');
    expect(text).toMatch(/cut to 64 tokens.*\n.*the other snippets are told to/);
    expect(text).toContain('error at texts of more than 512 tokens');
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
