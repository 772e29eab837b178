import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { int64Tensor, tensor } from '../../src/base/tensor.ts';
import { distilbert } from '../../src/models/distilbert/index.ts';
import { withDropout } from '../../src/models/with-dropout.ts';
import { readAll } from '../../src/optim/parameter-store.ts';
import { loadModelFolder } from '../../src/pretrained/model-folder.ts';
import { type Distillation, maskedLmObjective, maskedLmSpecs } from '../../src/pretraining/masked-lm.ts';
import { teacherFor, teacherLogits } from '../../src/pretraining/teacher.ts';
import { compile } from '../../src/runtime/node/compile.ts';
import { compilePass } from '../../src/strategies/compile-step.ts';
import { batchSpecs } from '../../src/strategies/train-batch.ts';
import { createTrainableModel } from '../../src/strategies/trainable-model.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { frozenMaskedLm } from '../strategies/tiny-step.ts';
import { tinyBert, tinyTokenizer } from '../training/tiny-model.ts';

interface Case extends Omit<Distillation, 'teacher'> {
  readonly loss: number;
  readonly ce: number;
  readonly reg: number;
  readonly norms: Readonly<Record<string, number>>;
  readonly entries: Readonly<Record<string, readonly (readonly [index: number, value: number])[]>>;
}

/** What oracles/distillation_step.py worked out in PyTorch. */
const oracle: {
  readonly rows: readonly number[];
  readonly ids: readonly (readonly number[])[];
  readonly positions: readonly number[];
  readonly targets: readonly number[];
  readonly teacherLogits: readonly number[];
  readonly cases: Readonly<Record<string, Case>>;
} = JSON.parse(readFileSync(new URL('../fixtures/pretraining/distillation.json', import.meta.url), 'utf8'));

const runtime = { numThreads: 1 };
const { config: stored, weights: found } = loadModelFolder(
  new URL('../fixtures/models/tiny-distilbert', import.meta.url).pathname,
);
const config = withDropout(stored, 0);
const student = tokenizerFromFiles(wordPieceTokenizerFiles(oracle.rows.map(tinyTokenizer.tokenOf)), {
  where: 'the tests',
});
const teacher = teacherFor(
  { tokenizer: student, config },
  { ...frozenMaskedLm(), folder: tinyBert, unexpected: [] },
);
const ids = int64Tensor([3, 9], oracle.ids.flat());
const typeIds = tensor('int64', [3, 9], new BigInt64Array(27));
const attentionMask = tensor('int64', [3, 9], new BigInt64Array(27).fill(1n));
const positions = int64Tensor([5], oracle.positions);
const tolerance = 1e-4;

describe.each(Object.entries(oracle.cases))('a step with %s', (_, expected) => {
  it('has the losses and the gradients of PyTorch', async () => {
    const { store } = createTrainableModel({
      ...{ architecture: distilbert, config, head: 'maskedLm', numLabels: 0, found, seed: 1 },
    });
    const { teacherTemperature, teacherWeight } = expected;
    const distillation = { teacher, teacherTemperature, teacherWeight };
    const pass = await compilePass({
      ...{ architecture: distilbert, config, numLabels: 0, store, runtime, seed: 1 },
      objective: (inputs) => maskedLmObjective({ architecture: distilbert, config, distillation }, inputs),
      extraSpecs: maskedLmSpecs,
    });
    const batch = {
      ...{ ids, typeIds, attentionMask, labels: int64Tensor([0], []), exampleIds: [0, 1, 2] },
      ...{ stepLabels: [], weight: 1, epoch: 0, step: 0 },
    };
    const { metrics } = await pass.run(batch, {
      feeds: { positions, targets: int64Tensor([5], oracle.targets) },
    });
    for (const figure of ['loss', 'ce', 'reg'] as const) {
      expect(metrics[figure], figure).toBeCloseTo(expected[figure], 4);
    }
    const gradients = readAll(store, 'gradients');
    expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.norms).sort());
    const floor = 1e-6 * Math.max(...Object.values(expected.norms));
    for (const [name, norm] of Object.entries(expected.norms)) {
      const gradient = gradients.get(name)!.data;
      expect(Math.abs(Math.hypot(...gradient) - norm), name).toBeLessThan(tolerance * norm + floor);
      for (const [index, value] of expected.entries[name]!) {
        expect(Math.abs(gradient[index]! - value), `${name}[${index}]`).toBeLessThan(
          tolerance * norm + floor,
        );
      }
    }
  });
});

it('a teacher reads a student’s ids, and guesses among its tokens alone', async () => {
  const program = await compile(
    ({ batch, extra }) => ({ logits: teacherLogits(teacher, { batch, positions: extra.positions }) }),
    {
      batch: { ids: batchSpecs.ids, typeIds: batchSpecs.typeIds, attentionMask: batchSpecs.attentionMask },
      extra: { positions: maskedLmSpecs.positions },
    },
    runtime,
  );
  const { logits } = await program.run({ batch: { ids, typeIds, attentionMask }, extra: { positions } });
  expect(logits.shape).toEqual([5, 40]);
  for (const [i, value] of oracle.teacherLogits.entries()) {
    expect(Number(logits.data[i])).toBeCloseTo(value, 4);
  }
  await program.release();
});

it('refuses a teacher that lacks a token, with what to do', () => {
  const other = tokenizerFromFiles(
    wordPieceTokenizerFiles([...oracle.rows.map(tinyTokenizer.tokenOf), 'zebra']),
    { where: 'the tests' },
  );
  const model = { ...frozenMaskedLm(), folder: tinyBert, unexpected: [] };
  expect(() => teacherFor({ tokenizer: other, config }, model)).toThrow(
    /no guess for 1 of the 41 tokens .* \("?zebra"?\)/,
  );
});

it('a teacher never guesses a row that belongs to no token', () => {
  const longer = { tokenizer: student, config: { ...config, vocabSize: 42 } };
  const { weights } = teacherFor(longer, { ...frozenMaskedLm(), folder: tinyBert, unexpected: [] });
  const biases = weights['cls.predictions.bias']!.data;
  expect([biases.length, ...biases.slice(40)]).toEqual([42, -1e4, -1e4]);
});
