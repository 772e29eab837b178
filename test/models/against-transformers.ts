import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { gradient } from '../../src/graph/gradient.ts';
import { input, reshape, takeRows } from '../../src/graph/ops/index.ts';
import type { Value, ValueType } from '../../src/graph/value.ts';
import type { Architecture, Head, Weights } from '../../src/models/architecture.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { matchWeights } from '../../src/models/match-weights.ts';
import { noDropout, traceDropout } from '../../src/nn/dropout.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { expectClose, tensorOf } from '../graph/fixtures.ts';
import { doubles } from '../graph/reference.ts';

const numLabels = 3;
const i64 = { dtype: 'int64', shape: ['batch', 'length'] } as const;
const batchTypes = { ids: i64, typeIds: i64, attentionMask: i64 };
type Batch<T> = Readonly<Record<keyof typeof batchTypes, T>>;

const typesOf = (weights: Readonly<Record<string, Tensor>>): Record<string, ValueType> =>
  Object.fromEntries(Object.entries(weights).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));

/** Symbolic weights of a checkpoint, to trace with. */
export const tracedWeights = (weights: Readonly<Record<string, Tensor>>): Weights =>
  Object.fromEntries(Object.entries(typesOf(weights)).map(([name, type]) => [name, input(name, type)]));

const firstOf = (states: Value) => reshape(states, [states.shape[0]!, states.shape[2]!]);

/** A tiny model with random weights: oracles/tiny_bert.py and its like. */
export function tinyModel(architecture: Architecture, folder: string) {
  const path = join(import.meta.dirname, '../fixtures/models', folder);
  const { config, weights: stored } = loadModelFolder(path);
  const load = (head: Head) => {
    const specs = architecture.parameters(config, { head, numLabels });
    const match = matchWeights(new Map(specs.map(({ name, shape }) => [name, shape])), stored);
    return { specs, match, weights: Object.fromEntries(match.loaded) as Record<string, Tensor> };
  };
  return { path, config, classifier: load('classifier'), maskedLm: load('maskedLm') };
}

