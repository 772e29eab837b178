import { describe, expect, it } from 'vitest';
import { html, isolated, trusted } from '../../src/report/html.ts';

describe('html', () => {
  it('escapes text in content and in attributes', () => {
    expect(html`<p title="${'a"b'}">${"<b>&'</b>"}</p>`.html).toBe(
      '<p title="a&quot;b">&lt;b&gt;&amp;&#39;&lt;/b&gt;</p>',
    );
  });

  it('shows control, direction and zero-width characters', () => {
    expect(html`${'\u001b[1m\u202eabc\u200b'}`.html).toBe('\\u001b[1m\\u202eabc\\u{200b}');
  });

  it('joins pieces and lists of pieces as they are, and leaves out what is undefined', () => {
    expect(html`<ul>${[html`<li>1</li>`, html`<li>${2}</li>`]}${undefined}${trusted('<hr>')}</ul>`.html).toBe(
      '<ul><li>1</li><li>2</li><hr></ul>',
    );
  });

  it('keeps the joiners of emoji', () => {
    expect(isolated('👩‍👩‍👧').html).toBe('<bdi>👩‍👩‍👧</bdi>');
  });
});
