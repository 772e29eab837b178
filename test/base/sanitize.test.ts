import { describe, expect, it } from 'vitest';
import { escapeMarkdown, showControls } from '../../src/base/sanitize.ts';

describe('showControls', () => {
  it.each([
    ['a terminal escape', '\u001b[31mred', '␛[31mred'],
    ['a C1 control sequence introducer', '\u009b31m', '⟨U+009B⟩31m'],
    ['a reading-direction override', 'abc\u202edef', 'abc⟨U+202E⟩def'],
    ['an isolate', '\u2066a\u2069', '⟨U+2066⟩a⟨U+2069⟩'],
    ['a zero-width space', 'go\u200bod', 'go⟨U+200B⟩od'],
    ['a tag character', 'a\u{e0041}', 'a⟨U+E0041⟩'],
    ['delete and carriage return', 'a\u007f\r', 'a␡␍'],
    ['half a surrogate pair', 'a\ud83d', 'a\ufffd'],
  ])('shows %s', (_, text, shown) => {
    expect(showControls(text)).toBe(shown);
  });

  it('leaves letters of every script and emoji alone', () => {
    const text = 'naïve שלום नमस्ते 映画 👩‍👩‍👧 🎬';
    expect(showControls(text)).toBe(text);
  });

  it('keeps what it is told to keep', () => {
    expect(showControls('a\n\tb\u0007', '\n\t')).toBe('a\n\tb␇');
  });
});

describe('escapeMarkdown', () => {
  it('leaves nothing that Markdown acts on', () => {
    expect(escapeMarkdown('[x](y) <b>*a*\n`|`')).toBe('\\[x\\](y) \\<b\\>\\*a\\*␊\\`\\|\\`');
  });
});
