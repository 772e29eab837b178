import { expect, test } from 'vitest';
import type { Change, Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { maskedFit } from '../../../src/attacks/constraints/masked-fit.ts';
import { perplexityRatio } from '../../../src/attacks/constraints/perplexity.ts';
import { proposed } from '../../../src/attacks/constraints/proposed.ts';
import { sentenceSimilarity } from '../../../src/attacks/constraints/sentence-similarity.ts';
import type { MaskedLanguageModel } from '../../../src/attacks/masked-lm.ts';
import type { AttackRecipe } from '../../../src/attacks/recipe.ts';
import { ensembleOf } from '../../../src/attacks/recipes/ensemble.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { withEdit } from '../../../src/text/edited-text.ts';
import { attackToys, toyRecipe } from '../toy-recipe.ts';
import { toyMaskedLm, toyVictim } from '../toys.ts';
import { answered } from './answered.ts';
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

const judged = (
  rule: Constraint,
  p: { changes: readonly Change[]; encoder?: ReturnType<typeof toyEncoder> },
) => {
  const textLoss = async (texts: readonly string[]) => texts.map((text) => text.split('x').length - 1);
  return answered(rule, p.changes, { maskedLm: { ...toyMaskedLm(1), textLoss }, encoder: p.encoder });
};

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

test('attacks of an ensemble ask the encoder once for a text that several propose', async () => {
  const constraints = [sentenceSimilarity({ threshold: 0.1, measure: 'cosine' })];
  const members = (['unk', 'nothing'] as const).map((hideBehind) =>
    toyRecipe(greedyByImportance({ ranking: hiding(hideBehind), asks: 'all-for-most-similar' }), {
      constraints,
    }),
  );
  const examples = [0, 1, 2, 3].map((id) => ({
    id,
    text: [...'abcdefgh'].slice(id).join(' '),
    label: id % 2,
  }));
  const asked = async (recipe: AttackRecipe) => {
    const encoder = toyEncoder();
    await attackToys(examples, { recipe, victim: toyVictim(3), encoder });
    return encoder.asked;
  };
  const together = await asked(ensembleOf(members));
  const alone = await Promise.all(members.map(asked));
  expect(new Set(together).size).toBe(together.length);
  expect(together.length).toBeLessThan(alone.flat().length);
});

test('perplexityRatio compares the words around the edit before and after', async () => {
  const changes = [
    changeIn('a b c', ['b', 'd']),
    changeIn('a b c', ['b', 'x']),
    changeIn('a b c', ['b', 'xx']),
  ];
  expect(await judged(perplexityRatio({ ratio: 3 }), { changes })).toEqual([true, true, false]);
});

/** A model over single letters and words, whose answers at a mask or at a word are given, best first. */
const saying = (words: readonly string[], logProbs: readonly number[]) => {
  const asked: string[] = [];
  const answer = (topK: number) => ({
    ids: words.slice(0, topK).map((_, id) => id),
    logProbs: logProbs.slice(0, topK),
  });
  const maskedLm: MaskedLanguageModel = {
    maskToken: '[MASK]',
    maskedCandidates: async (inputs, { topK }) =>
      inputs.map((input) => {
        asked.push(input.words.join(' '));
        return answer(topK);
      }),
    unmaskedCandidates: async (inputs, { topK }) =>
      inputs.map((input) => {
        asked.push(input.words.join(' '));
        return input.words.map(() => ({ pieces: [0], candidates: [answer(topK)] }));
      }),
    loss: async () => [],
    isContinuation: (id) => words[id]!.startsWith('##'),
    isSpecial: (id) => words[id]!.startsWith('['),
    textOf: ([id]) => words[id!]!,
  };
  return { asked, maskedLm };
};

test('maskedFit compares what comes with what goes where both are masked, and knows only what the model names', async () => {
  const { asked, maskedLm } = saying(
    ['[UNK]', 'film', 'movie', '##movie', 'plot', 'sad'],
    [0, -0.5, -1, -1.1, -3, -4],
  );
  const changes = [
    changeIn('a good film .', ['film', 'movie']), // e^−0.5 times as likely
    changeIn('a good film .', ['film', 'Plot']), // e^−2.5
    changeIn('a good film .', ['film', 'cinema']), // not named
    changeIn('a good "flick," .', ['"flick,"', '"sad,"']), // what goes is not named, and counts as the last
  ];
  const judgedBy = (ratio: number) => answered(maskedFit({ ratio }), changes, { maskedLm });
  expect(await judgedBy(3)).toEqual([true, false, false, true]);
  expect(await judgedBy(13)).toEqual([true, true, false, true]);
  expect(asked.slice(0, 2)).toEqual(['a good [MASK] .', 'a good "[MASK]," .']);
  const insertion = { ...changes[0]!, edit: { start: 1, end: 1, to: 'very' }, from: '', to: 'very' };
  expect(await answered(maskedFit({ ratio: 3 }), [insertion], { maskedLm })).toEqual([true]);
  const { maskToken: _, ...unmasked } = maskedLm;
  await expect(answered(maskedFit({ ratio: 3 }), changes, { maskedLm: unmasked })).rejects.toThrow(
    /masked-fit masks words/,
  );
});

test('proposed lets through what the model puts at the word that it sees', async () => {
  const { asked, maskedLm } = saying(['film', '##s', 'movie', 'plot'], [-0.1, -1, -2, -3]);
  const changes = (['movie', 'plot', 'cinema'] as const).map((to) => changeIn('a film, here', ['film,', to]));
  expect(await answered(proposed({ most: 3 }), changes, { maskedLm })).toEqual([true, false, false]);
  expect(await answered(proposed({ most: 4 }), changes, { maskedLm })).toEqual([true, true, false]);
  expect(asked).toEqual(['a film, here', 'a film, here']);
  const insertion = { ...changes[0]!, edit: { start: 1, end: 1, to: 'very' }, from: '', to: 'very' };
  expect(await answered(proposed({ most: 3 }), [insertion], { maskedLm })).toEqual([true]);
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
