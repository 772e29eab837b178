import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { wordnetRelated } from '../../../src/attacks/constraints/wordnet-related.ts';
import { relatedWords } from '../../../src/attacks/lexicon/related-words.ts';
import { embeddedWordnet } from '../../../src/runs/lexica/load-constraints.ts';
import {
  lexiconSourcesOf,
  parseCandidateSource,
  parseCandidateSources,
} from '../../../src/strategies/vda/candidate-sources.ts';
import { noCandidate } from '../../../src/strategies/vda/feeds.ts';
import { byteLevelTokenizerFiles } from '../../../src/text/byte-level-files.ts';
import { tokenizerFromFiles } from '../../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../../src/text/wordpiece-files.ts';
import { loadCandidateLexicon } from '../../../src/training/vda/candidate-lexica.ts';
import { createSubstitutes, substitutesIdentity } from '../../../src/training/vda/substitutes.ts';

const folder = mkdtempSync(join(tmpdir(), 'vda-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const pairs = `pairs:${fileOf('pairs.txt', 'film movie\nmovie picture\ngood bad\nthe good\nfilm films\nnice fine\n')}`;
const table = { film: ['motion picture', 'picture', 'flick'], good: ['fine', 'nice'] };
const neighbours = `neighbours:${fileOf('near.json', JSON.stringify(table))}`;

const words =
  '[PAD] [UNK] [CLS] [SEP] [MASK] the film movie picture flick good bad fine nice Film Movie ##s'.split(' ');
const tokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(words, { maxLength: 20 }), {
  where: 'the test',
});

function substitutesFor(
  said: readonly string[],
  text: string,
  p: { readonly secondOrder?: boolean; readonly most?: number; readonly guesses?: readonly string[] } = {},
) {
  const { secondOrder = false, most = 32, guesses } = p;
  const lexica = lexiconSourcesOf({ candidateSources: said }).map(loadCandidateLexicon);
  const ids = text.split(' ').map((word) => words.indexOf(word));
  const ofMlm = guesses && {
    stored: guesses.length + 1,
    of: () => ({
      ids: Int32Array.from(ids.flatMap(() => [...guesses.map((word) => words.indexOf(word)), noCandidate])),
      logProbs: new Float32Array(0),
    }),
  };
  const found = createSubstitutes({ tokenizer, lexica, guesses: ofMlm }, { secondOrder, most })(0, ids);
  return found.map((each) => Array.from(each, (id) => words[id]).join(' '));
}

describe('substitutes', () => {
  it('are the union of the sources, in their order, as single tokens', () => {
    expect(substitutesFor([pairs], 'film')).toEqual(['movie']);
    expect(substitutesFor([neighbours], 'film')).toEqual(['picture flick']);
    expect(substitutesFor([pairs, neighbours], 'film')).toEqual(['movie picture flick']);
    expect(substitutesFor([neighbours, pairs], 'film')).toEqual(['picture flick movie']);
    expect(substitutesFor([pairs, neighbours], 'film', { most: 2 })).toEqual(['movie picture']);
  });

  it('go both ways with pairs, one with neighbours', () => {
    expect(substitutesFor([pairs], 'movie')).toEqual(['film picture']);
    expect(substitutesFor([neighbours], 'picture')).toEqual(['']);
  });

  it('of second order are those of the substitutes too, never the word itself', () => {
    expect(substitutesFor([pairs], 'film', { secondOrder: true })).toEqual(['movie picture']);
  });

  it('leave out opposites, function words, pieces of words and special tokens, whatever a source says', () => {
    expect(substitutesFor([pairs], 'good bad the [CLS]')).toEqual(['', '', '', '']);
    expect(substitutesFor([pairs], 'film ##s film')).toEqual(['', '', 'movie']);
    const guesses = ['bad', 'the', 'nice', '##s', '[SEP]'];
    expect(substitutesFor([pairs], 'good', { guesses })).toEqual(['nice']);
  });

  it('keep the capitals of the word, or are none', () => {
    expect(substitutesFor([pairs, neighbours], 'Film')).toEqual(['Movie']);
  });

  it('have the guesses of the masked language model behind them', () => {
    const sources = [neighbours, 'mlm'];
    expect(substitutesFor(sources, 'good', { guesses: ['film', 'good', 'nice'] })).toEqual([
      'fine nice film',
    ]);
  });

  it('are found in a vocabulary of byte-level pieces', () => {
    const merges = ['f i', 'l m', 'fi lm', 'Ġ film', 'm o', 'v i', 'vi e', 'mo vie', 'Ġ movie'].map((pair) =>
      pair.split(' '),
    );
    const tokens = [...'<s> <pad> </s> <unk> <mask>'.split(' '), ...'abcdefghijklmnopqrstuvwxyzĠ'];
    const vocab = [...tokens, ...merges.map((pair) => pair.join(''))];
    const files = byteLevelTokenizerFiles(
      {
        vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
        merges: merges as [string, string][],
      },
      { maxLength: 20 },
    );
    const bytes = tokenizerFromFiles(files, { where: 'the test' });
    const lexica = lexiconSourcesOf({ candidateSources: [pairs] }).map(loadCandidateLexicon);
    const { ids } = bytes.encode('a film');
    const found = createSubstitutes({ tokenizer: bytes, lexica }, { secondOrder: false, most: 9 })(0, ids);
    const own = Array.from(found[ids.indexOf(vocab.indexOf('Ġfilm'))]!, (id) => vocab[id]);
    expect(own).toEqual(['Ġmovie']);
  });
});

describe('words related in WordNet', () => {
  const some = 'good bad great film movie car vehicle badly quickly fast the run running xyzzy'.split(' ');

  it('are those that the rule of the attack lets stand in', () => {
    const wordnet = embeddedWordnet();
    const rule = wordnetRelated(wordnet);
    const lexicon = relatedWords(wordnet, some);
    for (const from of some) {
      const expected = some.filter((to) => rule.allowsReplacing!(from) && rule.allowsSubstitution!(from, to));
      expect(lexicon.substitutes(from, 99), from).toEqual(expected);
    }
  });
});

describe('candidate sources', () => {
  it('are read by kind and file', () => {
    expect(parseCandidateSource('wordnet')).toEqual({ kind: 'wordnet' });
    expect(parseCandidateSource('pairs:a:b.txt')).toEqual({ kind: 'pairs', path: 'a:b.txt' });
    expect(lexiconSourcesOf({})).toEqual([{ kind: 'wordnet' }]);
  });

  it.each(['ppdb.txt', 'pairs:', 'vectors:x', ''])('%j is refused, with those there are', (said) => {
    expect(() => parseCandidateSource(said)).toThrow(
      /expected wordnet, neighbours:FILE, pairs:FILE, mlm; got/,
    );
  });

  it('are named once', () => {
    expect(() => parseCandidateSources(['wordnet', 'mlm', 'wordnet'])).toThrow(/'wordnet' is named twice/);
  });

  it('count by content, not by path', () => {
    const identity = (text: string, name: string) =>
      JSON.stringify(substitutesIdentity([{ kind: 'pairs', path: fileOf(name, text) }]));
    expect(identity('a b', 'one.txt')).toBe(identity('a b', 'two.txt'));
    expect(identity('a c', 'one.txt')).not.toBe(identity('a b', 'two.txt'));
    expect(identity('a b', 'one.txt')).not.toContain('one.txt');
  });
});
