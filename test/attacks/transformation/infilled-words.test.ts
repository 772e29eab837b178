import { describe, expect, test } from 'vitest';
import type { MaskedLanguageModel } from '../../../src/attacks/masked-lm.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { beam } from '../../../src/attacks/search/beam.ts';
import { type Infilling, infilledWords } from '../../../src/attacks/transformation/infilled-words.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { type Edit, editText, isEdited, renderText, withEdit } from '../../../src/text/edited-text.ts';
import { toyRecipe } from '../toy-recipe.ts';
import { toyMaskedLm, toyVictim } from '../toys.ts';

const tokens = ['Nice', 'fine', '##ly', ',', '[SEP]', 'good', 'poor'];
const vocabulary = {
  isContinuation: (id: number) => tokens[id]!.startsWith('##'),
  isSpecial: (id: number) => tokens[id] === '[SEP]',
  textOf: (ids: readonly number[]) => ids.map((id) => tokens[id]).join(''),
  maskToken: '[MASK]',
};

/** The edits proposed at a word, and the text that was asked about. */
function proposed(text: ReturnType<typeof editText>, index: number, action: Infilling, minConfidence = 0) {
  const search = infilledWords({ action, topK: 7, minConfidence }).propose({ text, index, word: '' }, {
    vocabulary,
  } as never);
  const step = search.next();
  if (step.done) return { asked: undefined, edits: step.value };
  const item = step.value.items.at(0) as { input: { words: readonly string[] } };
  const logProbs = [0.4, 0.3, 0.1, 0.08, 0.06, 0.04, 0.02].map(Math.log);
  const answered = search.next([{ ids: tokens.map((_, id) => id), logProbs }]);
  if (!answered.done) throw new Error('asked twice');
  return { asked: item.input.words.join(' '), edits: answered.value };
}

const textsOf = (text: ReturnType<typeof editText>, edits: readonly Edit[]) =>
  edits.map((edit) => renderText(withEdit(text, edit)));

describe('infilledWords', () => {
  const text = editText('A "Good" short film.');

  test('replace: the word gives way to whole words, never to itself; punctuation and capitals stay', () => {
    const { asked, edits } = proposed(text, 1, 'replace');
    expect(asked).toBe('A "[MASK]" short film.');
    expect(edits.map(({ to }) => to)).toEqual(['"Nice"', '"Fine"', '"Poor"']);
  });

  test('insert: before or after the word', () => {
    const before = proposed(text, 2, 'insert-before', 0.25);
    expect(before.asked).toBe('A "Good" [MASK] short film.');
    expect(textsOf(text, before.edits)).toEqual(['A "Good" Nice short film.', 'A "Good" fine short film.']);
    expect(proposed(text, 2, 'insert-after').asked).toBe('A "Good" short [MASK] film.');
  });

  test('merge: two words become one, unless punctuation stands between them', () => {
    const { asked, edits } = proposed(text, 2, 'merge', 0.25);
    expect(asked).toBe('A "Good" [MASK].');
    expect(textsOf(text, edits)).toEqual(['A "Good" Nice.', 'A "Good" fine.']);
    for (const index of [0, 1, 3]) expect(proposed(text, index, 'merge').asked).toBeUndefined();
  });

  test('what was edited is not edited again, and the mask stands in the text as it then is', () => {
    const merged = withEdit(text, { start: 2, end: 4, to: 'movie' });
    for (const index of [2, 3]) expect(proposed(merged, index, 'replace').asked).toBeUndefined();
    expect(proposed(merged, 3, 'insert-before').asked).toBeUndefined();
    expect(proposed(merged, 3, 'insert-after').asked).toBe('A "Good" movie [MASK]');
    expect(proposed(merged, 0, 'replace').asked).toBe('[MASK] "Good" movie');
    const inserted = withEdit(text, { start: 1, end: 1, to: 'very' });
    expect(isEdited(inserted, { start: 1, end: 1 })).toBe(true);
    expect(isEdited(inserted, { start: 1, end: 2 })).toBe(false);
    expect(isEdited(inserted, { start: 0, end: 2 })).toBe(true);
  });

  test('asking about every place at once changes nothing but the number of calls', async () => {
    const run = async (everyPlace: boolean) => {
      const maskedLm = toyMaskedLm(2);
      const transformations = (['replace', 'insert-after', 'merge'] as const).map((action) =>
        infilledWords({ action, topK: 6, minConfidence: 0, everyPlace }),
      );
      const recipe = toyRecipe(beam({ width: 1 }), { transformations });
      const victim = toyVictim(5);
      const texts = ['a b c d', 'e f g', 'h a'];
      const rows = await victim.classify(texts.map((each) => ({ text: each })));
      const examples = texts.map((each, id) => ({
        id,
        text: each,
        label: rows[id]![0]! >= rows[id]![1]! ? 0 : 1,
      }));
      const found = [];
      for await (const ended of attackMany(examples, {
        recipe,
        victim,
        maskedLm,
        clock: () => 0,
      }))
        found.push({ id: ended.example.id, ...ended.outcome, calls: undefined });
      return { found: found.sort((a, b) => a.id - b.id), calls: maskedLm.calls.length };
    };
    const [one, every] = [await run(false), await run(true)];
    expect(every.found).toEqual(one.found);
    expect(every.calls).toBeLessThan(one.calls);
  });
});

