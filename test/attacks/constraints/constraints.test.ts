import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxChangeRate, officialChangeRate } from '../../../src/attacks/constraints/change-rate.ts';
import type { Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { functionWords, stopWords } from '../../../src/attacks/constraints/stop-words.ts';
import { wholeWord } from '../../../src/attacks/constraints/whole-word.ts';
import { antonymPairs } from '../../../src/attacks/constraints/word-pairs.ts';
import { similarityConstraint } from '../../../src/attacks/lexicon/similarity-sources.ts';
import { readSimilarity } from '../../../src/runs/lexica/load-constraints.ts';
import { temporaryFile } from '../../data/files.ts';

describe('change rate', () => {
  /** How many changes a rule lets through. */
  const most = ({ limit }: Constraint, words: number) => {
    let changed = 0;
    while (changed < words && limit!({ changed, words })) changed++;
    return changed;
  };

  test('lets ⌊rate · n⌋ words change; 0 means none', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(500), (percent, words) => {
        expect(most(maxChangeRate(percent / 100), words)).toBe(Math.floor((percent * words) / 100));
      }),
    );
    expect(most(maxChangeRate(0), 50)).toBe(0);
  });

  test('official: one more', () => {
    expect(most(officialChangeRate(0.4), 10)).toBe(5); // int(0.4 · 10) + 1
    expect(most(officialChangeRate(0.4), 1)).toBe(1);
  });
});

describe('stopWords', () => {
  test('holds negations, not the words the published code leaves open', () => {
    for (const word of ['not', 'no', 'nor', 'would', 'the', 'of', "n't"])
      expect(functionWords.has(word)).toBe(true);
    for (const word of ['very', 'be', 'have', 'good', 'movie']) expect(functionWords.has(word)).toBe(false);
    expect(functionWords.has('')).toBe(false);
  });

  test('neither replaces nor puts in', () => {
    const rule = stopWords();
    expect(rule.allowsReplacing!('Not')).toBe(false);
    expect(rule.allowsSubstitution!('good', 'not')).toBe(false);
    expect(rule.allowsSubstitution!('good', 'fine')).toBe(true);
  });

  test('takes a typographic apostrophe for a plain one, unless asked not to', () => {
    for (const words of [functionWords, new Set(['don’t'])]) {
      const rule = stopWords(words);
      expect(["don't", 'Don’t'].map((word) => rule.allowsReplacing!(word))).toEqual([false, false]);
      expect(rule.allowsSubstitution!('do', 'don’t')).toBe(false);
    }
    const asWritten = stopWords(functionWords, { asWritten: true });
    expect(["Don't", 'Don’t'].map((word) => asWritten.allowsReplacing!(word))).toEqual([false, true]);
  });
});

test.each([
  ['good', 'fine', true],
  ['good', 'Good', false],
  ['good', '!', false],
  ['good', 'fi ne', false],
  ['good', '##ne', false],
  ['good', '[unused7]', false],
  ["don't", 'well-made', true],
  ['cafe\u0301', 'हिन्दी', true],
  ['good', '\u0301a', false],
])('wholeWord: %s to %s is %s', (from, to, allowed) => {
  expect(wholeWord.allowsSubstitution!(from, to)).toBe(allowed);
});

