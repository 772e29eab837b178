import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { loadModelFolder } from '../../src/checkpoints/model-folder.ts';
import { readFloat32, readSafetensors } from '../../src/checkpoints/safetensors.ts';
import { matchWeights } from '../../src/checkpoints/weights.ts';
import { gradient } from '../../src/graph/gradient.ts';
import { input, reshape, takeRows } from '../../src/graph/ops/index.ts';
import type { Value, ValueType } from '../../src/graph/value.ts';
import type { Head, Weights } from '../../src/models/architecture.ts';
import { bert } from '../../src/models/bert.ts';
import { architectureOf } from '../../src/models/index.ts';
import { noDropout, traceDropout } from '../../src/nn/dropout.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import { compile } from '../../src/runtime/compile.ts';
import { expectClose, tensorOf } from '../graph/fixtures.ts';
import { doubles } from '../graph/reference.ts';

// A model and what transformers works out with it, in float64: oracles/tiny_bert.py.
const folder = join(import.meta.dirname, '../fixtures/models/tiny-bert');
const { config, weights: stored } = loadModelFolder(folder);
const numLabels = 3;

const stack = (name: string) => {
  const file = readSafetensors(join(folder, name));
  return (entry: string): Tensor<'float32'> => readFloat32(file, entry);
};
const expected = stack('expected.safetensors');
const expectedGradient = stack('gradients.safetensors');

const load = (head: Head) => {
  const specs = bert.parameters(config, { head, numLabels });
  const match = matchWeights(new Map(specs.map(({ name, shape }) => [name, shape])), stored);
  return { specs, match, weights: Object.fromEntries(match.loaded) as Record<string, Tensor> };
};
const classifier = load('classifier');
const maskedLm = load('maskedLm');
const typesOf = (weights: Readonly<Record<string, Tensor>>): Record<string, ValueType> =>
  Object.fromEntries(Object.entries(weights).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));

const i64 = { dtype: 'int64', shape: ['batch', 'length'] } as const;
const batchTypes = { ids: i64, typeIds: i64, attentionMask: i64 };
type Batch<T> = Readonly<Record<keyof typeof batchTypes, T>>;
const integers = (name: string) => {
  const { shape, data } = expected(name);
  return tensorOf('int64', shape, data);
};
const batch: Batch<Tensor> = {
  ids: integers('input_ids'),
  typeIds: integers('token_type_ids'),
  attentionMask: integers('attention_mask'),
};
const labels = integers('labels');
const options = { config, dropout: noDropout };

const embed = (weights: Weights, { ids, ...rest }: Batch<Value>) =>
  bert.embed(weights, { ...rest, tokens: takeRows(weights[bert.wordEmbeddingName]!, ids) }, options);
const encode = (weights: Weights, inputs: Batch<Value>, firstTokenOnly = false) =>
  bert.encode(
    weights,
    { hidden: embed(weights, inputs), attentionMask: inputs.attentionMask },
    { ...options, firstTokenOnly },
  );
const firstOf = (states: Value) => reshape(states, [states.shape[0]!, states.shape[2]!]);
const logitsOf = (weights: Weights, inputs: Batch<Value>) =>
  bert.classify(weights, firstOf(encode(weights, inputs, true)), options);

/** Tensor `[R, T, …]` without the rows of padding, which nothing reads. */
const withoutPadding = ({ shape, data }: Tensor) => {
  const width = shape.slice(2).reduce((a, b) => a * b, 1);
  const kept = Array.from(data, Number).filter(
    (_, i) => batch.attentionMask.data[Math.floor(i / width)] === 1n,
  );
  return { shape: [kept.length / width, width], data: Float64Array.from(kept) };
};

