import { expect, test } from 'vitest';
import { sanitize } from '../../src/base/sanitize.ts';

test.each([
  ['colour', '\x1b[31mred\x1b[0m', '\\u001b[31mred\\u001b[0m'],
  ['window title', '\x1b]0;owned\x07', '\\u001b]0;owned\\u0007'],
  ['C1 control sequence introducer', '\x9b2J', '\\u009b2J'],
  ['overprinting', 'good\rbad\b', 'good\\rbad\\u0008'],
  ['lines', 'a\nb\u2028c\tt', 'a\\nb\\u2028c\\tt'],
  [
    'bidirectional override and isolate',
    '\u202eevil\u202c\u2066x\u2069',
    '\\u202eevil\\u202c\\u2066x\\u2069',
  ],
  ['lone surrogate', 'a\ud800b', 'a\\ud800b'],
])('sanitize shows rather than obeys: %s', (_, text, expected) => {
  expect(sanitize(text)).toBe(expected);
});

test('sanitize leaves words of any script and emoji alone', () => {
  const text = 'naïve café 日本語 עברית العربية 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 "quotes" \\n';
  expect(sanitize(text)).toBe(text);
});

test('sanitize keeps what it is told to keep', () => {
  expect(sanitize('a\nb\tc\x1b', { keep: '\n\t' })).toBe('a\nb\tc\\u001b');
});
