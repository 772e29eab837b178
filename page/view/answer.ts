import { element, percent } from './dom.ts';

/** The classes with their probabilities as bars, the likeliest marked; with `before`, also what they were. */
export function shownAnswer(
  labels: readonly string[],
  p: { readonly probabilities: readonly number[]; readonly before?: readonly number[] },
): HTMLElement {
  const { probabilities, before } = p;
  const best = probabilities.indexOf(Math.max(...probabilities));
  return element('ul', {
    class: before ? 'answer changed' : 'answer',
    children: labels.map((label, i) => {
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--p', String(probabilities[i]));
      if (before) {
        const was = element('i');
        was.style.setProperty('--p', String(before[i]));
        bar.append(was);
      }
      const value = percent(probabilities[i]!);
      return element('li', {
        class: i === best && 'best',
        children: [
          element('span', { class: 'label', children: [label] }),
          bar,
          element('span', { class: 'p', children: [before ? `${percent(before[i]!)} → ${value}` : value] }),
        ],
      });
    }),
  });
}