test('wholeWord leaves punctuation alone', () => {
  expect([',', '', '--', 'a'].map((word) => wholeWord.allowsReplacing!(word))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test('antonymPairs refuses pairs of the file, either way round and in any case', () => {
  const rule = antonymPairs('en_good en_bad\n\nHot cold\n', { name: 'pairs.txt', content: '' });
  expect(rule.allowsSubstitution!('Good', 'bad')).toBe(false);
  expect(rule.allowsSubstitution!('cold', 'hot')).toBe(false);
  expect(rule.allowsSubstitution!('good', 'hot')).toBe(true);
  expect(() => antonymPairs('a b\na b c\n', { name: 'three.txt', content: '' })).toThrow(
    /three\.txt, line 2/,
  );
});

type Options = Parameters<typeof similarityConstraint>[1];

const similarityFile = (path: string, options: Options = {}) =>
  similarityConstraint(readSimilarity(path), options);

describe('similarityFile', () => {
  // cos(good, fine) = 0.8 / 1 = 0.8; cos(good, poor) = 0.6
  const vectors = 'good 1 0\nfine 0.8 0.6\npoor 3 4\n';

  test('holds cosines of word vectors against the threshold, with or without a header', () => {
    for (const [name, text] of [
      ['a.txt', vectors],
      ['b.txt', `3 2\n${vectors}`],
    ] as const) {
      const path = temporaryFile(name, text);
      const rule = similarityFile(path);
      expect(rule.allowsSubstitution!('good', 'Fine')).toBe(true);
      expect(rule.allowsSubstitution!('good', 'poor')).toBe(false);
      expect(similarityFile(path, { threshold: 0.59 }).allowsSubstitution!('good', 'poor')).toBe(true);
    }
  });

  test('reads a neighbour table, either way round', () => {
    const rule = similarityFile(temporaryFile('table.json', '{"good": ["fine"], "fine": [], "poor": []}'));
    expect(rule.allowsSubstitution!('fine', 'good')).toBe(true);
    expect(rule.allowsSubstitution!('good', 'poor')).toBe(false);
  });

  test('a word is known that is a key or a neighbour', () => {
    const path = temporaryFile('recommended.json', '{"good": ["fine"], "poor": ["bad"]}');
    for (const unknown of ['refuse', 'allow'] as const) {
      const rule = similarityFile(path, { unknown });
      expect(rule.name).toBe('neighbours (table of 4 words)');
      expect(rule.allowsReplacing!('Fine')).toBe(true);
      expect(rule.allowsSubstitution!('good', 'fine')).toBe(true);
      expect(rule.allowsSubstitution!('fine', 'good')).toBe(true);
      expect(rule.allowsSubstitution!('fine', 'bad')).toBe(false); // known, and no neighbours
      expect(rule.allowsSubstitution!('fine', 'xqzt')).toBe(unknown === 'allow');
    }
  });

  test('a table may begin with a byte-order mark, and keys that differ in case are one word', () => {
    const rule = similarityFile(temporaryFile('marked.json', '\uFEFF{"Good": ["fine"], "good": ["Great"]}'));
    expect(rule.allowsSubstitution!('good', 'fine')).toBe(true);
    expect(rule.allowsSubstitution!('good', 'great')).toBe(true);
  });

  test('numbers of a vector may stand apart by several spaces', () => {
    // cos = (1·0.8 + 2·0.6) / √5 = 0.894…; with a field read as 0 it would be another
    const rule = (threshold: number) =>
      similarityFile(temporaryFile('wide.txt', 'good  1   2\nfine 0.8  0.6 \n'), { threshold });
    expect(rule(0.894).allowsSubstitution!('good', 'fine')).toBe(true);
    expect(rule(0.895).allowsSubstitution!('good', 'fine')).toBe(false);
  });

  test('words with spaces in them are passed over, and a no-break space is a word', () => {
    const odd = `good 1 0\n. . . 0.1 0.2\nat name@domain.com 0.5 0.5\n\u00a0 0.3 0.4\r\nfine 0.8 0.6\n`;
    const rule = similarityFile(temporaryFile('glove.txt', odd));
    expect(['. . .', 'at', '\u00a0'].map((word) => rule.allowsReplacing!(word))).toEqual([
      false,
      false,
      true,
    ]);
    expect(rule.allowsSubstitution!('good', 'fine')).toBe(true);
  });

  test.each(['vectors.txt', 'words.json'])(
    'unknown words: refused by default, allowed on request (%s)',
    (name) => {
      const path = temporaryFile(name, name.endsWith('json') ? '{"good": []}' : vectors);
      expect(similarityFile(path).allowsReplacing!('xqzt')).toBe(false);
      expect(similarityFile(path).allowsSubstitution!('good', 'xqzt')).toBe(false);
      const open = similarityFile(path, { unknown: 'allow' });
      expect(open.allowsReplacing!('xqzt')).toBe(true);
      expect(open.allowsSubstitution!('good', 'xqzt')).toBe(true);
    },
  );

  test.each([
    ['{"good": "fine"}', /list of words/],
    ['{"good": ', /begins as JSON/],
    ['good 1 0\nfine 1 x\n', /line 2/],
    ['good 1 0\nfine 1\n', /line 2/],
    ['good 1 0\nfine 1 2 3\n', /line 2/],
    ['good 1 0\nso fine 1 2 3\n', /line 2/],
    ['PK\u0003\u0004', /is compressed.*Unpack it/],
    ['', /empty/],
  ])('refuses %j', (text, message) => {
    expect(() => similarityFile(temporaryFile('wrong', text))).toThrow(message);
  });
});
