/**
 * The page's only script: shows the filter over the attacked texts and applies it. It moves and hides what is
 * there and never makes markup from text. Without it the page reads the same, unfiltered.
 */
export const script = `
(() => {
  const form = document.querySelector('form.filter');
  if (!form) return;
  form.hidden = false;
  const list = document.querySelector('.examples');
  const cards = [...list.children];
  const outcomes = {
    differ: (s) => s.includes('success') && s.includes('held'),
    flipped: (s) => s.includes('success'),
    robust: (s) => s.every((status) => status === 'held'),
  };
  const apply = () => {
    const { outcome, word, order } = form.elements;
    const test = outcomes[outcome.value] || (() => true);
    const wanted = word.value.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      const fits = test(card.dataset.statuses.split(' ')) && card.textContent.toLowerCase().includes(wanted);
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const key = order.value;
    const sorted = [...cards].sort((a, b) => (key ? b.dataset[key] - a.dataset[key] : a.dataset.id - b.dataset.id));
    list.append(...sorted);
    form.querySelector('output').value = shown === cards.length ? '' : shown + ' of ' + cards.length;
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
})();
`;
