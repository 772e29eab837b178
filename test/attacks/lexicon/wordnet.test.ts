import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createWordnet } from '../../../src/attacks/lexicon/wordnet.ts';
import { decodeWordnet } from '../../../src/attacks/lexicon/wordnet-table.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';

const wordnet = embeddedWordnet();

describe('createWordnet', () => {
  test.each([
    ['movies', 'movie'],
    ['went', 'go'],
    ['better', 'good'],
    ['stopped', 'stop'],
    ['churches', 'church'],
    ['Tried', 'try'],
    ['making', 'make'],
    ['largest', 'large'],
    ['agreeing', 'agree'],
    ['cupsful', 'cupful'],
    ['boxesful', 'boxful'],
  ])('%s may be a form of %s', (form, lemma) => {
    expect([...wordnet.lemmas(form)]).toContain(lemma);
    expect(wordnet.knows(form)).toBe(true);
  });

  // morph.c: no noun ending is taken off -ss and two letters, and no ending off a form of the list of irregular ones
  test.each([
    ['ass', 'as'],
    ['pass', 'pas'],
    ['ms', 'm'],
    ['bed', 'be'],
    ['seed', 'see'],
    ['gas', 'ga'],
  ])('%s is no form of %s', (form, lemma) => {
    expect(wordnet.knows(lemma)).toBe(true);
    expect([...wordnet.lemmas(form)]).not.toContain(lemma);
  });

  test.each(['fincher', 'xqzt', 'excuseing', '1993', "n't", ''])('does not know %j', (word) => {
    expect(wordnet.knows(word)).toBe(false);
  });

  test('gives the most frequent senses of each lemma first', () => {
    const [nouns] = wordnet.senses('film');
    expect(nouns!.length).toBeGreaterThan(2);
    expect(wordnet.senses('film', 1)[0]).toEqual(nouns!.slice(0, 1));
    expect(wordnet.senses('film', 1)[0]).toEqual(wordnet.senses('movie', 1)[0]); // film.n.01 is movie.n.01
  });

  test('reads nothing before the first question, and once', () => {
    let reads = 0;
    const packed = readFileSync(new URL('../../../assets/lexicon/wordnet.bin.gz', import.meta.url));
    const load = () => {
      reads++;
      return decodeWordnet(gunzipSync(packed));
    };
    const lazy = createWordnet(load, () => '');
    expect(reads).toBe(0);
    lazy.knows('good');
    lazy.knows('bad');
    expect(reads).toBe(1);
  });
});

describe('wordsOf', () => {
  test('has the lemmas of a synset', () => {
    const [synset] = wordnet.senses('film', 1)[0]!;
    expect(wordnet.wordsOf(synset!)).toEqual(expect.arrayContaining(['film', 'movie', 'picture']));
    expect(wordnet.wordsOf(-1)).toEqual([]);
  });
});

describe('decodeWordnet', () => {
  test('says when the bytes are something else', () => {
    expect(() => decodeWordnet(new TextEncoder().encode('hello, this is no table'))).toThrow(
      /no WordNet table/,
    );
  });
});

test.each([
  ...[
    'pages',
    'dishes',
    'stories',
    'heroes',
    'women',
    'leans',
    'stopped',
    'dying',
    'agreed',
    'funnier',
    'best',
    'ran',
    'glasses',
  ],
])('%s exists', (word) => {
  expect(embeddedWordnet().exists(word)).toBe(true);
});

test.each(['pagees', 'dishs', 'storys', 'excuseing', 'beautifuler', 'runned', 'fincher'])(
  '%s does not exist',
  (word) => {
    expect(embeddedWordnet().exists(word)).toBe(false);
  },
);
