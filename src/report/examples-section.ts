import { type AttackRecord, type AttackStatus, wordsChanged } from '../attacks/record.ts';
import type { RobustEndings } from '../attacks/robust-endings.ts';
import { drawExamples } from '../data/draw-examples.ts';
import { classIndices } from '../evaluation/clean-rows.ts';
import { originallyCorrect, outcomeOf } from '../evaluation/outcome.ts';
import { type DiffPiece, wordDiff } from '../text/word-diff.ts';
import { wordsOf } from '../text/words.ts';
import { seriesColour } from './charts.ts';
import { type Html, html, isolated, shownText } from './html.ts';
import { markedAttacked, markedOriginal } from './marked-text.ts';
import { hasSeeds, type ReportRow, recordsOf } from './report-input.ts';

/** How an ending is shown: a sign and a word, never colour alone. */
const endings = {
  success: { sign: '✗', word: 'flipped' },
  failed: { sign: '✓', word: 'held' },
  skipped: { sign: '–', word: 'wrong before the attack' },
  'out-of-queries': { sign: '?', word: 'out of queries' },
  'nothing-to-change': { sign: '–', word: 'nothing could be changed' },
  error: { sign: '!', word: 'error' },
  timeout: { sign: '!', word: 'out of time' },
} satisfies Record<AttackStatus, { sign: string; word: string }>;

/**
 * Attacked texts: for each example the original and, beside it, what the attack on each model made of it, with
 * the changed words coloured. Shown are examples that some model had right before the attack, drawn by class as those that
 * are attacked ({@link drawExamples}): a fixed rule, so that no one picked them, and of a sorted file not of one class.
 */
export function examplesSection(rows: readonly ReportRow[], shown: number): Html {
  const firstRuns = rows
    .map(({ name, runs, metrics: { robustEndings } }, index) => ({
      name,
      index,
      robustEndings,
      records: runs[0]?.records ?? [],
    }))
    .filter(({ records }) => records.length > 0);
  if (firstRuns.length === 0) return html``;
  const columns = firstRuns.map(({ name, records, index, robustEndings }): Column => {
    const byId = new Map(records.map((record) => [record.id, record]));
    const classIndex = classIndices(records);
    return { name, colour: seriesColour(index), byId, classIndex, robustEndings };
  });
  const right = firstRuns.flatMap(({ records }) => records.filter(originallyCorrect));
  const ids = drawnIds(right, shown);
  const cards = ids.map((id) => card(id, columns));
  const classes = [...new Set(right.map(({ label }) => label))].sort();
  return html`
<section aria-labelledby="examples">
  <h2 id="examples">Attacked texts</h2>
  <p class="quiet">${ids.length} of ${new Set(right.map(({ id }) => id)).size} examples that some model had right before the
    attack. <mark class="from">Words the attack replaced</mark> and <mark class="to">what it put there</mark>; point at a
    new word to see what it stands for.${hasSeeds(rows) ? ' Of several seeds, the first.' : undefined}
    <span class="by-script">Keys: <kbd>/</kbd> search, <kbd>j</kbd> next text, <kbd>k</kbd> the one before, <kbd>→</kbd> <kbd>←</kbd> the steps of its attacks.</span></p>
  <form class="filter by-script" role="search" aria-label="Attacked texts">
    <label>Show <select name="outcome">
      <option value="">all</option>
      <option value="differ">where the models differ</option>
      <option value="flipped">where some prediction flipped</option>
      <option value="robust">where every prediction held</option>
      <option value="undecided">where some attack was not decided</option>
    </select></label>
    <label>of class <select name="label"><option value="">any</option>${classes.map((name) => html`<option>${name}</option>`)}</select></label>
    <label>with the words <input name="word" type="search" autocomplete="off"></label>
    <label>order <select name="order">
      <option value="">as in the file</option>
      <option value="changes">most words changed first</option>
      <option value="share">largest part changed first</option>
      <option value="queries">most queries first</option>
      <option value="drop">largest fall of the true class first</option>
    </select></label>
    <output></output>
  </form>
  <div class="examples">${cards}</div>
  ${troubles(rows)}
</section>`;
}

/** Ids of as many examples, ascending. */
function drawnIds(records: readonly AttackRecord[], count: number): readonly number[] {
  const byId = new Map(records.map(({ id, label, text }) => [id, { id, label, text }]));
  const labels = [...new Set(records.map(({ label }) => label))].sort();
  const examples = [...byId.values()]
    .sort((a, b) => a.id - b.id)
    .map(({ id, label, text }) => ({ id, text, label: labels.indexOf(label) }));
  if (count < 1 || examples.length === 0) return [];
  return drawExamples({ examples, path: 'results.jsonl' }, { count })
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}

interface Column {
  readonly name: string;
  readonly colour: string;
  readonly byId: ReadonlyMap<number, AttackRecord>;
  readonly classIndex: ReadonlyMap<string, number>;
  readonly robustEndings: RobustEndings;
}

/** The text that is attacked: the second of a pair. */
const attackedText = ({ text, textPair }: AttackRecord): string => textPair ?? text;

