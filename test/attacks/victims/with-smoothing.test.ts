import { describe, expect, test } from 'vitest';
import type { Victim, VictimInput } from '../../../src/attacks/victim.ts';
import { randomMasks } from '../../../src/attacks/victims/noise/random-masks.ts';
import { withSmoothing } from '../../../src/attacks/victims/with-smoothing.ts';
import { attackAll } from '../attack-all.ts';
import { toyVictim } from '../toys.ts';

const masks = (rate: number) => randomMasks({ rate, maskToken: '[MASK]' });

/** Says 1 of texts in which `good` is to be seen, else 0; it remembers what it was asked. */
function seesGood(over: Partial<Victim> = {}): Victim & { readonly calls: (readonly VictimInput[])[] } {
  const calls: (readonly VictimInput[])[] = [];
  return {
    ...{ labels: ['0', '1'], unkToken: '[UNK]', calls },
    classify: async (inputs) => {
      calls.push(inputs);
      return inputs.map(({ text, textPair }) =>
        `${text} ${textPair}`.includes('good') ? [0.1, 0.9] : [0.6, 0.4],
      );
    },
    ...over,
  };
}

const answerTo = async (victim: Victim, input: VictimInput) =>
  Array.from((await victim.classify([input]))[0]!);

describe('withSmoothing', () => {
  test('is the mean over copies: one of two words hidden, a word is seen in half of them', async () => {
    const copies = 4000;
    const mean = await answerTo(withSmoothing(seesGood(), { noise: masks(0.5), copies }), {
      text: 'good film',
    });
    // A share s ~ B(4000, ½)/4000 of copies shows the word: p₁ = 0.9 s + 0.4 (1 − s); five standard deviations of s are 0.04.
    expect(Math.abs(mean[1]! - 0.65)).toBeLessThan(0.04 * 0.5);
    expect(mean[0]! + mean[1]!).toBeCloseTo(1, 12);
    const share = (mean[1]! - 0.4) / 0.5;
    const voting = withSmoothing(seesGood(), { noise: masks(0.5), copies, combine: 'majority' });
    expect((await answerTo(voting, { text: 'good film' }))[1]).toBeCloseTo(share, 9);
  });

  test('without noise answers as the victim does, logits as their probabilities, and asks each copy once', async () => {
    const victim = seesGood({ answers: 'logits' });
    const smoothed = withSmoothing(victim, { noise: masks(0), copies: 7 });
    const [p] = await answerTo(smoothed, { text: 'a\tgood  film ' });
    expect(p).toBeCloseTo(1 / (1 + Math.exp(0.8)), 12);
    expect(smoothed.answers).toBe('probabilities');
    expect(victim.calls).toEqual([[{ text: 'a\tgood  film ' }]]);
  });

  test('answers by seed, text and draw alone: in any batch, again, and another for another of them', async () => {
    const at = (seed: number) => withSmoothing(seesGood(), { noise: masks(0.5), copies: 50, seed });
    const texts = ['good film', 'a good film', 'a film'].map((text) => ({ text }));
    const together = (await at(0).classify(texts)).map((row) => Array.from(row));
    const apart = await Promise.all([...texts].reverse().map((input) => answerTo(at(0), input)));
    expect(apart.reverse()).toEqual(together);
    const input = { text: 'this is a good film about good people' };
    const asked = async (victim: ReturnType<typeof seesGood>, seed: number, draw?: number) => {
      const smoothed = withSmoothing(victim, { noise: masks(0.5), copies: 5, seed });
      await smoothed.classify([{ ...input, ...(draw !== undefined && { draw }) }]);
      return victim.calls
        .flat()
        .map(({ text }) => text)
        .sort()
        .join();
    };
    const all = [
      await asked(seesGood(), 0),
      await asked(seesGood(), 1),
      await asked(seesGood(), 0, 0),
      await asked(seesGood(), 0, 1),
    ];
    expect(new Set(all).size).toBe(4);
    expect(await asked(seesGood(), 0, 1)).toBe(all[3]);
  });

  test('hands copies on without duplicates, shortest first, at most 1024 in a call', async () => {
    const victim = seesGood();
    const smoothed = withSmoothing(victim, { noise: masks(0.3), copies: 300 });
    const words = Array.from({ length: 12 }, (_, i) => 'x'.repeat(i + 1)).join(' ');
    await smoothed.classify(Array.from({ length: 6 }, (_, i) => ({ text: `${words} ${i}` })));
    const asked = victim.calls.flat().map(({ text }) => text);
    expect(victim.calls.map((call) => call.length).slice(0, -1)).toEqual(
      victim.calls.slice(1).map(() => 1024),
    );
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toEqual([...asked].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)));
  });

  test('hides words of both texts of a pair', async () => {
    const victim = seesGood();
    await withSmoothing(victim, { noise: masks(0.5), copies: 40 }).classify([
      { text: 'a b', textPair: 'c d' },
    ]);
    const asked = victim.calls.flat();
    for (const { text, textPair } of asked) expect(`${text} ${textPair}`.match(/\[MASK\]/g)).toHaveLength(2);
    expect(asked).toHaveLength(6); // all 2 of 4
  });

  test('neither asks about words that the victim does not read, nor takes noise from them', async () => {
    const victim = seesGood({ wordsSeen: () => 3 });
    const smoothed = withSmoothing(victim, { noise: masks(0.4), copies: 9 });
    const one = await answerTo(smoothed, { text: 'a good film, it is' });
    expect(await answerTo(smoothed, { text: 'a good film, they said' })).toEqual(one);
    for (const { text } of victim.calls.flat()) expect(text.split(' ')).toHaveLength(3);
  });

  test('is told apart by noise, copies, seed and victim', () => {
    const victim = { ...seesGood(), identity: () => ({ id: 'toy' }) };
    expect(withSmoothing(victim, { noise: masks(0.3), copies: 20 }).identity!()).toEqual({
      ...{ id: 'smoothing', version: 1 },
      settings: { copies: 20, combine: 'mean', seed: 0, freshDraws: 10 },
      parts: {
        noise: { id: 'random-masks', version: 1, settings: { rate: 0.3, maskToken: '[MASK]' } },
        victim: { id: 'toy' },
      },
    });
    expect(() => withSmoothing(victim, { noise: masks(0.3), copies: 0 })).toThrow(
      'withSmoothing: copies: expected a whole number at least 1, got 0.',
    );
  });

  test('is attacked through all its copies, one query a text, and a success holds in most of ten fresh sets', async () => {
    const examples = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({ id, text: 'a b c d e', label: id % 2 }));
    const plain = await attackAll(examples, toyVictim(3));
    const without = withSmoothing(toyVictim(3), { noise: masks(0), copies: 3 });
    const same = (await attackAll(examples, without)).map(({ confirmed: _, ...record }) => record);
    expect(same.map(({ status, queries }) => [status, queries])).toEqual(
      plain.map(({ status, queries }) => [status, queries]),
    );
    const smoothed = withSmoothing(toyVictim(3), { noise: masks(0.2), copies: 9 });
    const records = await attackAll(examples, smoothed);
    const successes = records.filter(({ status }) => status === 'success');
    expect(successes.length).toBeGreaterThan(0);
    for (const { confirmed } of successes) {
      expect(confirmed!.of).toBe(10);
      expect(confirmed!.held).toBeGreaterThan(5);
    }
    expect(await attackAll(examples, smoothed)).toEqual(records);
  });
});
