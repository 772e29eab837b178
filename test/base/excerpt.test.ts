import { expect, test } from 'vitest';
import { excerpt, excerptList, quotedExcerpt } from '../../src/base/excerpt.ts';

test('excerpt leaves a short value as it is, at the width exactly, too', () => {
  expect(excerpt('a fine film')).toBe('a fine film');
  expect(excerpt('x'.repeat(80))).toBe('x'.repeat(80));
  expect(excerpt('')).toBe('');
});

test('excerpt cuts a value longer than the width, its last character then being an ellipsis', () => {
  expect(excerpt('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  expect(excerpt('abcdef', 4)).toBe('abc…');
  expect(quotedExcerpt('abcdef', 4)).toBe('"abc…"');
});

test('excerpt cuts no character in two, and shows what a terminal would obey, on one line', () => {
  expect(excerpt('👍👍👍👍', 3)).toBe('👍👍…');
  expect(excerpt('a\nb\x1b[31m')).toBe('a\\nb\\u001b[31m');
  expect(excerpt('\x00'.repeat(1000)).length).toBe(80);
});

test('excerptList shows as many values as there is room for, and counts the others', () => {
  expect(excerptList(['a', 'b'])).toBe('"a", "b"');
  expect(excerptList(['a', 'b'], { quote: false })).toBe('a, b');
  expect(excerptList([])).toBe('');
  const many = Array.from({ length: 10_000 }, (_, i) => `key${i}`);
  expect(excerptList(many)).toMatch(/^"key0", "key1", .*"key17" and 9982 more$/);
  expect(excerptList(['x'.repeat(1e5), 'b'])).toBe(`"${'x'.repeat(79)}…", "b"`);
});
