import { expect, it } from 'vitest';
import { escapeMarkdown } from '../../src/base/escape-markdown.ts';

it('escapes everything that Markdown and the HTML in it act on', () => {
  expect(escapeMarkdown('[x](y) <b>*a*`|`')).toBe('\\[x\\](y) \\<b\\>\\*a\\*\\`\\|\\`');
});

it('keeps a text on one line', () => {
  expect(escapeMarkdown('a\n# b')).toBe('a\\\\n\\# b');
});
