import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keepsArticle } from '../../../src/attacks/constraints/article.ts';
import {
  maxChangeRate,
  maxChangeRateAtLeast,
  officialChangeRate,
} from '../../../src/attacks/constraints/change-rate.ts';
import type { Change, Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { editDistance } from '../../../src/attacks/constraints/edit-distance.ts';
import { noHomoglyphs } from '../../../src/attacks/constraints/homoglyphs.ts';
import { sameInflection } from '../../../src/attacks/constraints/inflection.ts';
import { knownWords } from '../../../src/attacks/constraints/known-words.ts';
import { maskedFit } from '../../../src/attacks/constraints/masked-fit.ts';
import { maxWords } from '../../../src/attacks/constraints/max-words.ts';
import { neighbourTable } from '../../../src/attacks/constraints/neighbour-table.ts';
import { oneWord } from '../../../src/attacks/constraints/one-word.ts';
import { samePartOfSpeech } from '../../../src/attacks/constraints/part-of-speech.ts';
import { perplexityRatio } from '../../../src/attacks/constraints/perplexity.ts';
import { proposed } from '../../../src/attacks/constraints/proposed.ts';
import { repeat } from '../../../src/attacks/constraints/repeat.ts';
import { sentenceSimilarity } from '../../../src/attacks/constraints/sentence-similarity.ts';
import { stopWords } from '../../../src/attacks/constraints/stop-words.ts';
import { wholeWord } from '../../../src/attacks/constraints/whole-word.ts';
import { allowedPairs, antonymPairs } from '../../../src/attacks/constraints/word-pairs.ts';
import { similarVectors } from '../../../src/attacks/constraints/word-vectors.ts';
import { wordnetAntonyms } from '../../../src/attacks/constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../../../src/attacks/constraints/wordnet-related.ts';
import { wordnetSynonyms } from '../../../src/attacks/constraints/wordnet-synonyms.ts';
import { contentHashOf } from '../../../src/files/content-hash.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';
import { englishTagger } from '../../../src/runs/lexica/load-tagger.ts';
import { editText, withEdit } from '../../../src/text/edited-text.ts';
import { hash } from '../toys.ts';
import { answered } from './answered.ts';

// Results are known by the versions of the rules that they were made under. Where one of these digests changes, the rule lets
// something else through: raise its version, and put the new digest beside it.
const digests: Readonly<Record<string, string>> = {
  'whole-word 2': '2f886c6fc746daed',
  'stop-words 2': '1eff1463e595fa15',
  'wordnet-related 2': '1db69065a1938aa8',
  'wordnet-antonyms 2': '466d6543066f5b5d',
  'homoglyphs 1': '1346ffd1ec249ab9',
  'known-words 1': 'be0381d8b03da92f',
  'neighbour-table 2': 'b8383e2d7fa96165',
  'word-vectors 1': '5af197c857bfd0d8',
  'allowed-pairs 1': 'bc046235246f83e9',
  'antonym-pairs 1': 'deb448098ba24c14',
  'repeat 1': '547c2827635821a9',
  'max-words 1': '628a2f54779a514f',
  'max-change-rate 1': '924c86e1a195ed9c',
  'max-change-rate-at-least 1': '5890817a4fc88d61',
  'official-change-rate 1': 'b8df2bc95befb292',
  'one-word 1': '1ec6aec35cf47b57',
  'article 1': 'ce1039d4aa86dc15',
  'edit-distance 1': '6d7c0b4fca7256b6',
  'part-of-speech 1': '1b02f3b1009eb903',
  'wordnet-synonyms 3': 'd25f9da3f138db85',
  'inflection 2': '0f3b3f53e483e456',
  'sentence-similarity 1': '19e71febe4aaf68a',
  'perplexity 1': 'b444e890ed3610b0',
  'proposed 1': '66eb2e3264e4816b',
  'masked-fit 1': 'fd4ea2ef40677d08',
};

// Not the embedded reviews of today: texts that stay as they are, for a digest is of a rule on these.
const reviews = readFileSync(new URL('../../fixtures/attacks/texts.jsonl', import.meta.url), 'utf8');
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
const tagger = englishTagger();
const table = new Map(
  pairs.filter((_, i) => i % 3 === 0).map(([a, b]) => [a.toLowerCase(), new Set([b.toLowerCase()])]),
);
const list = pairs
  .filter(([a, b], i) => i % 5 === 0 && /^[a-z]+$/i.test(a) && /^[a-z]+$/i.test(b))
  .map((pair) => pair.join(' '))
  .join('\n');
const file = { name: 'a list', content: 'a list' };
const vectors = {
  rows: new Map(words.map((word, row) => [word.toLowerCase(), row])),
  dimension: 2,
  values: Float32Array.from(words.flatMap((_, i) => [Math.cos(i), Math.sin(i)])),
};

describe.each([
  ...[wholeWord, stopWords(), wordnetRelated(wordnet), wordnetAntonyms(wordnet), noHomoglyphs],
  knownWords({ has: wordnet.exists, source: 'WordNet 3.1', content: wordnet.content() }),
  ...[neighbourTable(table), similarVectors(vectors, { threshold: 0.7 })],
  ...[allowedPairs(list, file), antonymPairs(list, file)],
])('$id', (rule) => {
  test(`lets through what version ${rule.version} does`, () => {
    const decisions = [
      ...words.map((word) => `${word} ${rule.allowsReplacing?.(word)}`),
      ...pairs.map(([from, to]) => `${from} ${to} ${rule.allowsSubstitution?.(from, to)}`),
    ];
    expect(contentHashOf(decisions).slice(0, 16)).toBe(digests[`${rule.id} ${rule.version}`]);
  });
});

/** Words of the reviews in their places, each by a form of its own, a synonym or any word; some edits of other kinds. */
const changes: readonly Change[] = reviews
  .trim()
  .split('\n')
  .slice(0, 60)
  .flatMap((line, at) => {
    const original = editText((JSON.parse(line) as { readonly text: string }).text);
    return original.original.flatMap((word, start): Change[] => {
      const near = wordnet
        .senses(word, 2)
        .flat()
        .flatMap((synset) => wordnet.wordsOf(synset));
      const any = pairs[(at * 977 + start * 31) % pairs.length]![1];
      const tos = [...new Set([...near.slice(0, 3), `${word}s`, `${word}ed`, any])];
      const end = start + 1;
      const swaps = tos.map((to) => ({ edit: { start, end, to }, original, from: word, to }));
      const insertion = { edit: { start, end: start, to: any }, original, from: '', to: any };
      const deletion = { edit: { start, end, to: '' }, original, from: word, to: '' };
      return [...swaps, ...(start === 3 ? [insertion, deletion] : [])].map((change) => ({
        ...change,
        edited: withEdit(original, change.edit),
      }));
    });
  });

const counts = Array.from({ length: 400 }, (_, i) => ({ changed: i % 20, words: Math.floor(i / 20) * 3 }));

describe.each<Constraint>([
  ...[repeat, maxWords(3), maxChangeRate(0.3), maxChangeRateAtLeast(0.15, 2), officialChangeRate(0.4)],
  ...[oneWord, keepsArticle, editDistance({ most: 4 }), samePartOfSpeech(tagger)],
  ...[wordnetSynonyms({ senses: 2, wordnet, tagger }), sameInflection({ tagger, wordnet })],
])('$id', (rule) => {
  test(`lets through what version ${rule.version} does`, () => {
    const again = withEdit(changes[0]!.original, changes[0]!.edit);
    const decisions = [
      ...counts.map((one) => `${rule.limit?.(one)}`),
      ...words.map((word) => `${rule.before?.({ text: again, index: 0, word })}`),
      ...again.original.map((word, index) => `${rule.before?.({ text: again, index, word })}`),
      ...changes.map((change) => `${change.from} ${change.to} ${rule.after?.(change)}`),
    ];
    expect(contentHashOf(decisions).slice(0, 16)).toBe(digests[`${rule.id} ${rule.version}`]);
  });
});

describe.each<Constraint>([
  sentenceSimilarity({ threshold: 0.7, measure: 'angular', window: 5, against: 'current' }),
  ...[perplexityRatio({ ratio: 1.5 }), proposed({ most: 20 }), maskedFit({ ratio: 3 })],
])('$id', (rule) => {
  test(`lets through what version ${rule.version} does`, async () => {
    const some = changes.slice(0, 600);
    const verdicts: boolean[] = [];
    for (const text of new Set(some.map(({ original }) => original))) {
      const own = some.filter(({ original }) => original === text);
      verdicts.push(...(await answered(rule, own, models)));
    }
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
    expect(contentHashOf(verdicts.map(String)).slice(0, 16)).toBe(digests[`${rule.id} ${rule.version}`]);
  });
});

/** Models whose answers are drawn from what they are asked, over the words of the reviews. */
const vocabulary = words.filter((word) => /^[a-z]+$/.test(word)).slice(0, 1500);
const drawn = (key: string, topK: number) => {
  const ids = vocabulary.map((_, id) => id).sort((a, b) => hash(`${key} ${a}`, 1) - hash(`${key} ${b}`, 1));
  return { ids: ids.slice(0, topK), logProbs: ids.slice(0, topK).map((_, rank) => -rank / 100) };
};
const models = {
  maskedLm: {
    maskToken: '[MASK]',
    unmaskedCandidates: async (
      inputs: readonly { readonly words: readonly string[] }[],
      p: { readonly topK: number },
    ) =>
      inputs.map((input) =>
        input.words.map((word) => ({ pieces: [0], candidates: [nearest(word, p.topK)] })),
      ),
    maskedCandidates: async (
      inputs: readonly { readonly words: readonly string[] }[],
      p: { readonly topK: number },
    ) => inputs.map((input) => drawn(input.words.join(' '), p.topK)),
    loss: async () => [],
    textLoss: async (texts: readonly string[]) => texts.map((text) => hash(text, 2) / 2 ** 32),
    isContinuation: () => false,
    isSpecial: () => false,
    textOf: (ids: readonly number[]) => ids.map((id) => vocabulary[id]).join(' '),
  },
  encoder: {
    identity: () => ({ id: 'drawn' }),
    encode: async (texts: readonly string[]) =>
      texts.map((text) => {
        const angle = (hash(text, 3) / 2 ** 32) * Math.PI;
        return Float32Array.of(Math.cos(angle), Math.sin(angle));
      }),
  },
};
/** Synonyms first, as a model would have them: else no word of the changes would be among the first. */
function nearest(word: string, topK: number) {
  const near = wordnet
    .senses(word, 2)
    .flat()
    .flatMap((synset) => wordnet.wordsOf(synset));
  const ids = near.map((one) => vocabulary.indexOf(one)).filter((id) => id >= 0);
  const all = [...new Set([...ids, ...drawn(word, topK).ids])].slice(0, topK);
  return { ids: all, logProbs: all.map((_, rank) => -rank) };
}
