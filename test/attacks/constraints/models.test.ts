import { expect, test } from 'vitest';
import type { Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { perplexityRatio } from '../../../src/attacks/constraints/perplexity.ts';
import { sentenceSimilarity } from '../../../src/attacks/constraints/sentence-similarity.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { servicesOf } from '../../../src/attacks/services/index.ts';
import { createRowMemo } from '../../../src/attacks/services/row-memo.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { withEdit } from '../../../src/text/edited-text.ts';
import { toyMaskedLm, toyVictim } from '../toys.ts';
import { changeIn } from './changes.ts';

/** The direction of a text's word counts: [films, plots, dull, good, 1]. */
const toyEncoder = () => {
  const asked: string[] = [];
  return {
    asked,
    identity: () => ({ id: 'toy encoder' }),
    encode: async (texts: readonly string[]) => {
      asked.push(...texts);
      return texts.map((text) => {
        const counts = ['film', 'plot', 'dull', 'good'].map((word) => text.split(word).length - 1);
        const length = Math.hypot(...counts, 1);
        return Float32Array.from([...counts, 1], (count) => count / length);
      });
    },
  };
};

async function judged(
  rule: Constraint,
  p: { changes: readonly ReturnType<typeof changeIn>[]; encoder?: ReturnType<typeof toyEncoder> },
) {
  const losses = async (texts: readonly string[]) => texts.map((text) => text.split('x').length - 1);
  const maskedLm = { ...toyMaskedLm(1), textLoss: losses };
  const services = servicesOf({ victim: toyVictim(1), maskedLm, encoder: p.encoder }, createRowMemo(10));
  const search = rule.judge!(p.changes, undefined as never);
  let step = search.next();
  while (!step.done) {
    const { service, items } = step.value as {
      service: 'textLoss' | 'sentenceVectors';
      items: readonly string[];
    };
    step = search.next(await services[service].answer(items));
  }
  return step.value;
}

const text = 'good film with a good plot but a very long and slow and sad and odd end that is dull';

test('sentenceSimilarity compares whole texts, or a window, by cosine or angle', async () => {
  const changes = [
    changeIn(text, ['film', 'film!']),
    changeIn(text, ['film', 'plot']),
    changeIn(text, ['dull', 'sad']),
  ];
  const [cosine, angular] = await Promise.all(
    (['cosine', 'angular'] as const).map((measure) =>
      judged(sentenceSimilarity({ threshold: 0.8, measure }), { changes, encoder: toyEncoder() }),
    ),
  );
  // cosines: 1, (4 + 0 + 2 + 1 + 1)/8 → with counts [1,1,1,2] and [0,2,1,2]: 8/√(8·10) = 0.89; [1,1,0,2]: 7/√56 = 0.94
  expect(cosine).toEqual([true, true, true]);
  expect(angular).toEqual([true, true, true]);
  const close = sentenceSimilarity({ threshold: 0.9, measure: 'cosine' });
  expect(await judged(close, { changes, encoder: toyEncoder() })).toEqual([true, false, true]);
  const window = sentenceSimilarity({ threshold: 0.9, measure: 'cosine', window: 3 });
  expect(await judged(window, { changes, encoder: toyEncoder() })).toEqual([true, false, false]);
});

test('sentenceSimilarity: the reference is the original, or the text before the edit', async () => {
  const first = changeIn(text, ['film', 'plot']);
  const edit = { start: 17, end: 18, to: 'plot' };
  const change = {
    edit,
    original: first.edited,
    edited: withEdit(first.edited, edit),
    from: 'that',
    to: 'plot',
  };
  const at = (against: 'original' | 'current') =>
    judged(sentenceSimilarity({ threshold: 0.9, measure: 'cosine', against }), {
      changes: [change],
      encoder: toyEncoder(),
    });
  expect([await at('original'), await at('current')]).toEqual([[false], [true]]);
});

test('each text is encoded once', async () => {
  const encoder = toyEncoder();
  const changes = ['a', 'b', 'a'].map((to) => changeIn(text, ['film', to]));
  await judged(sentenceSimilarity({ threshold: 0.5, measure: 'cosine' }), { changes, encoder });
  expect(encoder.asked).toHaveLength(3);
});

test('perplexityRatio compares the words around the edit before and after', async () => {
  const changes = [
    changeIn('a b c', ['b', 'd']),
    changeIn('a b c', ['b', 'x']),
    changeIn('a b c', ['b', 'xx']),
  ];
  expect(await judged(perplexityRatio({ ratio: 3 }), { changes })).toEqual([true, true, false]);
});

test('an attack asks the encoder, is refused without one, and says so in its recipe', async () => {
  const base = loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none', stopWords: new Set() });
  const rule = sentenceSimilarity({ threshold: 0.99, measure: 'cosine' });
  const recipe = { ...base, constraints: [...base.constraints, rule] };
  const examples = [{ id: 0, text: 'abc bcd cde dea eab', label: 0 }];
  const models = { victim: toyVictim(3), maskedLm: toyMaskedLm(3), recipe };
  await expect(attackMany(examples, models).next()).rejects.toThrow(/encoder/);
  const encoder = toyEncoder();
  for await (const { outcome } of attackMany(examples, { ...models, encoder }))
    expect(outcome.status).not.toBe('error');
  expect(encoder.asked.length).toBeGreaterThan(0);
});

test('an encoder that answers garbage stops the attack', async () => {
  const base = loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none', stopWords: new Set() });
  const recipe = {
    ...base,
    constraints: [...base.constraints, sentenceSimilarity({ threshold: 0.5, measure: 'cosine' })],
  };
  const examples = [0, 1, 2, 3].map((id) => ({ id, text: 'abc bcd cde dea eab', label: id % 2 }));
  const models = { victim: toyVictim(3), maskedLm: toyMaskedLm(3), recipe };
  const attack = async (encode: (texts: readonly string[]) => Promise<readonly Float32Array[]>) => {
    for await (const _ of attackMany(examples, { ...models, encoder: { encode } }));
  };
  await expect(attack(async () => [])).rejects.toThrow(/sentence encoder answered/);
  await expect(attack(async (texts) => texts.map(() => Float32Array.of(Number.NaN)))).rejects.toThrow(
    /finite/,
  );
});
