import {
  attackMany,
  attackMetrics,
  createWordnet,
  decodeWordnet,
  functionWords,
  recipes,
  stopWords,
  toRecord,
  wordnetAntonyms,
  wordnetRelated,
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
  const meaning = [stopWords(functionWords), wordnetRelated(wordnet), wordnetAntonyms(wordnet)];
  const { build, presets } = recipes['bert-attack'];
  const results = [];
  for (const [rules, maxChangeRate] of [
    [meaning, 0.6],
    [[], 0.6],
    [[], 0.2],
  ] as const) {
    const choices = { maxCandidates: 3, maxChangeRate };
    const recipe = build({ ...presets.default, ...choices, preset: 'default', meaning: rules });
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
