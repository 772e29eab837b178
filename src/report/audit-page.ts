import type { AttackRecord } from '../attacks/record.ts';
import type { AuditSample } from '../runs/audit-sample.ts';
import { wordDiff } from '../text/word-diff.ts';
import { auditScript } from './audit-script.ts';
import { type Html, html, isolated } from './html.ts';
import { markedAttacked, markedOriginal } from './marked-text.ts';
import { page } from './page.ts';

/** Keys of the answers to a question, in order; `s` and `u` do other things. */
const keys = '123456789abcdefghijklmnopqr';

interface Choice {
  /** As the answer's file has it. */
  readonly value: string | number | boolean | null;
  readonly said: string;
}

/**
 * The page on which a reader judges successes of an attack, one at a time: does it say the same, which class has it, how
 * natural is it. True class and predictions are not in it, for they would lead the reader. One file without network or server;
 * texts are shown, never obeyed.
 * @returns the page, as HTML
 */
export function auditPage(sample: AuditSample, { title }: { readonly title: string }): string {
  const { id, attack, count, seed, records, classes } = sample;
  const body = html`
<section id="audit" aria-label="Questions" data-sample="${id}" data-attack="${attack}" data-count="${count}" data-seed="${seed}">
  <p class="quiet">Each text was changed by an attack: <mark class="from">words it replaced</mark> on the one side, <mark class="to">what it put
    there</mark> on the other. Answer three questions about each. Keys: the one beside each answer; ← back, → on, u undo, s save.</p>
  <noscript><p class="warning">Answering needs the script of this page, which the browser does not run.</p></noscript>
  <div class="work" hidden>
    <p><progress max="${records.length}" value="0" aria-label="Texts answered"></progress> <span class="place" aria-live="polite"></span></p>
    ${records.map((record, i) => text(record, { place: i + 1, of: records.length }))}
    <form class="questions">
      ${question('meaning', 'Does the attacked text say the same?', [
        { value: true, said: 'yes' },
        { value: false, said: 'no' },
      ])}
      ${question('label', 'Which class has the attacked text?', [
        ...classes.map((name) => ({ value: name, said: name })),
        { value: null, said: 'cannot tell' },
      ])}
      ${question(
        'natural',
        'How natural is the attacked text?',
        ['not at all', 'hardly', 'somewhat', 'mostly', 'entirely'].map((said, i) => ({ value: i + 1, said })),
      )}
      <p class="actions"><button type="button" data-action="back">Back</button> <button type="button" data-action="next">On</button>
        <button type="button" data-action="undo">Undo</button>
        <label>Your name <input name="rater" autocomplete="name" maxlength="100"></label>
        <button type="button" data-action="save">Save the answers</button></p>
    </form>
    <p class="said" role="status"></p>
    <p class="kept quiet"></p>
  </div>
</section>`;
  const footer = `Sample ${id.slice(0, 12)}: ${records.length} successes, seed ${seed}.`;
  return page({ title, body, script: auditScript, footer });
}

function text(record: AttackRecord, p: { readonly place: number; readonly of: number }): Html {
  const original = record.textPair ?? record.text;
  const diff = wordDiff(original, record.adversarialText);
  const context =
    record.textPair === undefined
      ? undefined
      : html`<p class="context" dir="auto"><span class="quiet">First text, the same in both:</span> ${isolated(record.text)}</p>`;
  return html`
    <article class="example" tabindex="-1" hidden data-id="${record.id}" aria-label="Text ${p.place} of ${p.of}">
      ${context}
      <div class="texts">
        <div class="text"><h2>Original</h2><p dir="auto">${markedOriginal(original, [diff])}</p></div>
        <div class="text"><h2>Attacked</h2><p dir="auto">${markedAttacked(diff, ({ from }) => `for “${from}”`)}</p></div>
      </div>
    </article>`;
}

const question = (name: string, asked: string, choices: readonly Choice[]): Html => {
  const inputs = choices.map(({ value, said }, i) => {
    const key = keys[i] ?? '';
    return html`<label><input type="radio" name="${name}" value="${JSON.stringify(value)}" data-key="${key}"> ${key === '' ? undefined : html`<kbd>${key}</kbd> `}${isolated(said)}</label> `;
  });
  return html`<fieldset data-question="${name}"><legend>${asked}</legend>${inputs}</fieldset>`;
};
