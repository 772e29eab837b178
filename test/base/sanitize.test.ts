import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/base/sanitize.ts';

describe('sanitize', () => {
  it.each([
    ['a terminal escape', '\u001b[31mred', '\\u001b[31mred'],
    ['a C1 control sequence introducer', '\u009b31m', '\\u009b31m'],
    ['a reading-direction override', 'abc\u202edef', 'abc\\u202edef'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['line ends', 'a\r\n\u2028', 'a\\r\\n\\u2028'],
    ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
  ])('shows %s', (_, text, shown) => {
    expect(sanitize(text)).toBe(shown);
  });

  it('leaves letters of every script and emoji alone', () => {
    const text = 'naïve שלום नमस्ते 映画 👩‍👩‍👧 🎬';
    expect(sanitize(text)).toBe(text);
  });

  it('keeps what it is told to keep', () => {
    expect(sanitize('a\n\tb\u0007', { keep: '\n\t' })).toBe('a\n\tb\\u0007');
  });
});