describe('recipes that mask', () => {
  const seeds = [...Array(20).keys()];
  const attack = async (name: 'bae' | 'bae-insert' | 'clare', seed: number) => {
    const victim: Victim = toyVictim(seed);
    const maskedLm: MaskedLanguageModel = toyMaskedLm(seed);
    const recipe = loadRecipe(name, { stopWords: new Set() });
    const text = 'b c, d e f g';
    const [row] = await victim.classify([{ text }]);
    const label = row![0]! >= row![1]! ? 0 : 1;
    for await (const { outcome } of attackMany([{ id: 0, text, label }], { victim, maskedLm, recipe }))
      return outcome;
    throw new Error('nothing ended');
  };

  test('bae replaces words, each at most once; bae-insert puts words in and takes none away', async () => {
    for (const seed of seeds) {
      for (const { from, to } of (await attack('bae', seed)).changes) {
        expect(from).not.toBe('');
        expect(to.split(' ')).toHaveLength(1);
      }
      for (const { from } of (await attack('bae-insert', seed)).changes) expect(from).toBe('');
    }
  });

  test('clare has all three actions, and no two edits share a word', async () => {
    const { transformations } = loadRecipe('clare');
    expect(transformations.map(({ settings }) => settings!.action)).toEqual([
      ...['replace', 'insert-after', 'merge'],
    ]);
    const kinds = new Set<number>();
    for (const seed of seeds) {
      const { text } = await attack('clare', seed);
      for (const [i, { start, end }] of text.edits.entries()) {
        kinds.add(end - start);
        expect(isEdited({ ...text, edits: text.edits.toSpliced(i, 1) }, { start, end })).toBe(false);
      }
    }
    expect([...kinds]).toEqual(expect.arrayContaining([1, 2]));
  });

  test('a masked LM that cannot mask is refused with a reason', async () => {
    const { maskedCandidates: _, ...maskedLm } = toyMaskedLm(1);
    const recipe = loadRecipe('bae', { stopWords: new Set() });
    const victim = toyVictim(4);
    const [row] = await victim.classify([{ text: 'b c' }]);
    const examples = [{ id: 0, text: 'b c', label: row![0]! >= row![1]! ? 0 : 1 }];
    const attack = attackMany(examples, { victim, maskedLm, recipe });
    await expect(attack.next()).rejects.toThrow(/maskedCandidates; expected one that has/);
  });
});