describe('the checkpoint', () => {
  it('has every parameter of both heads, in the shapes of the specs', () => {
    expect(classifier.match.missing).toEqual([]);
    expect(maskedLm.match.missing).toEqual([]);
    expect(classifier.match.unexpected.every((name) => name.startsWith('cls.'))).toBe(true);
    expect(maskedLm.match.unexpected.every((name) => /^(classifier|bert\.pooler)\./.test(name))).toBe(true);
  });

  it('decays matrices and nothing else', () => {
    for (const { name, decay, shape, initialization } of [...classifier.specs, ...maskedLm.specs]) {
      expect(decay, name).toBe(shape.length === 2);
      expect(initialization, name).toBe(
        shape.length === 2 ? 'normal' : name.endsWith('LayerNorm.weight') ? 'ones' : 'zeros',
      );
    }
  });

  it('names its architecture', () => {
    expect(architectureOf(config.modelType)).toBe(bert);
    expect(() => architectureOf('t5')).toThrow('Model type "t5" is not supported; known: bert');
  });
});

describe('BERT against transformers', async () => {
  const types = typesOf({ ...classifier.weights, ...maskedLm.weights });
  const weights = { ...classifier.weights, ...maskedLm.weights };
  const program = await compile(
    ({ weights, batch }) => {
      const hidden = encode(weights, batch);
      const rows = reshape(hidden, ['batch*length', config.hiddenSize]);
      return {
        hidden,
        first: encode(weights, batch, true),
        logits: logitsOf(weights, batch),
        mlmLogits: reshape(bert.maskedLm(weights, rows, options), ['batch', 'length', config.vocabSize]),
      };
    },
    { weights: types, batch: batchTypes },
  );
  const result = await program.run({ weights, batch });

  it('gives its hidden states', () => {
    expectClose(withoutPadding(result.hidden), withoutPadding(expected('hidden')), {
      tolerance: 1e-5,
      what: 'hidden',
    });
  });

  it('gives its class logits', () => {
    expectClose(result.logits, doubles(expected('logits')), { tolerance: 1e-5, what: 'logits' });
  });

  it('gives its masked-LM logits', () => {
    const wanted = withoutPadding(expected('mlm_logits'));
    expectClose(withoutPadding(result.mlmLogits), wanted, { tolerance: 1e-5, what: 'masked-LM logits' });
  });

  it('works out the first token alone as in the full computation', () => {
    const { shape, data } = result.hidden;
    const [rows, length, width] = shape as [number, number, number];
    const first = Float64Array.from({ length: rows * width }, (_, i) =>
      Number(data[Math.floor(i / width) * length * width + (i % width)]),
    );
    expectClose(
      result.first,
      { shape: [rows, 1, width], data: first },
      { tolerance: 1e-6, what: 'first token' },
    );
  });

  it('does not see padding: other ids there, or more of it, give the same logits', async () => {
    const garbage = { ...batch.ids, data: batch.ids.data.slice() as BigInt64Array } as Tensor<'int64'>;
    batch.attentionMask.data.forEach((seen, i) => {
      if (seen === 0n) garbage.data[i] = 42n;
    });
    const other = await program.run({ weights, batch: { ...batch, ids: garbage } });
    expect([...other.logits.data]).toEqual([...result.logits.data]);

    const longer = ({ shape, data }: Tensor) => {
      const [rows, length] = shape as [number, number];
      const values = Array.from({ length: rows * 12 }, (_, i) =>
        i % 12 < length ? Number(data[Math.floor(i / 12) * length + (i % 12)]) : 0,
      );
      return tensorOf('int64', [rows, 12], values);
    };
    const padded = {
      ids: longer(batch.ids),
      typeIds: longer(batch.typeIds),
      attentionMask: longer(batch.attentionMask),
    };
    const same = await program.run({ weights, batch: padded });
    expectClose(same.logits, doubles(result.logits), { tolerance: 1e-6, what: 'logits' });
  });
});

