import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editText, originalText, renderInput, renderText, replaceWord } from '../../src/text/edited-text.ts';

describe('editText', () => {
  it('gives any text back unchanged, under both word rules', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('whitespace' as const, 'punctuation' as const),
        (text, words) => {
          expect(renderText(editText(text, { words }))).toBe(text);
        },
      ),
    );
  });

  it('splits on white space by default', () => {
    expect(editText('  it isn’t\tgood, really. ').words).toEqual(['it', 'isn’t', 'good,', 'really.']);
  });

  it('splits punctuation off when asked, but not inside words and numbers', () => {
    const { words, gaps } = editText("It isn't well-made: $3.50 (really)...", { words: 'punctuation' });
    expect(words).toEqual(['It', "isn't", 'well-made', ':', '$', '3.50', '(', 'really', ')...']);
    expect(gaps).toEqual(['', ' ', ' ', '', ' ', '', ' ', '', '', '']);
  });

  it('has no words and one gap for white space alone', () => {
    expect(editText(' \n')).toMatchObject({ words: [], gaps: [' \n'], changed: [], attacked: 'only' });
  });
});

describe('replaceWord', () => {
  const start = editText('a  fine\nfilm');

  it('keeps spacing, lists changes in order and leaves the old value alone', () => {
    const edited = replaceWord(replaceWord(start, { index: 2, to: 'movie' }), { index: 1, to: 'good' });
    expect(renderText(edited)).toBe('a  good\nmovie');
    expect(edited.changed).toEqual([1, 2]);
    expect(originalText(edited)).toBe('a  fine\nfilm');
    expect(renderText(start)).toBe('a  fine\nfilm');
    expect(start.changed).toEqual([]);
  });

  it('forgets a change that is taken back', () => {
    const there = replaceWord(start, { index: 1, to: 'good' });
    const back = replaceWord(there, { index: 1, to: 'fine' });
    expect(back.changed).toEqual([]);
    expect(back).toEqual(start);
  });

  it('counts a word replaced twice once', () => {
    const twice = replaceWord(replaceWord(start, { index: 1, to: 'good' }), { index: 1, to: 'bad' });
    expect(twice.changed).toEqual([1]);
  });

  it('shares what did not change', () => {
    const edited = replaceWord(start, { index: 1, to: 'good' });
    expect(edited.gaps).toBe(start.gaps);
    expect(edited.original).toBe(start.original);
    expect(replaceWord(start, { index: 1, to: 'fine' })).toBe(start);
  });

  it.each([
    [3, 'x'],
    [-1, 'x'],
    [0, ''],
  ])('throws for index %d and word "%s"', (index, to) => {
    expect(() => replaceWord(start, { index, to })).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('renderInput', () => {
  it('is the text alone without a context', () => {
    expect(renderInput(editText('a b'))).toEqual({ text: 'a b' });
  });

  it('attacks the second text of a pair by default', () => {
    const edited = replaceWord(editText('the answer', { context: 'a question?' }), { index: 1, to: 'reply' });
    expect(renderInput(edited)).toEqual({ text: 'a question?', textPair: 'the reply' });
  });

  it('attacks the first text when asked', () => {
    const edited = editText('the answer', { context: 'other', attacked: 'first' });
    expect(renderInput(edited)).toEqual({ text: 'the answer', textPair: 'other' });
  });
});