function card(id: number, columns: readonly Column[]): Html {
  const attacked = columns.flatMap((column) => {
    const record = column.byId.get(id);
    if (record === undefined) return [];
    return [{ column, record, diff: wordDiff(attackedText(record), record.adversarialText) }];
  });
  const first = attacked[0]!.record;
  const statuses = attacked.map(({ record, column: { robustEndings } }) =>
    outcomeOf(record, robustEndings).robust ? 'held' : record.status,
  );
  const most = (read: (record: AttackRecord) => number) =>
    Math.max(...attacked.map(({ record }) => read(record)));
  const context =
    first.textPair === undefined
      ? undefined
      : html`<p class="context" dir="auto"><span class="quiet">First text:</span> ${isolated(first.text)}</p>`;
  return html`
<article class="example" tabindex="-1" aria-label="Example ${id}" data-statuses="${statuses.join(' ')}" data-id="${id}" data-label="${first.label}"
  data-changes="${most(({ changes }) => wordsChanged(changes))}" data-share="${most(({ changes, words }) => (words === 0 ? 0 : wordsChanged(changes) / words)).toFixed(4)}"
  data-queries="${most(({ queries }) => queries)}" data-drop="${Math.max(...attacked.map(({ record, column }) => fall(record, column.classIndex))).toFixed(4)}">
  ${context}
  <div class="texts">
    <div class="text">
      <h3>Original <span class="quiet">#${id}, class ${isolated(first.label)}</span></h3>
      <p class="original" dir="auto">${markedOriginal(
        attackedText(first),
        attacked.map(({ diff }) => diff),
      )}</p>
    </div>
    ${attacked.map(({ column, record, diff }) => attackedColumn(column, record, diff))}
  </div>
</article>`;
}

function attackedColumn(
  { name, colour, classIndex }: Column,
  record: AttackRecord,
  diff: readonly DiffPiece[],
): Html {
  const { sign, word } = endings[record.status];
  const outcome =
    record.status === 'success'
      ? html`${sign} ${word} to ${isolated(record.finalPrediction)}`
      : html`${sign} ${word}${record.status === 'skipped' ? html`: ${isolated(record.originalPrediction)}` : undefined}`;
  const attacked =
    record.status === 'skipped'
      ? html`<p class="quiet">Not attacked.</p>`
      : html`<p class="attacked" dir="auto">${markedAttacked(diff, (change) => effectOf(change, record))}</p>
      ${replayOf(record)}
      <p class="facts"><span>${wordsChanged(record.changes)} of ${record.words} words changed</span>
        <span>${record.queries} queries</span> ${probability(record, classIndex)}</p>`;
  return html`
    <div class="text" style="--series:${colour}">
      <h3><i class="dot"></i>${isolated(name)} <span class="badge ${record.status}">${outcome}</span></h3>
      ${attacked}
    </div>`;
}

/** What a new word stands for, and what it did to the true class. */
function effectOf(
  { from, to }: { readonly from: string; readonly to: string },
  { changes }: AttackRecord,
): string {
  const change = changes.find((one) => one.from === from && one.to === to);
  return `for “${from}”${change === undefined ? '' : saidFall(change.score)}`;
}

const saidFall = (score: number): string =>
  Number.isFinite(score) ? `, score ${score < 0 ? '+' : '−'}${Math.abs(score).toFixed(3)}` : '';

/** A button that replays the changes one by one: as data, of which the script makes text. */
function replayOf({ changes }: AttackRecord): Html | undefined {
  if (changes.length === 0) return undefined;
  const steps = changes.map(({ index, from, to, score }) => [
    index,
    wordsOf(from).length,
    shownText(to),
    `${shownText(from) || 'nothing'} → ${shownText(to) || 'nothing'}${saidFall(score)}`,
  ]);
  return html`<p class="replay by-script"><button type="button" data-steps="${JSON.stringify(steps)}">Replay ${changes.length === 1 ? 'the step' : `${changes.length} steps`}</button> <span role="status"></span></p>`;
}

/** The true class's probability before and after. */
function ofTrueClass(
  { label, originalProbabilities, finalProbabilities }: AttackRecord,
  classIndex: ReadonlyMap<string, number>,
): { readonly before: number; readonly after: number } | undefined {
  const index = classIndex.get(label);
  const before = index === undefined ? undefined : originalProbabilities[index];
  const after = index === undefined ? undefined : finalProbabilities[index];
  return before === undefined || after === undefined ? undefined : { before, after };
}

/** How far the true class fell; 0 where nobody knows. */
function fall(record: AttackRecord, classIndex: ReadonlyMap<string, number>): number {
  const known = ofTrueClass(record, classIndex);
  return known === undefined ? 0 : known.before - known.after;
}

/** The true class's probability, as numbers and as a bar. */
function probability(record: AttackRecord, classIndex: ReadonlyMap<string, number>): Html | undefined {
  const known = ofTrueClass(record, classIndex);
  if (known === undefined) return undefined;
  const { before, after } = known;
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  return html`<span>true class ${percent(before)} → ${percent(after)}
    <i class="gauge"><i class="before" style="width:${(100 * before).toFixed(1)}%"></i><i class="after" style="width:${(100 * after).toFixed(1)}%"></i></i></span>`;
}

/** Attacks that did not run to their end, a line each. */
function troubles(rows: readonly ReportRow[]): Html | undefined {
  const most = 50;
  const found = rows.flatMap((row) =>
    recordsOf(row)
      .filter(({ status }) => status === 'error' || status === 'timeout')
      .map(({ id, status, message = '' }) => ({ name: row.name, id, status, message })),
  );
  if (found.length === 0) return undefined;
  const lines = found
    .slice(0, most)
    .map(
      ({ name, id, status, message }) =>
        html`<li>${isolated(name)}, #${id}: ${endings[status].word}${message === '' ? '' : `: ${message}`}</li>`,
    );
  const rest = found.length > most ? html`<li>and ${found.length - most} more</li>` : undefined;
  return html`<details class="troubles"><summary>${found.length} attacks did not run to their end</summary>
    <ul class="notes">${lines}${rest}</ul></details>`;
}
