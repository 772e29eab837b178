import fc from 'fast-check';
import { describe, test } from 'vitest';
import { beam } from '../../../src/attacks/search/beam.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { type Ended, expectSameAs, oneByOne, toyWords } from '../toy-recipe.ts';

/** Beam search in plain loops, one text at a time. */
async function sequentially(
  example: Example,
  p: { victim: Victim; width: number; rate: number; queryBudget?: number | undefined },
): Promise<Ended> {
  const { original, clean, ask, score, reached, ended } = oneByOne(example, p);
  const most = Math.floor(p.rate * original.length + 1e-9);
  const first = await clean();
  if (reached(first)) return ended('skipped', original);
  if (most === 0) return ended('nothing-to-change', original);
  let kept: readonly { readonly words: readonly string[]; readonly score: number }[] = [
    { words: original, score: score(first) },
  ];
  for (let step = 0; ; step++) {
    const next: { words: readonly string[]; score: number; below: number; flips: boolean }[] = [];
    let isWhole = true;
    for (const { words, score: below } of kept) {
      if (step === most) break;
      for (const index of original.keys()) {
        if (words[index] !== original[index]) continue;
        for (const to of toyWords(original[index]!)) {
          const row = isWhole ? await ask(words.with(index, to)) : undefined;
          if (row === undefined) isWhole = false;
          else next.push({ words: words.with(index, to), score: score(row), below, flips: reached(row) });
        }
      }
    }
    const flips = next.filter((one) => one.flips).sort((a, b) => a.score - b.score);
    if (flips.length > 0) return ended('success', flips[0]!.words);
    const lower = next.filter((one) => one.score < one.below).sort((a, b) => a.score - b.score);
    const best = lower[0]?.words ?? kept[0]!.words;
    if (!isWhole) return ended('out-of-queries', best);
    if (lower.length === 0)
      return ended(step === 0 && next.length === 0 ? 'nothing-to-change' : 'failed', best);
    kept = lower.slice(0, p.width);
  }
}

describe('beam', () => {
  test('side by side ends as one text at a time: status, text, queries', () =>
    expectSameAs(sequentially, {
      search: ({ width }) => beam({ width }),
      draws: fc.record({
        width: fc.integer({ min: 1, max: 3 }),
        rate: fc.constantFrom(0, 0.4, 1),
        queryBudget: fc.option(fc.nat(60), { nil: undefined }),
      }),
    }));
});
