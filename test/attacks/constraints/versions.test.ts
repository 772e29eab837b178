import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stopWords } from '../../../src/attacks/constraints/stop-words.ts';
import { wholeWord } from '../../../src/attacks/constraints/whole-word.ts';
import { wordnetAntonyms } from '../../../src/attacks/constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../../../src/attacks/constraints/wordnet-related.ts';
import { contentHashOf } from '../../../src/files/content-hash.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';

// Results are known by the versions of the rules that they were made under. Where one of these digests changes, the rule lets
// something else through: raise its version, and put the new digest beside it.
const digests: Readonly<Record<string, string>> = {
  'whole-word 2': '2f886c6fc746daed',
  'stop-words 2': '1eff1463e595fa15',
  'wordnet-related 2': '1db69065a1938aa8',
  'wordnet-antonyms 2': '466d6543066f5b5d',
};

const reviews = readFileSync(new URL('../../../assets/reviews/train.jsonl', import.meta.url), 'utf8');
const odd = [
  "don't",
  'don’t',
  'e-mail',
  'U.S.',
  'naïve',
  'नमस्ते',
  '...',
  '\u0000',
  '\ufffd',
  '42',
  'Good',
  'unlikely',
  'useless',
];
const words = [...new Set([...(reviews.match(/[\p{L}'’-]+/gu) ?? []), ...odd])].sort();
/** Each word with those beside it, which are often its forms, and with some from anywhere. */
const pairs = words.flatMap((word, i) =>
  Array.from({ length: 16 }, (_, k): [string, string] => [
    word,
    words[(k < 8 ? i + k : i * 31 + k * 977) % words.length]!,
  ]),
);

const wordnet = embeddedWordnet();
describe.each([wholeWord, stopWords(), wordnetRelated(wordnet), wordnetAntonyms(wordnet)])('$id', (rule) => {
  test(`lets through what version ${rule.version} does`, () => {
    const decisions = [
      ...words.map((word) => `${word} ${rule.allowsReplacing?.(word)}`),
      ...pairs.map(([from, to]) => `${from} ${to} ${rule.allowsSubstitution?.(from, to)}`),
    ];
    expect(contentHashOf(decisions).slice(0, 16)).toBe(digests[`${rule.id} ${rule.version}`]);
  });
});
