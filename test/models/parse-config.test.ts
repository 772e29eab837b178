import { describe, expect, it } from 'vitest';
import { areDefaultLabels, labelMaps, labelNames } from '../../src/models/config.ts';
import { configToJson, parseConfig } from '../../src/models/parse-config.ts';
import { tinyConfig } from '../pretrained/tiny-model.ts';

describe('parseConfig', () => {
  it('fills in what transformers leaves out, by architecture', () => {
    // Defaults of BertConfig and RobertaConfig in transformers 4.57.6.
    const bert = parseConfig({ model_type: 'bert', vocab_size: 10 }, { path: 'c' });
    expect(bert).toMatchObject({
      architectures: [],
      hiddenSize: 768,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      intermediateSize: 3072,
      hiddenAct: 'gelu',
      hiddenDropoutProb: 0.1,
      attentionProbsDropoutProb: 0.1,
      classifierDropout: null,
      maxPositionEmbeddings: 512,
      typeVocabSize: 2,
      layerNormEps: 1e-12,
      initializerRange: 0.02,
      padTokenId: 0,
      id2label: { 0: 'LABEL_0', 1: 'LABEL_1' },
      label2id: { LABEL_0: 0, LABEL_1: 1 },
    });
    expect(parseConfig({ model_type: 'roberta', vocab_size: 10 }, { path: 'c' }).padTokenId).toBe(1);
    expect(
      labelNames(parseConfig({ model_type: 'bert', vocab_size: 10, num_labels: 3 }, { path: 'c' })),
    ).toHaveLength(3);
  });

  it.each([
    [
      'another architecture',
      { ...tinyConfig, model_type: 't5' },
      'unsupported',
      /"t5".*supports bert, roberta/,
    ],
    ['no architecture', { vocab_size: 5 }, 'unsupported', /model_type is missing.*one of bert, roberta/],
    [
      'no model type beside a class that tells it',
      { vocab_size: 5, architectures: ['RobertaForMaskedLM'] },
      'unsupported',
      /Add it: `"model_type": "roberta"`.*RobertaForMaskedLM/,
    ],
    ['something that is not an object', [], 'bad-input', /JSON object/],
    ['no vocabulary size', { model_type: 'bert' }, 'bad-input', /vocab_size/],
    ['a negative size', { ...tinyConfig, hidden_size: -2 }, 'bad-input', /hidden_size/],
    ['heads that do not divide', { ...tinyConfig, num_attention_heads: 3 }, 'bad-input', /multiple/],
    [
      'relative positions',
      { ...tinyConfig, position_embedding_type: 'relative_key' },
      'unsupported',
      /absolute/,
    ],
    [
      'two classes of one name',
      { ...tinyConfig, id2label: { 0: 'a', 1: 'b', 2: 'a' } },
      'bad-input',
      /two classes "a"/,
    ],
    [
      'quantised weights',
      { ...tinyConfig, quantization_config: { quant_method: 'bitsandbytes', load_in_8bit: true } },
      'unsupported',
      /weights are quantised \(quantization_config, bitsandbytes\).*dequantize/,
    ],
    ['labels with a gap', { ...tinyConfig, id2label: { 0: 'a', 2: 'b' } }, 'bad-input', /key 1 is missing/],
  ])('refuses %s', (_, json, code, message) => {
    expect(() => parseConfig(json, { path: 'config.json' })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('the labels of parseConfig', () => {
  it.each([
    ['numbers', { 0: 0, 1: 1 }, ['0', '1']],
    ['truth values', { 0: false, 1: true }, ['false', 'true']],
    ['null beside a name', { 0: null, 1: 'good' }, ['null', 'good']],
    ['no map at all', null, ['LABEL_0', 'LABEL_1']],
  ])('may be %s, as in transformers', (_, id2label, expected) => {
    const config = parseConfig({ ...tinyConfig, id2label }, { path: 'c' });
    expect(labelNames(config)).toEqual(expected);
    expect(areDefaultLabels(labelNames(config))).toBe(id2label === null);
  });

  it('are counted by the map where num_labels says otherwise', () => {
    // transformers 4.57.6 warns and takes the map, too.
    expect(labelNames(parseConfig({ ...tinyConfig, num_labels: 5 }, { path: 'c' }))).toEqual(['neg', 'pos']);
  });
});

describe('configToJson', () => {
  it('writes the problem type that the configuration has, over the file’s', () => {
    const read = parseConfig({ ...tinyConfig, problem_type: 'multi_label_classification' }, { path: 'c' });
    expect(read.problemType).toBe('multi_label_classification');
    const changed = { ...read, problemType: 'single_label_classification' };
    expect(configToJson(changed, { dtype: 'float32' }).problem_type).toBe('single_label_classification');
    expect(configToJson(parseConfig(tinyConfig, { path: 'c' }), { dtype: 'float32' })).not.toHaveProperty(
      'problem_type',
    );
  });

  it('writes changes over the original, and is read back as the same configuration', () => {
    const read = parseConfig({ ...tinyConfig, num_labels: 2, torch_dtype: 'bfloat16' }, { path: 'c' });
    const changed = { ...read, ...labelMaps(['a', 'b', 'c']), hiddenDropoutProb: 0.25 };
    const json = configToJson(changed, { dtype: 'float32' });
    expect(json).toMatchObject({
      id2label: { 0: 'a', 1: 'b', 2: 'c' },
      hidden_dropout_prob: 0.25,
      dtype: 'float32',
    });
    expect(json).not.toHaveProperty('num_labels');
    const { raw: _, ...again } = parseConfig(JSON.parse(JSON.stringify(json)), { path: 'c' });
    const { raw: __, ...expected } = changed;
    expect(again).toEqual(expected);
  });
});

describe('parseConfig, sizes', () => {
  const read = (fields: object) => parseConfig({ ...tinyConfig, ...fields }, { path: 'config.json' });

  it.each([
    ['num_hidden_layers', 1e15],
    ['hidden_size', 2 ** 31],
    ['vocab_size', 1e9],
    ['num_attention_heads', 1e9],
    ['intermediate_size', 1e12],
    ['max_position_embeddings', 1e15],
    ['type_vocab_size', 2 ** 53],
    ['pad_token_id', 1e12],
  ])('refuses %s of %d, which nothing could hold', (field, value) => {
    expect(() => read({ [field]: value })).toThrow(
      new RegExp(`^config.json.*${field}: expected a (whole )?number at most \\d+`),
    );
  });

  it('refuses a number of classes beyond all use', () => {
    const { id2label: _, ...config } = tinyConfig;
    expect(() => parseConfig({ ...config, num_labels: 1e9 }, { path: 'config.json' })).toThrow(
      /num_labels: .* at most 1000000/,
    );
  });

  it('names a few keys of id2label where thousands are wrong', () => {
    const id2label = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`class ${i}`, 'x']));
    const refusal = (() => {
      try {
        return read({ id2label });
      } catch (thrown) {
        return (thrown as Error).message;
      }
    })();
    expect(refusal).toMatch(/key 0 is missing among class 0, .* more\.$/);
    expect((refusal as string).length).toBeLessThan(400);
  });

  it('says what is wrong on one line, without the marks of a schema', () => {
    expect(() => read({ hidden_size: 'big', vocab_size: null })).toThrow(
      'config.json is not a usable model configuration: vocab_size: expected a number, got null (and 1 more). Correct the file.',
    );
  });
});
