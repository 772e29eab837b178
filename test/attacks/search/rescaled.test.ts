import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttackRecipe } from '../../../src/attacks/recipe.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { toyLogits, toyMaskedLm, toyVictim } from '../toys.ts';

const unfiltered = { similarity: ['none'], antonyms: 'none', stopWords: new Set<string>() } as const;
const recipes: readonly AttackRecipe[] = [
  loadRecipe('bert-attack', unfiltered),
  loadRecipe('bert-attack', { ...unfiltered, preset: 'paper' }),
  loadRecipe('deepwordbug'),
];

/** How attacks on some texts ended, and what they cost. */
async function endings(texts: readonly string[], p: { victim: Victim; recipe: AttackRecipe; seed: number }) {
  const remarks: string[] = [];
  const found: unknown[] = [];
  const examples = texts.map((text, id) => ({ id, text, label: 0 }));
  for await (const ended of attackMany(examples, {
    ...{ ...p, maskedLm: toyMaskedLm(p.seed), onRemark: (remark: string) => void remarks.push(remark) },
  })) {
    const { id, status, adversarialText, queries } = toRecord(ended, {
      labels: p.victim.labels,
      recipe: p.recipe,
    });
    found[id] = { status, adversarialText, queries };
  }
  return { found, remarks };
}

const someText = fc
  .array(fc.stringMatching(/^[a-h]{1,4}$/), { minLength: 1, maxLength: 10 })
  .map((words) => words.join(' '));

test('a model whose logits are multiplied by a constant gets the same attack', async () => {
  const flips = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(1000),
        classes: fc.constantFrom(2, 3),
        texts: fc.array(someText, { minLength: 1, maxLength: 6 }),
        factor: fc.oneof(fc.constantFrom(1e-3, 1e3, 50), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
        recipe: fc.constantFrom(...recipes),
      }),
      async ({ seed, classes, texts, factor, recipe }) => {
        const plain = await endings(texts, { victim: toyLogits(seed, { classes }), recipe, seed });
        const scaled = await endings(texts, { victim: toyLogits(seed, { classes, factor }), recipe, seed });
        expect(scaled).toEqual(plain);
        for (const { status } of plain.found as { status: string }[]) flips.add(status);
      },
    ),
    { numRuns: 150 },
  );
  expect([...flips]).toEqual(expect.arrayContaining(['success', 'failed', 'skipped']));
});

test('a victim whose probabilities are 0 and 1 is remarked on, once; one that answers logits is not', async () => {
  const toy = toyVictim(3);
  const labels: Victim = {
    ...toy,
    classify: async (inputs) => (await toy.classify(inputs)).map((row) => (row[0]! >= 0.5 ? [1, 0] : [0, 1])),
  };
  const p = { recipe: recipes[0]!, seed: 3 };
  const { remarks } = await endings(['a b c', 'd e f', 'g h a'], { ...p, victim: labels });
  expect(remarks).toEqual([expect.stringMatching(/probabilities of exactly 0 or 1.*Let it answer logits/)]);
  expect((await endings(['a b c'], { ...p, victim: toyLogits(3, { factor: 1e3 }) })).remarks).toEqual([]);
});

test('a victim whose probabilities are rounded so far that texts tie is remarked on', async () => {
  const toy = toyVictim(3);
  const rounded: Victim = {
    ...toy,
    classify: async (inputs) => inputs.map(() => [0.8, 0.2]),
  };
  const texts = ['a b c d e f g h ab cd', 'b d f h a c e g ef gh'];
  const { remarks } = await endings(texts, { victim: rounded, recipe: recipes[0]!, seed: 3 });
  expect(remarks).toEqual([expect.stringMatching(/1 different rows of probabilities to \d+ texts/)]);
});
