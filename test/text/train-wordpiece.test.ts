import { describe, expect, it } from 'vitest';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import {
  BERT_SPECIAL_TOKENS,
  countWords,
  learnWordPiece,
  trainWordPiece,
} from '../../src/text/train-wordpiece.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';

describe('countWords', () => {
  it('counts normalised words over all lines, punctuation apart', async () => {
    const counts = await countWords(['The café, the CAFE.', '', 'the\u200b end']);
    expect(Object.fromEntries(counts)).toEqual({ the: 3, cafe: 2, ',': 1, '.': 1, end: 1 });
  });

  it('leaves out words too long to be encoded', async () => {
    expect([...(await countWords([`${'x'.repeat(101)} ok`])).keys()]).toEqual(['ok']);
  });
});

describe('learnWordPiece', () => {
  // Sennrich et al. 2016, Algorithm 1: low ×5, lower ×2, newest ×6, widest ×3.
  const counts = new Map(Object.entries({ low: 5, lower: 2, newest: 6, widest: 3 }));

  it('merges the most frequent pair first, ties by smaller ids', () => {
    const vocab = learnWordPiece(counts, { size: 1000, coverage: 1 });
    const merged = vocab.filter((token) => token.replace('##', '').length > 1 && !token.startsWith('['));
    // (e, s) and (s, t) 9 each, e has the smaller id; (es, t) 9; then (w, e) has fallen from 8 to 2, so (l, o) 7; (lo, w) 7
    expect(merged.slice(0, 4)).toEqual(['##es', '##est', 'lo', 'low']);
    expect(merged).toContain('newest');
    expect(merged.indexOf('newest')).toBeLessThan(merged.indexOf('widest'));
  });

  it('starts with the special tokens and the alphabet in code point order', () => {
    const vocab = learnWordPiece(counts, { size: 1000 });
    expect(vocab.slice(0, 5)).toEqual([...BERT_SPECIAL_TOKENS]);
    expect(vocab.slice(5, 15)).toEqual(['d', 'e', 'i', 'l', 'n', 'o', 'r', 's', 't', 'w']);
    expect(vocab.slice(15, 25)).toEqual(vocab.slice(5, 15).map((letter) => `##${letter}`));
  });

  it('does not depend on the order of the counts', () => {
    const reversed = new Map([...counts].reverse());
    expect(learnWordPiece(reversed, { size: 40 })).toEqual(learnWordPiece(counts, { size: 40 }));
  });

  it('stops at the size, or where no pair is frequent enough', () => {
    expect(learnWordPiece(counts, { size: 28 })).toHaveLength(28);
    const strict = learnWordPiece(counts, { size: 1000, minFrequency: 9 });
    expect(strict.slice(25)).toEqual(['##es', '##est']);
  });

  it('counts a repeated letter as often as it can be merged', () => {
    const vocab = learnWordPiece(new Map([['aaaaa', 4]]), { size: 1000 });
    // a ##a ##a ##a ##a → (##a, ##a) ×3: a ##aa ##aa → (a, ##aa) ties with (##aa, ##aa), a has the smaller id
    expect(vocab.slice(7)).toEqual(['##aa', 'aaa', 'aaaaa']);
  });

  it('leaves rare characters out of the alphabet, but no ASCII one', () => {
    const words = new Map([
      ['film', 10_000],
      ['日', 1],
      ['q', 1],
    ]);
    const vocab = learnWordPiece(words, { size: 1000, coverage: 0.999 });
    expect(vocab).not.toContain('日');
    expect(vocab).toContain('q');
  });

  it('refuses an empty text and a size below the alphabet', () => {
    expect(() => learnWordPiece(new Map(), { size: 100 })).toThrowError(
      expect.objectContaining({ code: 'bad-input' }),
    );
    expect(() => learnWordPiece(counts, { size: 24 })).toThrowError(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('trainWordPiece', () => {
  it('makes a vocabulary whose tokenizer reads its own text without unknown tokens', async () => {
    const text = 'A film, unlike other films: filmed in Ünterwasser, unlikely to be liked!';
    const vocab = await trainWordPiece(Array(3).fill(text), { size: 80 });
    const tokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(vocab, { maxLength: 64 }), {
      where: 'trained',
    });
    const { ids } = tokenizer.encode(text);
    expect(ids).not.toContain(tokenizer.unkId);
    expect(tokenizer.padId).toBe(0);
    expect(tokenizer.maxLength).toBe(64);
    expect(tokenizer.encode('FILM').ids).toHaveLength(3); // and the special ones
  });
});
