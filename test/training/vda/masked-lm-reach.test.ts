import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { float32Tensor } from '../../../src/base/tensor.ts';
import { maskedLmRemarks } from '../../../src/cli/inputs/masked-lm-remarks.ts';
import { createMaskedLm } from '../../../src/node-inference.ts';
import { loadMaskedLm } from '../../../src/pretrained/load-masked-lm.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../../src/pretrained/safetensors.ts';
import { temporaryFolder } from '../../pretrained/folders.ts';
import { noisyVda, tinyDataset, tinyFineTune } from '../tiny-fine-tune.ts';
import { writeTinyModel } from '../tiny-model.ts';

/** The tiny masked LM with the first rows only of its table of positions or token types. */
function maskedLmWith(table: 'position' | 'token_type', rows: number): string {
  const folder = writeTinyModel(temporaryFolder());
  const [weights, config] = [join(folder, 'model.safetensors'), join(folder, 'config.json')];
  const file = readSafetensors(weights);
  const tensors = new Map([...file.entries.keys()].map((name) => [name, readFloat32(file, name)]));
  const name = `bert.embeddings.${table}_embeddings.weight`;
  const { shape, data } = tensors.get(name)!;
  tensors.set(name, float32Tensor([rows, shape[1]!], [...data.subarray(0, rows * shape[1]!)]));
  writeSafetensors(weights, tensors);
  const field = table === 'position' ? 'max_position_embeddings' : 'type_vocab_size';
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), [field]: rows }));
  return folder;
}

const training = (maskedLm: string, more: Partial<Parameters<typeof tinyFineTune>[0]> = {}) =>
  tinyFineTune({
    ...{ modelFolder: writeTinyModel(temporaryFolder()), outputDir: temporaryFolder(), maskedLm },
    ...more,
    options: { vda: noisyVda, maxSteps: 1, ...more.options },
  });

// The longest of the ten texts has 11 tokens.
test.each([
  ['texts that are longer', 10, {}],
  ['padding that is longer', 11, { padToMaxLength: true }],
  ['texts that attacks may make longer', 11, { adaExamples: 2 }],
])(
  'VDA with a masked LM of fewer positions is refused for %s, with how many',
  async (_, positions, options) => {
    await expect(training(maskedLmWith('position', positions), { options })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        new RegExp(`has positions for ${positions} tokens, but training texts may have \\d+`),
      ),
    });
  },
);

test('VDA with a masked LM of fewer positions runs where the texts are short enough', async () => {
  const { result } = await training(maskedLmWith('position', 11));
  expect(result.steps).toBe(1);
  const cut = await training(maskedLmWith('position', 8), { options: { maxSeqLength: 8 } });
  expect(cut.result.steps).toBe(1);
});

test('VDA on pairs with a masked LM of one token type is refused', async () => {
  const examples = tinyDataset.examples.map((example) => ({ ...example, textPair: 'a good film' }));
  await expect(
    training(maskedLmWith('token_type', 1), { train: { ...tinyDataset, examples } }),
  ).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/cannot read pairs of texts.*type_vocab_size/),
  });
});

test('an attack says how many texts its masked LM reads less of than the classifier', async () => {
  const model = await loadMaskedLm(maskedLmWith('position', 10));
  const maskedLm = createMaskedLm(model, { numThreads: 1 });
  const parts = { tokenizer: model.tokenizer, maskedLm, inContext: true };
  const { examples } = tinyDataset;
  expect(maskedLmRemarks(examples, { ...parts, classifier: { maxLength: 20 } })).toEqual([
    'The masked language model reads 10 tokens, the classifier 20: in 1 of 10 texts the words beyond are not replaced.',
  ]);
  expect(maskedLmRemarks(examples, { ...parts, classifier: { maxLength: 10 } })).toEqual([]);
  const short = examples.filter(({ text }) => text.length < 20);
  expect(maskedLmRemarks(short, { ...parts, classifier: { maxLength: 20 } })).toEqual([]);
  await maskedLm.release();
});

test('an attack on pairs is refused where its masked LM has one token type', async () => {
  const { tokenizer } = await loadMaskedLm(maskedLmWith('token_type', 1));
  const pairs = [{ id: 0, text: 'a good film', textPair: 'it was bad', label: 0 }];
  const parts = { tokenizer, maskedLm: { maxLength: 20 }, classifier: { maxLength: 20 } };
  expect(() => maskedLmRemarks(pairs, { ...parts, inContext: true })).toThrow(/cannot read pairs of texts/);
  expect(maskedLmRemarks(pairs, { ...parts, inContext: false })).toEqual([]);
});
