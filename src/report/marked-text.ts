import type { DiffPiece } from '../text/word-diff.ts';
import { wordsOf } from '../text/words.ts';
import { type Html, html, isolated } from './html.ts';

/** The original text; a word is marked that any of the attacks changed. */
export function markedOriginal(text: string, diffs: readonly (readonly DiffPiece[])[]): Html {
  const changed = new Set<number>();
  for (const diff of diffs) {
    let position = 0;
    for (const { kind, before } of diff) {
      if (kind === 'changed') for (let i = 0; i < before.length; i++) changed.add(position + i);
      position += before.length;
    }
  }
  const pieces = wordsOf(text).map(
    (word, i) => html`${changed.has(i) ? html`<mark class="from">${isolated(word)}</mark>` : word} `,
  );
  return html`${pieces}`;
}

/** The attacked text, its new words marked; `titleOf` says what is shown of one that is pointed at. */
export function markedAttacked(
  diff: readonly DiffPiece[],
  titleOf: (change: { readonly from: string; readonly to: string }) => string,
): Html {
  const pieces = diff.map(({ kind, before, after }) => {
    if (kind === 'same') return html`${after.join(' ')} `;
    const [from, to] = [before.join(' '), after.join(' ')];
    return html`<mark class="to" title="${titleOf({ from, to })}">${isolated(to === '' ? '∅' : to)}</mark> `;
  });
  return html`${pieces}`;
}
