import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomRestarts } from '../../../src/attacks/search/random-restarts.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { permutation, randomKey, randomStream } from '../../../src/base/random.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { attackToys, type Ended, expectSameAs, oneByOne, toyRecipe, toyWords } from '../toy-recipe.ts';
import { toyVictim } from '../toys.ts';

/** The search in plain loops, one text at a time. */
async function sequentially(
  example: Example,
  p: { victim: Victim; restarts: number; rate: number; queryBudget?: number | undefined },
): Promise<Ended> {
  const { original, clean, ask, score, reached, ended } = oneByOne(example, p);
  const most = Math.floor(p.rate * original.length + 1e-9);
  const first = await clean();
  if (reached(first)) return ended('skipped', original);
  if (most === 0) return ended('nothing-to-change', original);
  let lowest = { words: original, score: score(first) };
  let tried = false;
  for (let walk = 0; walk < p.restarts; walk++) {
    const stream = randomStream(randomKey(0, 'random attack'), { a: example.id, b: walk });
    let words = [...original];
    let now = score(first);
    let changed = 0;
    for (const index of permutation(original.length, stream)) {
      if (changed === most) break;
      const candidates = toyWords(original[index]!);
      if (candidates.length === 0) continue;
      tried = true;
      for (const at of permutation(candidates.length, stream)) {
        const edited = words.with(index, candidates[at]!);
        const row = await ask(edited);
        if (row === undefined) return ended('out-of-queries', words);
        if (reached(row)) return ended('success', edited);
        if (score(row) >= now) continue;
        [words, now, changed] = [edited, score(row), changed + 1];
        break;
      }
    }
    if (now < lowest.score) lowest = { words, score: now };
  }
  return ended(tried ? 'failed' : 'nothing-to-change', lowest.words);
}

describe('randomRestarts', () => {
  test('side by side ends as one text at a time: status, text, queries', () =>
    expectSameAs(sequentially, {
      search: ({ restarts }) => randomRestarts({ restarts }),
      draws: fc.record({
        restarts: fc.integer({ min: 1, max: 3 }),
        rate: fc.constantFrom(0, 0.4, 1),
        queryBudget: fc.option(fc.nat(12), { nil: undefined }),
      }),
    }));

  test('examples of the same text are walked in orders of their own, and each the same one again', async () => {
    const label = 0;
    const examples = Array.from({ length: 12 }, (_, id) => ({ id, text: 'a b c d e f g h a b c d', label }));
    const recipe = toyRecipe(randomRestarts({ restarts: 3 }));
    const victim = toyVictim(7);
    const [row] = await victim.classify([{ text: examples[0]!.text }]);
    const own = examples.map((example) => ({ ...example, label: row![0]! >= row![1]! ? 0 : 1 }));
    const found = await attackToys(own, { recipe, victim });
    expect(new Set(found.map(({ text: each, queries }) => `${each} ${queries}`)).size).toBeGreaterThan(1);
    expect(await attackToys(own.toReversed(), { recipe, victim })).toEqual(found.toReversed());
  });
});
