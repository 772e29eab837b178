import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadTexts } from '../../src/data/load-texts.ts';
import { temporaryFile } from './files.ts';

const load = (name: string, content: string | Uint8Array, options?: Parameters<typeof loadTexts>[1]) => {
  const { texts, columns } = loadTexts(temporaryFile(name, content), options);
  return { texts: texts.map(({ text }) => text), columns };
};
const two = 'A film that stays with you.\nDull, and long.\n';

describe('loadTexts of a .txt without tabs', () => {
  it.each<[string, string | Uint8Array]>([
    ['x.txt', two],
    ['x.TXT', two.replaceAll('\n', '\r\n')],
    ['x.txt', two.replaceAll('\n', '\r')],
    ['x.txt', `\ufeff${two.trimEnd()}`],
    ['x.txt.gz', gzipSync(two)],
  ])('reads each line as a text, the first one too: %s', (name, content) => {
    expect(load(name, content)).toEqual({ texts: ['A film that stays with you.', 'Dull, and long.'] });
  });

  it('keeps empty lines, so that answers stay beside their lines', () => {
    expect(load('x.txt', 'a\n\nb\n').texts).toEqual(['a', '', 'b']);
  });

  it('takes the name of a text column for a header, and any first line where a column is asked for', () => {
    expect(load('x.txt', 'Review\na\n')).toEqual({ texts: ['a'], columns: { text: 'Review' } });
    expect(load('x.txt', 'words\na\n', { textColumn: 'words' }).texts).toEqual(['a']);
  });

  it('reads a .txt with tabs as the table that it is', () => {
    expect(load('x.txt', 'label\ttext\n1\ta\n').texts).toEqual(['a']);
  });
});

describe('loadTexts of one column', () => {
  it.each(['x.tsv', 'x.csv'])('refuses a text where the name of the column should be: %s', (name) => {
    expect(() => load(name, 'A film that stays.\nDull and long.\n')).toThrow(
      /no column looks like the text\..*first line seems to be data already.*\(textColumn\)/,
    );
  });

  it('takes a name that it does not know', () => {
    expect(load('x.csv', 'Verbatim\n"Dull, and long."\n').texts).toEqual(['Dull, and long.']);
  });
});
