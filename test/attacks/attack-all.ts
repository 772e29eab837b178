import type { AttackRecord } from '../../src/attacks/record.ts';
import { attackMany } from '../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../src/attacks/to-record.ts';
import type { Victim } from '../../src/attacks/victim.ts';
import type { Example } from '../../src/data/dataset.ts';
import { loadRecipe } from '../../src/runs/lexica/load-recipe.ts';
import { toyMaskedLm } from './toys.ts';

/** BERT-Attack without rules of meaning, on toys: records in the order of ids, all times 0. */
export async function attackAll(
  examples: readonly Example[],
  victim: Victim,
): Promise<readonly AttackRecord[]> {
  const recipe = loadRecipe('bert-attack', { similarity: ['none'], antonyms: 'none', stopWords: new Set() });
  const records: AttackRecord[] = [];
  for await (const ended of attackMany(examples, {
    victim,
    maskedLm: toyMaskedLm(1),
    recipe,
    clock: () => 0,
  }))
    records.push(toRecord(ended, { labels: victim.labels, recipe }));
  return records.sort((a, b) => a.id - b.id);
}
