import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byWeightedSaliency } from '../../../src/attacks/search/by-weighted-saliency.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { attackToys, type Ended, expectSameAs, oneByOne, toyRecipe, toyWords } from '../toy-recipe.ts';

/** PWWS in plain loops, one text at a time. */
async function sequentially(
  example: Example,
  p: { victim: Victim; rate: number; queryBudget?: number | undefined },
): Promise<Ended> {
  const { original, clean, ask, score, reached, ended } = oneByOne(example, p);
  const most = Math.floor(p.rate * original.length + 1e-9);
  const first = await clean();
  if (reached(first)) return ended('skipped', original);
  if (most === 0) return ended('nothing-to-change', original);
  const unit = score(first) > 0 ? score(first) : 1;
  const saliencies: number[] = [];
  for (const index of original.keys()) {
    const row = await ask(original.with(index, p.victim.unkToken));
    if (row === undefined) return ended('out-of-queries', original);
    saliencies.push((score(first) - score(row)) / unit);
  }
  const highest = Math.max(...saliencies);
  const total = saliencies.reduce((sum, each) => sum + Math.exp(each - highest), 0);
  const found: { index: number; to: string; weight: number }[] = [];
  for (const index of original.keys()) {
    let best: { to: string; score: number } | undefined;
    for (const to of toyWords(original[index]!)) {
      const row = await ask(original.with(index, to));
      if (row === undefined) return ended('out-of-queries', original);
      if (best === undefined || score(row) < best.score) best = { to, score: score(row) };
    }
    const share = Math.exp(saliencies[index]! - highest) / total;
    if (best === undefined) continue;
    // The fall as a share first, as the search has it: of equal weights the last bit would decide.
    found.push({ index, to: best.to, weight: share * ((score(first) - best.score) / unit) });
  }
  found.sort((a, b) => b.weight - a.weight || a.index - b.index);
  let words = original;
  for (const [changed, { index, to, weight }] of found.entries()) {
    if (changed === most || weight <= 0) break;
    const row = await ask(words.with(index, to));
    if (row === undefined) return ended('out-of-queries', words);
    words = words.with(index, to);
    if (reached(row)) return ended('success', words);
  }
  return ended(found.length > 0 ? 'failed' : 'nothing-to-change', words);
}

describe('byWeightedSaliency', () => {
  test('side by side ends as one text at a time: status, text, queries', () =>
    expectSameAs(sequentially, {
      search: () => byWeightedSaliency,
      draws: fc.record({
        rate: fc.constantFrom(0, 0.4, 1),
        queryBudget: fc.option(fc.nat(40), { nil: undefined }),
      }),
    }));

  test('puts in the best candidate of the word with the largest product of gain and softmax of saliency', async () => {
    // p(class 0) falls from 0.9 by: x unknown 0.3, y unknown 0.2; x → a 0.1, x → b 0.15; y → a 0.25, which is more than
    // what x loses even weighed by softmax(0.3/0.9, 0.2/0.9) = (0.528, 0.472).
    const weights: Readonly<Record<string, number>> = {
      '[UNK] y': 0.6,
      'x [UNK]': 0.7,
      'a y': 0.8,
      'b y': 0.75,
      'x a': 0.65,
    };
    const both = { 'b a': 0.3 };
    const victim: Victim = {
      labels: ['0', '1'],
      unkToken: '[UNK]',
      classify: async (inputs) =>
        inputs.map(({ text }) => {
          const p = { 'x y': 0.9, ...weights, ...both }[text];
          if (p === undefined) throw new Error(`asked about "${text}"`);
          return [p, 1 - p];
        }),
    };
    const words: Readonly<Record<string, readonly string[]>> = { x: ['a', 'b'], y: ['a'] };
    const recipe = toyRecipe(byWeightedSaliency, { words: (word) => words[word] ?? [] });
    expect(await attackToys([{ id: 0, text: 'x y', label: 0 }], { recipe, victim })).toEqual([
      { status: 'success', text: 'b a', queries: 2 + 3 + 2 },
    ]);
  });
});
