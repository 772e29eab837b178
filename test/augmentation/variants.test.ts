import { describe, expect, it } from 'vitest';
import { type VariantOptions, variantsOf } from '../../src/augmentation/variants.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { wordDiff } from '../../src/text/word-diff.ts';

const examples = [
  { id: 3, text: 'the good film was a great surprise to everyone in town', label: 1 },
  { id: 8, text: 'a question about films', textPair: 'the answer was dull', label: 0 },
  { id: 9, text: '. .', label: 0 },
];
const options = (more: Partial<VariantOptions> = {}): VariantOptions => ({
  ...{ recipe: loadRecipe('deepwordbug'), labels: ['bad', 'good'], wordsToSwap: 0.3, perExample: 2, seed: 1 },
  ...more,
});

const changedWords = (before: string, after: string) =>
  wordDiff(before, after).filter(({ kind }) => kind === 'changed').length;

describe('variantsOf', () => {
  it('replaces max(⌊p·n⌋, 1) of n words, of a pair in the second text', async () => {
    const variants = await variantsOf(examples, options());
    expect([...variants.keys()].sort()).toEqual([3, 8]);
    for (const { id, label, text } of variants.get(3)!) {
      expect([id, label, changedWords(examples[0]!.text, text)]).toEqual([3, 1, 3]); // ⌊0.3·11⌋
    }
    for (const { text, textPair } of variants.get(8)!) {
      expect([text, changedWords('the answer was dull', textPair!)]).toEqual(['a question about films', 1]);
    }
  });

  it('makes as many as were asked for, each another', async () => {
    const variants = (await variantsOf(examples, options({ perExample: 8 }))).get(3)!;
    expect(new Set(variants.map(({ text }) => text)).size).toBe(variants.length);
    expect(variants.length).toBeGreaterThan(4);
  });

  it('depends on the seed alone', async () => {
    const once = await variantsOf(examples, options());
    expect(await variantsOf(examples, options())).toEqual(once);
    expect(await variantsOf(examples, options({ seed: 2 }))).not.toEqual(once);
    const alone = await variantsOf(examples.slice(0, 1), options());
    expect(alone.get(3)).toEqual(once.get(3));
  });

  it('takes words from a lexicon as the attack does, whatever the only class', async () => {
    const recipe = loadRecipe('pwws', { antonyms: 'wordnet' });
    const variants = await variantsOf(
      examples.slice(0, 1),
      options({ recipe, labels: ['all'], wordsToSwap: 1 }),
    );
    const words = variants.get(3)![0]!.text.split(' ');
    expect(words).not.toContain('film');
    expect(words).not.toContain('bad');
    expect(words).toContain('the');
  });

  it('can be stopped: whoever signals is heard', async () => {
    const stop = new AbortController();
    const long = 'the good film was a great surprise to everyone '.repeat(20);
    const many = Array.from({ length: 1000 }, (_, id) => ({ id, text: long, label: 0 }));
    let done = 0;
    const run = variantsOf(many, {
      ...options({ recipe: loadRecipe('pwws', { antonyms: 'wordnet' }), wordsToSwap: 1 }),
      ...{ onProgress: () => done++, signal: stop.signal },
    });
    setTimeout(() => stop.abort(new Error('stopped')), 1); // as a signal of the system, it waits for a turn
    await expect(run).rejects.toThrow('stopped');
    expect(done).toBeLessThan(1000);
  });
});
