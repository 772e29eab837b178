import { describe, expect, test } from 'vitest';
import { textTable } from '../../src/report/text-table.ts';

const headers = ['Model', 'Att Acc', 'Q'];
const rows = [
  ['plain', '5.5 % [3.1, 9.6]', '9'],
  ['vda', '15.5 % [11.1, 21.2]', '104.0'],
];
const aligned = [
  'Model              Att Acc      Q',
  '─────  ───────────────────  ─────',
  'plain     5.5 % [3.1, 9.6]      9',
  'vda    15.5 % [11.1, 21.2]  104.0',
];

describe('a table for the terminal', () => {
  test.each([undefined, 33, 200])('is aligned where it has room (%s columns)', (columns) => {
    expect(textTable(headers, { rows, columns })).toEqual(aligned);
  });

  test('stands row by row where the terminal would fold it', () => {
    expect(textTable(headers, { rows, columns: 32 })).toEqual([
      ...['plain', '  Att Acc     5.5 % [3.1, 9.6]', '  Q                          9', ''],
      ...['vda', '  Att Acc  15.5 % [11.1, 21.2]', '  Q                      104.0'],
    ]);
  });
});
