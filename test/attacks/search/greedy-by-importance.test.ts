import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import { weightedSaliency } from '../../../src/attacks/search/weighted-saliency.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { attackToys, type Ended, oneByOne, toyRecipe, toyTexts, toyWords } from '../toy-recipe.ts';
import { toyVictim } from '../toys.ts';

/** The greedy search that asks all of a word's candidates, in plain loops, one text at a time. */
async function sequentially(
  example: Example,
  p: { victim: Victim; asks: 'all' | 'all-for-largest-fall' },
): Promise<Ended> {
  const { original, clean, ask, score, reached, ended } = oneByOne(example, p);
  const first = await clean();
  if (reached(first)) return ended('skipped', original);
  const left: { index: number; fall: number }[] = [];
  for (const index of original.keys())
    left.push({ index, fall: score(first) - score((await ask(original.with(index, '')))!) });
  left.sort((a, b) => b.fall - a.fall || a.index - b.index);
  let words = original;
  let now = score(first);
  let tried = false;
  for (const { index } of left) {
    let best: { to: string; score: number; flips: boolean } | undefined;
    for (const to of toyWords(original[index]!)) {
      tried = true;
      const row = (await ask(words.with(index, to)))!;
      const each = { to, score: score(row), flips: reached(row) };
      if (best?.flips && !each.flips) continue;
      const isFirstFlip = each.flips && !best?.flips;
      const isLower = each.score < (best?.score ?? now) && !(best?.flips && p.asks === 'all');
      if (isFirstFlip || isLower) best = each;
    }
    if (best === undefined) continue;
    words = words.with(index, best.to);
    now = best.score;
    if (best.flips) return ended('success', words);
  }
  return ended(tried ? 'failed' : 'nothing-to-change', words);
}

describe('greedyByImportance', () => {
  test.each(['all', 'all-for-largest-fall'] as const)(
    'that asks %s: side by side ends as one text at a time',
    async (asks) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(toyTexts, { minLength: 1, maxLength: 6 }),
          fc.record({ seed: fc.nat(99), classes: fc.integer({ min: 2, max: 4 }) }),
          async (texts, { seed, classes }) => {
            const victim = toyVictim(seed, { classes });
            const examples = texts.map((text, id) => ({ id, text, label: id % classes }));
            const recipe = toyRecipe(greedyByImportance({ ranking: hiding('nothing'), asks }));
            const found = await attackToys(examples, { recipe, victim, concurrency: 3 });
            for (const [i, example] of examples.entries())
              expect(found[i]).toEqual(await sequentially(example, { victim, asks }));
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  test('that asks for the most similar takes of those that flip the one nearest to the original', async () => {
    // x alone holds class 0: every candidate flips it. The encoder turns a text by its last letter.
    const victim: Victim = {
      ...{ labels: ['0', '1'], unkToken: '[UNK]', answers: 'logits' },
      classify: async (inputs) => inputs.map(({ text }) => (text.includes('x') ? [1, 0] : [0, 1])),
    };
    const angles: Readonly<Record<string, number>> = { x: 0, far: 1.2, near: 0.1, mid: 0.5 };
    const encoder = {
      encode: async (texts: readonly string[]) =>
        texts.map((text) => Float32Array.of(Math.cos(angles[text]!), Math.sin(angles[text]!))),
    };
    const taken = async (asks: Parameters<typeof greedyByImportance>[0]['asks']) => {
      const recipe = toyRecipe(greedyByImportance({ ranking: hiding('unk'), asks }), {
        words: () => ['far', 'near', 'mid'],
      });
      const [ended] = await attackToys([{ id: 0, text: 'x', label: 0 }], { recipe, victim, encoder });
      return ended!;
    };
    expect(await taken('all-for-most-similar')).toEqual({ status: 'success', text: 'near', queries: 1 + 3 });
    expect(await taken('all')).toEqual({ status: 'success', text: 'far', queries: 1 + 3 });
  });

  test('says by which ranking it goes', () => {
    const settings = (search: ReturnType<typeof greedyByImportance>) => search.settings;
    expect(settings(greedyByImportance({ ranking: hiding('mask'), asks: 'all' }))).toEqual({
      hideBehind: 'mask',
      asks: 'all',
    });
    expect(settings(greedyByImportance({ ranking: weightedSaliency, asks: 'all' }))).toEqual({
      rankBy: 'weighted-saliency',
      asks: 'all',
    });
  });
});
