import { editText } from '../../src/attack.ts';
import { type Child, element } from './dom.ts';
import type { SearchState } from './search-state.ts';

/** A text with what the search knows of its words: how important each is, where it is, what was replaced. */
export function shownWords(
  text: string,
  p: { readonly search?: SearchState | undefined; readonly wordsRead?: number | undefined },
): readonly Child[] {
  const { search, wordsRead = Number.POSITIVE_INFINITY } = p;
  const { original, gaps } = editText(text);
  const most = Math.max(0, ...Array.from(search?.words.values() ?? [], ({ importance = 0 }) => importance));
  const shown = original.map((word, index): Child => {
    if (index >= wordsRead) return element('span', { class: 'unread', children: [word] });
    const state = search?.words.get(index);
    if (state === undefined) return word;
    const { importance = 0, kept } = state;
    const span = element('span', {
      class: `word${search?.at === index ? ' here' : ''}`,
      children:
        kept === undefined
          ? [word]
          : [element('del', { children: [word] }), ' ', element('ins', { children: [kept] })],
    });
    span.style.setProperty('--share', most > 0 ? Math.max(0, importance / most).toFixed(2) : '0');
    return span;
  });
  return [gaps[0], ...shown.flatMap((word, i) => [word, gaps[i + 1]])];
}
