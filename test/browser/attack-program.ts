import {
  attackMany,
  attackMetrics,
  createRecipe,
  createWordnet,
  decodeWordnet,
  toRecord,
} from '../../src/attack.ts';
import { toyMaskedLm, toyVictim } from '../attacks/toys.ts';

/** In the toys' language a word is a run of letters a to h. */
const texts = [
  'ab cad bead fad',
  'good egg',
  'a bad cab . a dead bee',
  'fed hag age',
  'cab',
  'head bag beef cafe',
  ...Array.from({ length: 8 }, (_, i) => `${'abcdefgh'[i]}ab cad feed ${'hgfedcba'[i]}ad`),
];

/** What a page does: attacks a classifier of its own, by every recipe that needs no more than a masked language model. */
export async function run({ wordnet: bytes }: { readonly wordnet: Uint8Array }) {
  const wordnet = createWordnet(
    () => decodeWordnet(bytes),
    () => 'WordNet',
  );
  const noRules = { similarity: ['none'], antonyms: 'none', stopWords: new Set<string>() };
  const results = [];
  for (const choices of [
    { maxChangeRate: 0.6 },
    { maxChangeRate: 0.6, ...noRules },
    { maxChangeRate: 0.2, ...noRules },
  ]) {
    const recipe = createRecipe('bert-attack', { wordnet, maxCandidates: 3, ...choices });
    const victim = toyVictim(3);
    const examples = texts.map((text, id) => ({ id, text, label: id % 2 }));
    const records = [];
    for await (const ended of attackMany(examples, {
      victim,
      maskedLm: toyMaskedLm(5),
      recipe,
      clock: () => 0,
    })) {
      records.push(toRecord(ended, { labels: victim.labels, recipe }));
    }
    results.push({ records, metrics: attackMetrics(records) });
  }
  return results;
}