/** What transformers works out with the tiny model of a family, in float64, and what we do. */
export function describeAgainstTransformers(
  architecture: Architecture,
  p: {
    /** Name of the fixture's folder. */
    readonly folder: string;
    /** Places of dropout that all families don't share. */
    readonly dropsAttentionOutput: boolean;
    readonly classifierSites: readonly string[];
  },
): void {
  const { path, config, classifier, maskedLm } = tinyModel(architecture, p.folder);
  const options = { config, dropout: noDropout };
  const stack = (name: string) => {
    const file = readSafetensors(join(path, name));
    return {
      has: (entry: string) => file.entries.has(entry),
      read: (entry: string): Tensor<'float32'> => readFloat32(file, entry),
    };
  };
  const { has, read: expected } = stack('expected.safetensors');
  const { read: expectedGradient } = stack('gradients.safetensors');
  const integers = (name: string) => {
    const { shape, data } = expected(name);
    return tensorOf('int64', shape, data);
  };
  const attentionMask = integers('attention_mask');
  const batch: Batch<Tensor> = {
    ids: integers('input_ids'),
    typeIds: has('token_type_ids')
      ? integers('token_type_ids')
      : tensorOf('int64', attentionMask.shape, Array<number>(attentionMask.data.length).fill(0)),
    attentionMask,
  };
  const labels = integers('labels');

  const embed = (weights: Weights, { ids, ...rest }: Batch<Value>, dropping = options) =>
    architecture.embed(
      weights,
      { ...rest, tokens: takeRows(weights[architecture.wordEmbeddingName]!, ids) },
      dropping,
    );
  const encode = (weights: Weights, inputs: Batch<Value>, firstTokenOnly = false) =>
    architecture.encode(
      weights,
      { hidden: embed(weights, inputs), attentionMask: inputs.attentionMask },
      { ...options, firstTokenOnly },
    );
  const logitsOf = (weights: Weights, inputs: Batch<Value>) =>
    architecture.classify(weights, firstOf(encode(weights, inputs, true)), options);

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
      // What one head doesn't expect is the other's own.
      const namesOf = ({ specs }: typeof classifier) => specs.map(({ name }) => name);
      const [ofClassifier, ofMaskedLm] = [namesOf(classifier), namesOf(maskedLm)];
      const onlyIn = (names: readonly string[], others: readonly string[]) =>
        names.filter((name) => !others.includes(name)).sort();
      expect(classifier.match.unexpected).toEqual(onlyIn(ofMaskedLm, ofClassifier));
      expect(maskedLm.match.unexpected).toEqual(onlyIn(ofClassifier, ofMaskedLm));
    });

    it('decays matrices and nothing else', () => {
      for (const { name, decay, shape, initialization } of [...classifier.specs, ...maskedLm.specs]) {
        expect(decay, name).toBe(shape.length === 2);
        expect(initialization, name).toBe(
          shape.length === 2 ? 'normal' : /layer_?norm\.weight$/i.test(name) ? 'ones' : 'zeros',
        );
      }
    });

    it('names its architecture', () => {
      expect(familyOf(config.modelType)).toBe(architecture);
      expect(config.architectures).toEqual([architecture.classNames.classifier]);
      expect(architecture.positions(config)).toBe(20);
    });
  });

  describe('the numbers of transformers', async () => {
    const weights = { ...classifier.weights, ...maskedLm.weights };
    const program = await compile(
      ({ weights, batch }) => {
        const hidden = encode(weights, batch);
        const rows = reshape(hidden, ['batch*length', config.hiddenSize]);
        return {
          hidden,
          first: encode(weights, batch, true),
          logits: logitsOf(weights, batch),
          mlmLogits: reshape(architecture.maskedLm(weights, rows, options), [
            'batch',
            'length',
            config.vocabSize,
          ]),
        };
      },
      { weights: typesOf(weights), batch: batchTypes },
    );
    const result = await program.run({ weights, batch });

    it('are its hidden states', () => {
      expectClose(withoutPadding(result.hidden), withoutPadding(expected('hidden')), {
        tolerance: 1e-5,
        what: 'hidden',
      });
    });

    it('are its class logits', () => {
      expectClose(result.logits, doubles(expected('logits')), { tolerance: 1e-5, what: 'logits' });
    });

    it('are its masked-LM logits', () => {
      const wanted = withoutPadding(expected('mlm_logits'));
      expectClose(withoutPadding(result.mlmLogits), wanted, { tolerance: 1e-5, what: 'masked-LM logits' });
    });

    it('are the same for the first token alone as in the full computation', () => {
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

    it('do not see padding: other ids there, or more of it, give the same logits', async () => {
      const garbage = { ...batch.ids, data: batch.ids.data.slice() as BigInt64Array } as Tensor<'int64'>;
      batch.attentionMask.data.forEach((seen, i) => {
        if (seen === 0n) garbage.data[i] = 39n;
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
        const half = architecture.encode(
          weights,
          { hidden: embed(weights, batch), attentionMask },
          { ...options, to: 1 },
        );
        return {
          both: architecture.encode(weights, { hidden: half, attentionMask }, { ...options, from: 1 }),
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
      {
        weights: typesOf(classifier.weights),
        batch: batchTypes,
        labels: { dtype: 'int64', shape: ['batch'] },
      },
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
      if (/\.(key|k_lin)\.bias$/.test(name)) expect(error).toBeLessThan(1e-6);
      else expect(error).toBeLessThan(1e-4 * norm);
    });
  });

  it('dropout stands where transformers has it', () => {
    const { dropout, sites } = traceDropout();
    const dropping = { config, dropout };
    const weights = tracedWeights(classifier.weights);
    const inputs = Object.fromEntries(
      Object.entries(batchTypes).map(([name, type]) => [name, input(name, type)]),
    ) as Batch<Value>;
    const hidden = embed(weights, inputs, dropping);
    const first = architecture.encode(
      weights,
      { hidden, attentionMask: inputs.attentionMask },
      { ...dropping, firstTokenOnly: true },
    );
    architecture.classify(weights, firstOf(first), dropping);

    const { hiddenSize, numAttentionHeads: heads } = config;
    const layer = (n: number, queries: number | string) => [
      [`layer.${n}.attention.weights`, 'batch', heads, queries, 'length'],
      ...(p.dropsAttentionOutput ? [[`layer.${n}.attention.output`, 'batch', queries, hiddenSize]] : []),
      [`layer.${n}.output`, 'batch', queries, hiddenSize],
    ];
    expect(sites.map(({ site, shape }) => [site, ...shape])).toEqual([
      ['embeddings', 'batch', 'length', hiddenSize],
      ...layer(0, 'length'),
      ...layer(1, 1),
      ...p.classifierSites.map((site) => [site, 'batch', hiddenSize]),
    ]);
    for (const { site, probability } of sites) {
      const own = site.startsWith('classifier') ? config.classifierDropout : null;
      expect(probability, site).toBe(own ?? 0.1);
    }
  });
}
