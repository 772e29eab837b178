import { expect, it } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { createAdversarialEpochs } from '../../src/augmentation/adversarial-epochs.ts';
import { encodeExamples } from '../../src/augmentation/epoch-texts.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyDataset } from '../training/tiny-fine-tune.ts';
import { tinyTokenizer } from '../training/tiny-model.ts';

it('adds each drawn text once more: as the attack left it where it fooled the model, else as it was', async () => {
  const encode = (examples: typeof tinyDataset.examples) =>
    encodeExamples(examples, { tokenizer: tinyTokenizer, maxLength: 16 });
  const attacked: (readonly number[])[] = [];
  const learnt: (readonly number[])[] = [];
  let weights = 'first';
  const texts = createAdversarialEpochs({
    ...{ clean: encode(tinyDataset.examples), count: 4, seed: 1, folder: temporaryFolder(), encode },
    attack: {
      identityOn: () => identityOf({ weights: { id: weights } }),
      on: async (examples) => {
        attacked.push(examples.map(({ id }) => id));
        return examples.map(({ id, text }, i): AttackRecord => {
          const status = i % 2 === 0 ? 'success' : 'failed';
          return {
            ...{
              id,
              status,
              text,
              adversarialText: `fine ${id}`,
              changes: [],
              words: 1,
              queries: 1,
              seconds: 0,
            },
            ...{ label: 'a', originalPrediction: 'a', finalPrediction: 'b' },
            ...{ originalProbabilities: [1, 0], finalProbabilities: [0, 1] },
          };
        });
      },
    },
    learn: async ({ examples }) => {
      learnt.push(examples.map(({ id }) => id));
    },
    say: () => {},
  });
  expect(texts.size).toBe(14);
  const first = await texts.of(0, { isStart: true });
  const third = await texts.of(2, { isStart: true });
  const again = await texts.of(2, { isStart: false }); // from the folder
  expect(attacked).toHaveLength(1);
  expect(again).toEqual(third);
  for (const { examples, encodings } of [first, third]) {
    expect(examples.slice(0, 10)).toEqual(tinyDataset.examples);
    expect([examples.length, encodings.length]).toEqual([14, 14]);
  }
  const original = (text: string) => tinyDataset.examples.some((example) => example.text === text);
  expect(first.examples.slice(10).every(({ text }) => original(text))).toBe(true);
  const drawn = attacked[0]!.map((id) => tinyDataset.examples[id]!);
  expect(third.examples.slice(10)).toEqual(
    drawn.map(({ id, text, label }, i) => ({ id: 18 + i, text: i % 2 === 0 ? `fine ${id}` : text, label })),
  );
  expect(learnt).toEqual([
    [10, 11, 12, 13],
    [18, 19, 20, 21],
    [18, 19, 20, 21],
  ]);

  // Started anew: the same attack is not made twice, one on other weights is.
  expect(await texts.of(2, { isStart: true })).toEqual(third);
  expect(attacked).toHaveLength(1);
  weights = 'other';
  await texts.of(2, { isStart: true });
  expect(attacked).toHaveLength(2);
});

it('gives added texts no id of a sampled one, and none twice', async () => {
  const encode = (examples: typeof tinyDataset.examples) =>
    encodeExamples(examples, { tokenizer: tinyTokenizer, maxLength: 16 });
  const sampled = tinyDataset.examples.slice(6);
  const texts = createAdversarialEpochs({
    ...{ clean: encode(sampled), count: 3, seed: 1, folder: temporaryFolder(), encode },
    attack: { on: async () => [], identityOn: () => identityOf({}) },
    ...{ learn: async () => {}, say: () => {} },
  });
  const epochs = await Promise.all([0, 1].map((epoch) => texts.of(epoch, { isStart: true })));
  const added = epochs.flatMap(({ examples }) => examples.slice(sampled.length).map(({ id }) => id));
  expect(added).toEqual([10, 11, 12, 13, 14, 15]);
});
