/**
 * The script of an audit's page, first half: what is answered, as values. It knows no document, so that it runs anywhere.
 *
 *     state = { rater, at, answers: { id: { meaning?, label?, natural? } }, past: [{ at, id, question, before }] }
 */
export const auditCore = `
const questions = ['meaning', 'label', 'natural'];
const audit = (ids) => {
  const empty = () => ({ rater: '', at: 0, answers: {}, past: [] });
  const of = (state) => state.answers[ids[state.at]] || {};
  const open = (state) => questions.find((question) => of(state)[question] === undefined);
  const isDone = (answer) => answer !== undefined && questions.every((question) => answer[question] !== undefined);
  const done = (state) => ids.filter((id) => isDone(state.answers[id])).length;
  const move = (state, at) => ({ ...state, at: Math.max(0, Math.min(ids.length - 1, at)) });
  const set = (state, id, question, value) => {
    const answer = { ...state.answers[id], [question]: value };
    return { ...state, answers: { ...state.answers, [id]: answer } };
  };
  return {
    empty,
    of,
    open,
    done,
    move,
    /** Sets an answer of the text shown; its last one goes on to the next text. */
    answer(state, question, value) {
      const id = ids[state.at];
      const before = of(state)[question];
      const wasDone = isDone(state.answers[id]);
      const next = set(state, id, question, value);
      const past = [...state.past, { at: state.at, id, question, before }];
      const forward = !wasDone && isDone(next.answers[id]) ? 1 : 0;
      return move({ ...next, past }, state.at + forward);
    },
    undo(state) {
      const last = state.past[state.past.length - 1];
      if (last === undefined) return state;
      return { ...set(state, last.id, last.question, last.before), at: last.at, past: state.past.slice(0, -1) };
    },
    /** What the file holds: the texts of which every question is answered. */
    saved: (state, facts) => ({
      format: 'vda audit answers 1',
      attack: facts.attack,
      sample: { id: facts.sample, count: facts.count, seed: facts.seed },
      rater: state.rater.trim(),
      answers: ids
        .filter((id) => isDone(state.answers[id]))
        .map((id) => {
          const { meaning, label, natural } = state.answers[id];
          return { id, meaning, label, natural };
        }),
    }),
    /** A state that was kept, or an empty one where it is not of this page. */
    restored(text) {
      try {
        const kept = JSON.parse(text);
        const fits = kept && typeof kept.rater === 'string' && Array.isArray(kept.past) && typeof kept.answers === 'object' && Number.isInteger(kept.at);
        return fits ? move({ ...empty(), ...kept }, kept.at) : empty();
      } catch {
        return empty();
      }
    },
  };
};
`;

/**
 * The page's only script: shows one text at a time, takes answers by key, button and radio, keeps them in the browser's
 * storage where there is one, and saves them as a file. It never makes markup from text.
 */
export const auditScript = `
(() => {
${auditCore}
const root = document.getElementById('audit');
const items = [...root.querySelectorAll('article')];
const form = root.querySelector('form');
const facts = { ...root.dataset, count: Number(root.dataset.count), seed: Number(root.dataset.seed) };
const { empty, of, open, done, move, answer, undo, saved, restored } = audit(items.map((item) => Number(item.dataset.id)));
const key = 'vda audit ' + facts.sample;
const store = (work) => {
  try { return work(window.localStorage); } catch { return undefined; }
};
let state = restored(store((storage) => storage.getItem(key)) || '');
const say = (text) => { root.querySelector('.said').textContent = text; };
const values = (question) => [...form.elements[question]].filter((input) => input.type === 'radio');
const valueOf = (input) => JSON.parse(input.value);

const show = () => {
  const asked = open(state);
  for (const [i, item] of items.entries()) item.hidden = i !== state.at;
  for (const question of questions) {
    for (const input of values(question)) input.checked = of(state)[question] !== undefined && valueOf(input) === of(state)[question];
    form.querySelector('[data-question=' + question + ']').classList.toggle('asked', question === asked);
  }
  root.querySelector('progress').value = done(state);
  root.querySelector('.place').textContent = 'Text ' + (state.at + 1) + ' of ' + items.length + ', ' + done(state) + ' answered';
  form.elements.rater.value = state.rater;
};
const change = (next, focus = true) => {
  const moved = next.at !== state.at;
  state = next;
  const kept = store((storage) => { storage.setItem(key, JSON.stringify(state)); return true; });
  root.querySelector('.kept').textContent = kept ? 'Answers are kept in this browser.' : 'This browser keeps nothing: save before you leave.';
  show();
  if (moved && focus) items[state.at].focus();
  if (done(state) === items.length) say('All texts are answered. Save the answers (s).');
};
const save = () => {
  if (state.rater.trim() === '') {
    say('Enter your name first.');
    form.elements.rater.focus();
    return;
  }
  const file = new Blob([JSON.stringify(saved(state, facts), undefined, 2) + '\\n'], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = 'answers-' + state.rater.trim().replace(/[^\\p{L}\\p{N}]+/gu, '-') + '.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say('Saved ' + done(state) + ' of ' + items.length + ' texts to ' + link.download + '.');
};
const actions = {
  back: () => change(move(state, state.at - 1)),
  next: () => change(move(state, state.at + 1)),
  undo: () => change(undo(state)),
  save,
};
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', ({ target }) => {
  if (target.type === 'radio') change(answer(state, target.name, valueOf(target)), false);
});
form.addEventListener('input', ({ target }) => {
  if (target.name === 'rater') change({ ...state, rater: target.value }, false);
});
root.addEventListener('click', ({ target }) => {
  const action = target.closest('[data-action]');
  if (action) actions[action.dataset.action]();
});
const shortcuts = { ArrowLeft: 'back', ArrowRight: 'next', u: 'undo', s: 'save' };
document.addEventListener('keydown', (event) => {
  const { target, key: pressed } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || target.name === 'rater') return;
  if (target.type === 'radio' && pressed.startsWith('Arrow')) return;
  const asked = open(state);
  const chosen = asked && values(asked).find((input) => input.dataset.key === pressed);
  if (!chosen && !Object.hasOwn(shortcuts, pressed)) return;
  event.preventDefault();
  if (chosen) change(answer(state, asked, valueOf(chosen)));
  else actions[shortcuts[pressed]]();
});
root.querySelector('.work').hidden = false;
change(state, false);
})();
`;
