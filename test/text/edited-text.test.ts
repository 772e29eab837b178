import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editText, originalText, renderInput, renderText, replaceWord } from '../../src/text/edited-text.ts';

describe('editText', () => {
  it('gives any text back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderText(editText(text))).toBe(text);
      }),
    );
  });

  it('splits on white space', () => {
    expect(editText('  it isn’t\tgood, really. ').words).toEqual(['it', 'isn’t', 'good,', 'really.']);
  });

  it('has no words and one gap for white space alone', () => {
    expect(editText(' \n')).toEqual({ words: [], original: [], gaps: [' \n'] });
  });
});

describe('replaceWord', () => {
  const start = editText('a  fine\nfilm');

  it('keeps spacing and leaves the old value alone', () => {
    const edited = replaceWord(replaceWord(start, { index: 2, to: 'movie' }), { index: 1, to: 'good' });
    expect(renderText(edited)).toBe('a  good\nmovie');
    expect(originalText(edited)).toBe('a  fine\nfilm');
    expect(renderText(start)).toBe('a  fine\nfilm');
  });

  it('takes a change back', () => {
    const there = replaceWord(start, { index: 1, to: 'good' });
    expect(replaceWord(there, { index: 1, to: 'fine' })).toEqual(start);
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

  it('has the attacked text of a pair second', () => {
    const edited = replaceWord(editText('the answer', { context: 'a question?' }), { index: 1, to: 'reply' });
    expect(renderInput(edited)).toEqual({ text: 'a question?', textPair: 'the reply' });
  });
});
