import { expect, test } from 'vitest';
import { predicted } from '../../../src/attacks/goal/goal.ts';
import type { AttackRecipe } from '../../../src/attacks/recipe.ts';
import { attackMany } from '../../../src/attacks/search/attack-many.ts';
import { greedyByImportance } from '../../../src/attacks/search/greedy-by-importance.ts';
import { hiding } from '../../../src/attacks/search/importance.ts';
import { randomRestarts } from '../../../src/attacks/search/random-restarts.ts';
import { toRecord } from '../../../src/attacks/to-record.ts';
import type { Victim } from '../../../src/attacks/victim.ts';
import { toyRecipe } from '../toy-recipe.ts';
import { toyVictim } from '../toys.ts';

const examples = ['a b c d e', 'f g h a', 'c c d e f g', 'h b'].flatMap((text, i) =>
  [0, 1].map((label) => ({ id: 2 * i + label, text, label })),
);

/** The toy victim, which says no more than its class. */
function decisions(): Victim {
  const toy = toyVictim(3);
  return {
    ...toy,
    answers: 'decisions',
    classify: async (inputs) => {
      const rows = await toy.classify(inputs);
      return rows.map((row) => Array.from(row, (_, c) => (c === predicted(row) ? 1 : 0)));
    },
  };
}

async function attack(recipe: AttackRecipe) {
  const victim = decisions();
  const remarks: string[] = [];
  const options = { victim, recipe, onRemark: (line: string) => remarks.push(line) };
  const records = [];
  for await (const ended of attackMany(examples, options))
    records.push(toRecord(ended, { labels: victim.labels, recipe }));
  return { records, remarks };
}

test('a search that goes by scores refuses a victim that answers decisions', async () => {
  const greedy = greedyByImportance({ ranking: hiding('unk'), asks: 'first-flip' });
  await expect(attack(toyRecipe(greedy))).rejects.toThrow(
    /toy goes by scores, and the victim answers decisions, which have no margins/,
  );
});

test('random search walks on without scores, and changes several words where it must', async () => {
  const { records, remarks } = await attack(toyRecipe(randomRestarts({ restarts: 3 })));
  expect(remarks).toEqual([]); // rows of 0 and 1 are what decisions are
  const flipped = records.filter(({ status }) => status === 'success');
  expect(flipped.length).toBeGreaterThan(0);
  for (const { finalPrediction, label, changes, text, adversarialText } of flipped) {
    expect(finalPrediction).not.toBe(label);
    const [before, after] = [text.split(' '), adversarialText.split(' ')];
    expect(changes).toHaveLength(before.filter((word, i) => word !== after[i]).length);
  }
  expect(Math.max(...flipped.map(({ changes }) => changes.length))).toBeGreaterThan(1);
  expect(records.map(({ status }) => status)).not.toContain('error');
});
