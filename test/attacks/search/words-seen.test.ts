import { expect, test } from 'vitest';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import type { Example } from '../../../src/data/dataset.ts';
import { loadRecipe } from '../../../src/runs/lexica/load-recipe.ts';
import { wordsOf } from '../../../src/text/words.ts';
import { type ToyVictim, toyMaskedLm, toyVictim } from '../toys.ts';

const limit = 4;
const texts = [
  'ab c de fa gb a b c',
  'c d e f g',
  'a b',
  'h g f e d c b a ab bc',
  'b',
  'fab cab dab hab gab',
];

/** A victim that reads the first words of a text only. */
const shortSighted = (toy: ToyVictim): Victim => ({
  ...toy,
  classify: (inputs) =>
    toy.classify(inputs.map(({ text }) => ({ text: wordsOf(text).slice(0, limit).join(' ') }))),
});

test.each(['official'] as const)('in %s mode words cut off are counted, asked or not', async (preset) => {
  const recipe = loadRecipe('bert-attack', {
    preset,
    similarity: ['none'],
    antonyms: 'none',
    stopWords: new Set(),
    maxCandidates: 6,
  });
  let [askedPlain, askedSaying] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const [plain, saying] = [toyVictim(seed), toyVictim(seed)];
    const attack = async (victim: Victim) => {
      const ended = [];
      const examples = texts.map((text, id) => ({ id, text, label: id % 2 }));
      const options = { victim, maskedLm: toyMaskedLm(seed), recipe, memory: 1 };
      for await (const { example, outcome } of attackMany(examples, options))
        ended.push([example.id, outcome] as const);
      return ended.sort(([a], [b]) => a - b);
    };
    const expected = await attack(shortSighted(plain));
    const wordsSeen = (text: string) => Math.min(limit, wordsOf(text).length);
    expect(await attack({ ...shortSighted(saying), wordsSeen })).toEqual(expected);
    const asked = ({ calls }: ToyVictim) => calls.reduce((sum, call) => sum + call.length, 0);
    askedPlain += asked(plain);
    askedSaying += asked(saying);
  }
  expect(askedSaying).toBeLessThan(askedPlain);
});

test.each(['text', 'pair'] as const)(
  'by default words cut off a %s count nowhere: it is attacked as if they were not there',
  async (kind) => {
    const recipe = loadRecipe('bert-attack', {
      similarity: ['none'],
      antonyms: 'none',
      stopWords: new Set(),
      maxCandidates: 6,
    });
    const exampleOf = (text: string, id: number) => ({
      ...(kind === 'text' ? { text } : { text: 'c d', textPair: text }),
      id,
      label: id % 2,
    });
    const maskedLm = (seed: number) => {
      const toy = toyMaskedLm(seed);
      const cut: typeof toy.unmaskedCandidates = async (inputs, options) => {
        const answers = await toy.unmaskedCandidates(
          inputs.map(({ words, ...rest }) => ({ ...rest, words: words.slice(0, limit) })),
          options,
        );
        return answers.map((own, i) =>
          inputs[i]!.words.map((_, word) => own[word] ?? { pieces: [], candidates: [] }),
        );
      };
      return { ...toy, unmaskedCandidates: cut };
    };
    const statuses = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const attack = async (examples: readonly Example[]) => {
        const toy = toyVictim(seed);
        const read = (text: string) => wordsOf(text).slice(0, limit).join(' ');
        const victim: Victim = {
          ...toy,
          classify: (inputs) =>
            toy.classify(
              inputs.map(({ text, textPair }) =>
                textPair === undefined ? { text: read(text) } : { text, textPair: read(textPair) },
              ),
            ),
          wordsSeen: (text) => Math.min(limit, wordsOf(text).length),
        };
        const ended = [];
        for await (const one of attackMany(examples, { victim, maskedLm: maskedLm(seed), recipe })) {
          const { status, changes, queries, words } = one.outcome;
          ended.push({ id: one.example.id, status, changes, queries, words });
        }
        return ended.sort((a, b) => a.id - b.id);
      };
      const long = await attack(texts.map(exampleOf));
      expect(long).toEqual(
        await attack(texts.map((text, id) => exampleOf(wordsOf(text).slice(0, limit).join(' '), id))),
      );
      for (const { words, status } of long) {
        expect(words).toBeLessThanOrEqual(limit);
        statuses.add(status);
      }
    }
    expect(statuses).toContain('success');
  },
);
