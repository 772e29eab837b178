import { expect, test } from 'vitest';
import type { Victim } from '../../../src/attacks/ports.ts';
import { bertAttack } from '../../../src/attacks/recipes/bert-attack.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { wordsOf } from '../../../src/text/words.ts';
import { type ToyVictim, toyFiller, toyVictim } from '../toys.ts';

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

test.each(['default', 'official'] as const)(
  'in %s mode, not asking about words cut off changes neither outcomes nor query counts',
  async (fidelity) => {
    const recipe = bertAttack({
      fidelity,
      similarity: ['none'],
      antonyms: 'none',
      stopWords: new Set(),
      candidates: 6,
    });
    let [askedPlain, askedSaying] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const [plain, saying] = [toyVictim(seed), toyVictim(seed)];
      const attack = async (victim: Victim) => {
        const ended = [];
        const examples = texts.map((text, id) => ({ id, text, label: id % 2 }));
        const options = { victim, filler: toyFiller(seed), recipe, memory: 1 };
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
  },
);
