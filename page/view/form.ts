import type { AttackJob } from '../engine/messages.ts';
import { mostCharacters } from '../manifest.ts';
import { offered } from '../recipes.ts';
import { byId, element, fill } from './dom.ts';

/** Where the text is kept while the page is loaded anew. */
const storageKey = 'vda-page-text';

/** Milliseconds without a key after which a text is read. */
const settled = 250;

/** Milliseconds between calls of the models when an attack is to be watched. */
const slowPause = 250;

/** The form: a text, an attack and its limits. */
export interface Form {
  /** Shows it, the button off. */
  show(p: { readonly texts: readonly string[]; readonly labels: readonly string[] }): void;
  text(): string;
  /** Who is told of a text, once no key was pressed for a while; takes the place of an earlier one. */
  onText(listener: (text: string) => void): void;
  /** The button begins an attack, and while one runs ends it; takes the place of earlier ones. Until then it is off. */
  onAttack(p: { readonly attack: () => Promise<void>; readonly stop: () => void }): void;
  /** What is asked for; undefined where something is amiss, which then stands beside its field. */
  job(): AttackJob | undefined;
}

export function createForm(): Form {
  const text = byId<HTMLTextAreaElement>('text');
  const recipe = byId<HTMLSelectElement>('recipe');
  const label = byId<HTMLSelectElement>('label');
  const budget = byId<HTMLInputElement>('budget');
  const slowly = byId<HTMLInputElement>('slowly');
  const go = byId<HTMLButtonElement>('go');

  fill(recipe, ...offered.map(({ id, name }) => element('option', { value: id, children: [name] })));
  const explain = () => {
    const { name, about } = offered.find(({ id }) => id === recipe.value)!;
    byId('recipe-about').textContent = `${name} ${about}.`;
  };
  recipe.addEventListener('change', explain);
  explain();
  go.disabled = true;

  let read = (_text: string): void => {};
  let attack = async (): Promise<void> => {};
  let stop = (): void => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  text.addEventListener('input', () => {
    keep(text.value);
    complain(text, undefined);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!text.readOnly) read(text.value.slice(0, mostCharacters));
    }, settled);
  });

  let running = false;
  const run = async () => {
    running = true;
    text.readOnly = true;
    go.textContent = 'Stop';
    try {
      await attack();
    } finally {
      running = false;
      text.readOnly = false;
      go.textContent = 'Attack';
    }
  };
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (running) stop();
    else void run();
  });
  document.addEventListener('keydown', ({ key, ctrlKey, metaKey, target }) => {
    if (key === 'Escape' && running) stop();
    if (key === 'Enter' && (ctrlKey || metaKey) && target === text && !running && !go.disabled) void run();
  });

  return {
    text: () => text.value,
    show: ({ texts, labels }) => {
      go.disabled = true;
      text.value = kept() ?? texts[0] ?? '';
      fill(
        byId('texts'),
        ...texts.map((one, i) => {
          const button = element('button', { type: 'button', class: 'link', children: [`text ${i + 1}`] });
          button.setAttribute('aria-label', `Text ${i + 1}: ${one}`);
          button.addEventListener('click', () => {
            if (text.readOnly) return;
            text.value = one;
            text.dispatchEvent(new Event('input'));
          });
          return button;
        }),
      );
      byId('text-hint').hidden = texts.length === 0;
      fill(
        label,
        element('option', { value: '', children: ['what each model says'] }),
        ...labels.map((name, i) => element('option', { value: String(i), children: [name] })),
      );
      byId('form').hidden = false;
    },
    onText: (listener) => {
      read = listener;
    },
    onAttack: (listeners) => {
      ({ attack, stop } = listeners);
      go.disabled = false;
    },
    job: () => {
      const length = text.value.length;
      const queries = Number(budget.value);
      const isBudget = Number.isInteger(queries) && queries >= 1 && queries <= Number(budget.max);
      complain(
        text,
        text.value.trim() === ''
          ? 'Type a text first, or take one of those below.'
          : length > mostCharacters
            ? `This text has ${length} characters, and at most ${mostCharacters} are taken. Shorten it; nothing of it is lost.`
            : undefined,
      );
      complain(budget, isBudget ? undefined : `A whole number from 1 to ${budget.max}, please.`);
      const wrong = [text, budget].find((field) => field.getAttribute('aria-invalid') === 'true');
      if (wrong !== undefined) {
        wrong.focus();
        return undefined;
      }
      return {
        text: text.value,
        label: label.value === '' ? undefined : Number(label.value),
        recipe: recipe.value as AttackJob['recipe'],
        queryBudget: queries,
        pause: slowly.checked ? slowPause : 0,
      };
    },
  };
}

/** Says below a field what is amiss with it; `undefined` takes that back. */
function complain(field: HTMLElement, message: string | undefined): void {
  const id = `${field.id}-problem`;
  document.getElementById(id)?.remove();
  const others = (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .filter((one) => one !== '' && one !== id);
  const described = message === undefined ? others : [...others, id];
  if (described.length > 0) field.setAttribute('aria-describedby', described.join(' '));
  else field.removeAttribute('aria-describedby');
  if (message === undefined) field.removeAttribute('aria-invalid');
  else {
    field.setAttribute('aria-invalid', 'true');
    field.after(element('p', { id, class: 'amiss', role: 'alert', children: [message] }));
  }
}

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined; // storage is switched off
  }
}

function keep(text: string): void {
  try {
    sessionStorage.setItem(storageKey, text);
  } catch {
    // it is lost with the page then
  }
}