it('the encoder in two parts is the encoder in one', async () => {
  const program = await compile(
    ({ weights, batch }) => {
      const { attentionMask } = batch;
      const half = bert.encode(
        weights,
        { hidden: embed(weights, batch), attentionMask },
        { ...options, to: 1 },
      );
      return {
        both: bert.encode(weights, { hidden: half, attentionMask }, { ...options, from: 1 }),
        one: encode(weights, batch),
      };
    },
    { weights: typesOf(classifier.weights), batch: batchTypes },
  );
  const { both, one } = await program.run({ weights: classifier.weights, batch });
  expect([...both.data]).toEqual([...one.data]);
});

describe('gradients of cross-entropy', async () => {
  const program = await compile(
    ({ weights, batch, labels }) => {
      const loss = crossEntropy(logitsOf(weights, batch), labels);
      return { loss, gradients: gradient(loss, weights) };
    },
    { weights: typesOf(classifier.weights), batch: batchTypes, labels: { dtype: 'int64', shape: ['batch'] } },
  );
  const { loss, gradients } = await program.run({ weights: classifier.weights, batch, labels });

  it('start from the loss of PyTorch', () => {
    expectClose(loss, doubles(expected('loss')), { tolerance: 1e-6, what: 'loss' });
  });

  it.each(classifier.specs.map(({ name }) => name))('of %s are those of PyTorch', (name) => {
    const wanted = doubles(expectedGradient(name));
    const norm = Math.hypot(...wanted.data);
    const error = Math.hypot(...wanted.data.map((x, i) => Number(gradients[name]!.data[i]) - x));
    expect(gradients[name]!.shape).toEqual(wanted.shape);
    // A key's bias shifts all scores of a query alike, which softmax doesn't see: its gradient is 0 but for rounding.
    if (name.endsWith('key.bias')) expect(error).toBeLessThan(1e-6);
    else expect(error).toBeLessThan(1e-4 * norm);
  });
});

it('dropout stands where transformers has it', () => {
  const { dropout, sites } = traceDropout();
  const traced = { ...options, dropout };
  const weights = Object.fromEntries(
    Object.entries(typesOf(classifier.weights)).map(([name, type]) => [name, input(name, type)]),
  );
  const inputs = Object.fromEntries(
    Object.entries(batchTypes).map(([name, type]) => [name, input(name, type)]),
  ) as Record<keyof typeof batchTypes, Value>;
  const tokens = takeRows(weights[bert.wordEmbeddingName]!, inputs.ids);
  const hidden = bert.embed(weights, { ...inputs, tokens }, traced);
  const first = bert.encode(
    weights,
    { hidden, attentionMask: inputs.attentionMask },
    { ...traced, firstTokenOnly: true },
  );
  bert.classify(weights, firstOf(first), traced);

  const { hiddenSize, numAttentionHeads: heads } = config;
  const layer = (n: number, queries: number | string) => [
    [`layer.${n}.attention.weights`, 'batch', heads, queries, 'length'],
    [`layer.${n}.attention.output`, 'batch', queries, hiddenSize],
    [`layer.${n}.output`, 'batch', queries, hiddenSize],
  ];
  expect(sites.map(({ site, shape }) => [site, ...shape])).toEqual([
    ['embeddings', 'batch', 'length', hiddenSize],
    ...layer(0, 'length'),
    ...layer(1, 1),
    ['classifier', 'batch', hiddenSize],
  ]);
  expect(new Set(sites.map(({ probability }) => probability))).toEqual(new Set([0.1]));
});

it('an activation that is not computed is refused', () => {
  const other = { ...options, config: { ...config, hiddenAct: 'silu' } };
  const weights = Object.fromEntries(
    Object.entries(typesOf(maskedLm.weights)).map(([name, type]) => [name, input(name, type)]),
  );
  const hidden = input('hidden', { dtype: 'float32', shape: ['rows', config.hiddenSize] });
  expect(() => bert.maskedLm(weights, hidden, other)).toThrow('hidden_act "silu"');
});
