import { type AttackRecord, editText } from '../../src/attack.ts';
import type { Reading } from '../engine/messages.ts';
import type { ShownStep } from '../engine/shown-steps.ts';
import { shownAnswer } from './answer.ts';
import { counted, element, fill } from './dom.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { createSearchList } from './search-list.ts';
import { advance, newSearch, type SearchState } from './search-state.ts';
import { shownTrace } from './trace.ts';
import { shownWords } from './words.ts';

/** Where two models stand side by side. */
const wide = '(min-width: 900px)';

/** One classifier on the page: what it says, and the search for a text that changes it. */
export interface Lane {
  readonly element: HTMLElement;
  /** What it says of a text; forgets an attack on another text. */
  showReading(text: string, p: { readonly labels: readonly string[]; readonly reading: Reading }): void;
  /** An attack on the text that was read last. */
  begin(label: number): void;
  take(steps: readonly ShownStep[]): void;
  end(record: AttackRecord, p: { readonly stopped: boolean }): Outcome;
  /** What went wrong, in place of an outcome. */
  fail(message: string): void;
  clear(): void;
}

export function createLane({ id, name }: { readonly id: number; readonly name: string }): Lane {
  const heading = element('h2', { id: `lane-${id}`, children: [name] });
  const answer = element('div', { class: 'says' });
  const cut = element('p', { class: 'quiet', hidden: true });
  const outcome = element('p', { class: 'outcome' });
  const words = element('p', { class: 'text' });
  const caption = element('figcaption', { class: 'quiet' });
  const picture = element('div');
  const list = createSearchList();
  const steps = element('details', {
    class: 'steps',
    open: matchMedia(wide).matches,
    children: [element('summary', { children: ['The search, word by word'] }), list.element],
  });
  const searched = element('div', {
    class: 'searched',
    hidden: true,
    children: [outcome, words, element('figure', { children: [caption, picture] }), steps],
  });
  let text = '';
  let labels: readonly string[] = [];
  let reading: Reading | undefined;
  let search: SearchState | undefined;
  let isDue = false;

  const draw = () => {
    isDue = false;
    fill(words, ...shownWords(text, { search, wordsRead: reading?.wordsRead }));
    if (search === undefined) return;
    fill(picture, shownTrace(search));
    list.update(search, editText(text).original);
  };
  const drawSoon = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(draw);
  };
  const say = (kind: Outcome['kind'] | 'running' | 'failed', ...children: readonly (Node | string)[]) => {
    outcome.className = `outcome ${kind}`;
    fill(outcome, ...children);
  };

  return {
    element: element('section', {
      class: 'lane',
      'aria-labelledby': heading.id,
      children: [heading, answer, cut, searched],
    }),
    showReading: (read, p) => {
      ({ labels, reading } = p);
      fill(answer, shownAnswer(labels, p.reading));
      const { wordsRead } = p.reading;
      cut.hidden = wordsRead === undefined;
      cut.textContent = `It reads the first ${counted(wordsRead ?? 0, 'word')}; the rest is cut off.`;
      if (read === text) return;
      text = read;
      search = undefined;
      searched.hidden = true;
    },
    begin: (label) => {
      search = newSearch(label);
      list.clear();
      caption.textContent = `Probability of ${labels[label]}, query by query`;
      searched.hidden = false;
      say('running', 'Ranking the words …');
      draw();
    },
    take: (steps) => {
      if (search === undefined) return;
      for (const step of steps) advance(search, step);
      const { queries, ranked, at } = search;
      const word = at === undefined ? '' : (editText(text).original[at] ?? '');
      say(
        'running',
        ranked === 0 ? 'Ranking the words …' : `At “${word}”`,
        element('span', { children: [counted(queries, 'query')] }),
      );
      drawSoon();
    },
    end: (record, { stopped }) => {
      if (search !== undefined) delete search.at;
      const ended = outcomeOf(record, { stopped, search: search ?? newSearch(0) });
      say(ended.kind, ended.headline, element('span', { children: [ended.facts] }));
      const { originalProbabilities: before, finalProbabilities: probabilities, changes } = record;
      if (changes.length > 0) fill(answer, shownAnswer(labels, { probabilities, before }));
      draw();
      return ended;
    },
    fail: (message) => {
      searched.hidden = false;
      say('failed', message);
    },
    clear: () => {
      [text, search, reading] = ['', undefined, undefined];
      fill(answer);
      cut.hidden = true;
      searched.hidden = true;
    },
  };
}
