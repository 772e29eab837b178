import { type Child, counted, element, fill, percent } from './dom.ts';
import type { SearchState, WordState } from './search-state.ts';

/** Words that the search has come to, in that order; each unfolds to what was tried there and what was refused. */
export function createSearchList(): {
  readonly element: HTMLOListElement;
  /** @param words of the text */
  readonly update: (search: SearchState, words: readonly string[]) => void;
  readonly clear: () => void;
} {
  const list = element('ol', { class: 'search' });
  const items = new Map<number, (state: WordState, word: string) => void>();
  return {
    element: list,
    clear: () => {
      items.clear();
      fill(list);
    },
    update: ({ words: states }, words) => {
      for (const state of states.values()) {
        if (state.proposed === undefined && state.refusedBy === undefined && state.refused.length === 0)
          continue;
        if (!items.has(state.index)) {
          const item = createItem();
          items.set(state.index, item.update);
          list.append(item.element);
        }
        items.get(state.index)!(state, words[state.index] ?? '');
      }
    },
  };
}

function createItem() {
  const summary = element('summary');
  const inside = element('div');
  const details = element('details', { children: [summary, inside] });
  let draw = () => {};
  let drawn = '';
  details.addEventListener('toggle', () => {
    if (details.open) draw();
  });
  return {
    element: element('li', { children: [details] }),
    update: (state: WordState, word: string) => {
      const { tried, refused, kept, proposed, refusedBy } = state;
      const now = JSON.stringify([tried.length, refused.length, kept, proposed, refusedBy]);
      if (now === drawn) return;
      drawn = now;
      fill(summary, ...summaryOf(state, word));
      draw = () => fill(inside, ...contentsOf(state));
      if (details.open) draw();
    },
  };
}

function summaryOf(state: WordState, word: string): readonly Child[] {
  const { kept, tried, refused, refusedBy } = state;
  const flipped = tried.some(({ flips }) => flips);
  const facts =
    refusedBy !== undefined
      ? 'left alone'
      : [tried.length > 0 && `${tried.length} tried`, refused.length > 0 && `${refused.length} refused`]
          .filter(Boolean)
          .join(', ') || 'nothing proposed';
  return [
    element('span', { class: 'from', children: [word] }),
    kept !== undefined && element('span', { class: 'to', children: [`→ ${kept}`] }),
    flipped && element('span', { class: 'flips', children: ['flips'] }),
    element('span', { class: 'facts', children: [facts] }),
  ];
}

function contentsOf({ rank, importance, refusedBy, tried, refused, proposed }: WordState): readonly Child[] {
  const lines: Child[] = [];
  if (rank !== undefined) {
    const worth = importance === undefined ? '' : `; hiding it changes the margin by ${signed(-importance)}`;
    lines.push(element('p', { children: [`Rank ${rank} by importance${worth}.`] }));
  }
  if (refusedBy !== undefined) {
    lines.push(element('p', { children: [`Left alone by the rule “${refusedBy}”.`] }));
  }
  if (tried.length > 0) {
    lines.push(
      element('table', {
        children: [
          element('caption', {
            children: [`${tried.length} of ${counted(proposed ?? tried.length, 'word')} tried`],
          }),
          element('thead', {
            children: [
              element('tr', {
                children: ['Word', 'Class under attack', 'Answer'].map((name) =>
                  element('th', { scope: 'col', children: [name] }),
                ),
              }),
            ],
          }),
          element('tbody', {
            children: tried.map(({ to, probability, flips }) =>
              element('tr', {
                children: [
                  element('th', { scope: 'row', children: [to === '' ? '(left out)' : to] }),
                  element('td', { children: [percent(probability)] }),
                  element('td', { class: flips && 'flips', children: [flips ? 'flips' : 'holds'] }),
                ],
              }),
            ),
          }),
        ],
      }),
    );
  }
  for (const [by, words] of groupedByRule(refused)) {
    lines.push(
      element('p', {
        class: 'refused',
        children: [
          element('span', { class: 'rule', children: [`Refused by “${by}”: `] }),
          words.slice(0, mostShown).join(' · '), // a comma may be part of a word
          words.length > mostShown && ` and ${words.length - mostShown} more`,
        ],
      }),
    );
  }
  return lines;
}

/** Refused words that are shown of one rule. */
const mostShown = 24;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function groupedByRule(refused: WordState['refused']): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { to, by } of refused) groups.set(by, [...(groups.get(by) ?? []), to]);
  return groups;
}
