import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createWordnet } from '../../../src/attacks/lexicon/wordnet.ts';
import { readWordnet } from '../../../src/attacks/lexicon/wordnet-file.ts';
import { temporaryFile } from '../../data/files.ts';

const wordnet = createWordnet();

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
    const lazy = createWordnet(() => {
      reads++;
      return readWordnet();
    });
    expect(reads).toBe(0);
    lazy.knows('good');
    lazy.knows('bad');
    expect(reads).toBe(1);
  });
});

describe('readWordnet', () => {
  test('says when a file is missing or something else', () => {
    expect(() => readWordnet('/nowhere/wordnet.bin.gz')).toThrow(/cannot be read/);
    const path = temporaryFile('wordnet.gz', gzipSync('hello, this is no table'));
    expect(() => readWordnet(path)).toThrow(/not a WordNet table/);
  });
});
