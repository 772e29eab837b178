import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Edit,
  editedWords,
  editText,
  originalText,
  renderInput,
  renderText,
  withEdit,
} from '../../src/text/edited-text.ts';

const swap = (index: number, to: string): Edit => ({ start: index, end: index + 1, to });
const rendered = (text: string, edits: readonly Edit[]): string =>
  renderText(edits.reduce(withEdit, editText(text)));

describe('editText', () => {
  it('gives any text back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderText(editText(text))).toBe(text);
      }),
    );
  });

  it('splits on white space', () => {
    expect(editText('  it isn’t\tgood, really. ').original).toEqual(['it', 'isn’t', 'good,', 'really.']);
  });

  it('has no words and one gap for white space alone', () => {
    expect(editText(' \n')).toEqual({ original: [], gaps: [' \n'], edits: [] });
  });
});

describe('withEdit', () => {
  const start = editText('a  fine\nfilm');

  it('keeps spacing and leaves the old value alone', () => {
    const edited = withEdit(withEdit(start, swap(2, 'movie')), swap(1, 'good'));
    expect(renderText(edited)).toBe('a  good\nmovie');
    expect(originalText(edited)).toBe('a  fine\nfilm');
    expect(renderText(start)).toBe('a  fine\nfilm');
    expect(edited.edits).toEqual([swap(2, 'movie'), swap(1, 'good')]); // in the order made
  });

  it('takes a change back, and takes the place of an earlier one', () => {
    const there = withEdit(start, swap(1, 'good'));
    expect(withEdit(there, swap(1, 'fine'))).toEqual(start);
    expect(withEdit(there, swap(1, 'great')).edits).toEqual([swap(1, 'great')]);
  });

  it('inserts, merges and deletes, each anchored to the original', () => {
    expect(rendered('a fine film', [{ start: 1, end: 1, to: 'very' }])).toBe('a very fine film');
    expect(rendered('a fine film', [{ start: 0, end: 0, to: 'what' }])).toBe('what a fine film');
    expect(rendered('a fine film ', [{ start: 3, end: 3, to: 'indeed' }])).toBe('a fine film indeed ');
    expect(rendered('a fine film', [{ start: 1, end: 3, to: 'movie' }])).toBe('a movie');
    expect(rendered(' a fine film', [swap(0, '')])).toBe(' fine film');
    expect(rendered('a fine film', [swap(1, ''), { start: 1, end: 1, to: 'dull' }])).toBe('a dull film');
    expect(rendered('a fine film', [{ start: 0, end: 0, to: 'what' }, swap(0, 'one')])).toBe(
      'what one fine film',
    );
    expect(rendered('fine', [swap(0, '')])).toBe('');
    expect(rendered('', [{ start: 0, end: 0, to: 'new' }])).toBe('new');
  });

  it('lets a merge take the place of what was edited within it, and cuts none in two', () => {
    const edited = withEdit(withEdit(start, swap(1, 'good')), { start: 1, end: 3, to: 'movie' });
    expect(edited.edits).toEqual([{ start: 1, end: 3, to: 'movie' }]);
    expect(() => withEdit(edited, swap(2, 'x'))).toThrow('words 1 to 3 were edited as one');
  });

  it('says which words an edit is about', () => {
    expect(editedWords(start, swap(1, 'good'))).toBe('fine');
    expect(editedWords(start, { start: 1, end: 3, to: 'movie' })).toBe('fine film');
    expect(editedWords(start, { start: 1, end: 1, to: 'very' })).toBe('');
  });

  it('keeps the spans of any edits apart, and renders the words they say', () => {
    const edit = fc.record({ start: fc.nat(5), length: fc.nat(2), to: fc.constantFrom('', 'x', 'y z') });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        let text = editText('a b c d e');
        for (const { start: from, length, to } of edits) {
          try {
            text = withEdit(text, { start: from, end: Math.min(5, from + length), to });
          } catch (error) {
            expect(error).toMatchObject({ code: 'internal' });
          }
        }
        const words: string[] = [];
        for (let i = 0; i <= 5; i++) {
          const inserted = text.edits.find((one) => one.start === i && one.end === i);
          if (inserted) words.push(inserted.to);
          const span = text.edits.find((one) => one.start <= i && i < one.end);
          if (span ? span.start === i && span.to !== '' : i < 5) words.push(span?.to ?? text.original[i]!);
        }
        expect(renderText(text)).toBe(words.join(' '));
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it.each([
    [3, 4, 'x'],
    [-1, 0, 'x'],
    [2, 1, 'x'],
    [0.5, 1, 'x'],
    [1, 1, ''],
  ])('throws for the span %d to %d and "%s"', (from, end, to) => {
    expect(() => withEdit(start, { start: from, end, to })).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('renderInput', () => {
  it('is the text alone without a context', () => {
    expect(renderInput(editText('a b'))).toEqual({ text: 'a b' });
  });

  it('has the attacked text of a pair second', () => {
    const edited = withEdit(editText('the answer', { context: 'a question?' }), swap(1, 'reply'));
    expect(renderInput(edited)).toEqual({ text: 'a question?', textPair: 'the reply' });
  });
});
