/**
 * The page's only script: filters, sorts and searches the attacked texts, and replays the steps of an attack, by mouse and
 * keyboard. It moves and hides what is there, and whatever it adds is text, never markup. Without it the page reads the same,
 * unfiltered.
 */
export const script = `
(() => {
  const form = document.querySelector('form.filter');
  if (!form) return;
  document.documentElement.classList.add('scripted');
  const list = document.querySelector('.examples');
  const cards = [...list.children];
  const texts = new Map();
  const textOf = (card) => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };
  const outcomes = {
    differ: (s) => s.includes('success') && s.includes('held'),
    flipped: (s) => s.includes('success'),
    robust: (s) => s.every((status) => status === 'held'),
    undecided: (s) => s.some((status) => !['success', 'held', 'skipped'].includes(status)),
  };
  const shownCards = () => [...list.children].filter((card) => !card.hidden);
  const apply = () => {
    const { outcome, label, word, order } = form.elements;
    const test = outcomes[outcome.value] || (() => true);
    const ofClass = label.selectedIndex > 0 ? label.value : undefined;
    const wanted = word.value.trim().toLowerCase();
    for (const card of cards) {
      card.hidden = !(
        test(card.dataset.statuses.split(' ')) &&
        (ofClass === undefined || card.dataset.label === ofClass) &&
        (wanted === '' || textOf(card).includes(wanted))
      );
    }
    const key = order.value;
    list.append(...[...cards].sort((a, b) => (key ? b.dataset[key] - a.dataset[key] : a.dataset.id - b.dataset.id)));
    const shown = shownCards().length;
    form.querySelector('output').value = shown === cards.length ? '' : shown + ' of ' + cards.length;
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());

  /** A text after some of the changes: [index of the first word, words that went, what came, in words]. */
  const after = (words, changes) => {
    const nodes = [];
    const put = (word, isNew) => {
      const node = isNew ? document.createElement('mark') : word;
      if (isNew) Object.assign(node, { className: 'to', textContent: word });
      nodes.push(node, ' ');
    };
    for (let at = 0; at <= words.length; ) {
      const here = changes.filter(([index]) => index === at);
      const inserted = here.find(([, count]) => count === 0);
      const replaced = here.find(([, count]) => count > 0);
      if (inserted) put(inserted[2], true);
      if (at === words.length) break;
      put(replaced ? replaced[2] || '∅' : words[at], replaced !== undefined);
      at += replaced ? replaced[1] : 1;
    }
    return nodes;
  };
  const places = new Map();
  const play = (button, by) => {
    const steps = JSON.parse(button.dataset.steps);
    const text = button.closest('.text').querySelector('.attacked');
    if (!places.has(button)) places.set(button, { at: steps.length, whole: [...text.childNodes] });
    const place = places.get(button);
    place.at = by === 0 ? (place.at + 1) % (steps.length + 1) : Math.max(0, Math.min(steps.length, place.at + by));
    const words = button.closest('.example').querySelector('.original').textContent.trim().split(' ');
    text.replaceChildren(...(place.at === steps.length ? place.whole : after(words, steps.slice(0, place.at))));
    button.textContent = 'Step ' + place.at + ' of ' + steps.length;
    button.nextElementSibling.textContent = place.at === 0 ? 'the original' : steps[place.at - 1][3];
  };
  list.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-steps]');
    if (button) play(button, 0);
  });
  const go = (by) => {
    const shown = shownCards();
    const at = shown.indexOf(document.activeElement.closest('.example'));
    const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next) next.focus();
  };
  document.addEventListener('keydown', (event) => {
    const { target, key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || target.closest('input, select, textarea')) return;
    const card = target.closest('.example');
    if (key === '/') form.elements.word.focus();
    else if (key === 'j') go(1);
    else if (key === 'k') go(-1);
    else if (card && (key === 'ArrowRight' || key === 'ArrowLeft')) {
      const buttons = target.matches('[data-steps]') ? [target] : card.querySelectorAll('[data-steps]');
      for (const button of buttons) play(button, key === 'ArrowRight' ? 1 : -1);
    } else return;
    event.preventDefault();
  });
})();
`;
