import { type AttackRecord, type AttackStatus, wordsChanged } from '../attacks/record.ts';
import type { RobustEndings } from '../attacks/robust-endings.ts';
import { drawExamples } from '../data/draw-examples.ts';
import { originallyCorrect, outcomeOf } from '../evaluation/outcome.ts';
import { type DiffPiece, wordDiff } from '../text/word-diff.ts';
import { seriesColour } from './charts.ts';
import { type Html, html, isolated } from './html.ts';
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
  return html`
<section aria-labelledby="examples">
  <h2 id="examples">Attacked texts</h2>
  <p class="quiet">${ids.length} of ${new Set(right.map(({ id }) => id)).size} examples that some model had right before the
    attack. <mark class="from">Words the attack replaced</mark> and <mark class="to">what it put there</mark>; point at a
    new word to see what it stands for.${hasSeeds(rows) ? ' Of several seeds, the first.' : undefined}</p>
  <form class="filter" hidden>
    <label>Show <select name="outcome">
      <option value="">all</option>
      <option value="differ">where the models differ</option>
      <option value="flipped">where some prediction flipped</option>
      <option value="robust">where every prediction held</option>
    </select></label>
    <label>with the word <input name="word" type="search" autocomplete="off"></label>
    <label>order <select name="order">
      <option value="">as in the file</option>
      <option value="changes">most words changed first</option>
      <option value="queries">most queries first</option>
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

/** Class name to position among the probabilities, learnt from predictions: each is the position of the maximum. */
function classIndices(records: readonly AttackRecord[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { originalPrediction, originalProbabilities, finalPrediction, finalProbabilities } of records) {
    if (originalProbabilities.length > 0) {
      found.set(originalPrediction, originalProbabilities.indexOf(Math.max(...originalProbabilities)));
    }
    if (finalProbabilities.length > 0) {
      found.set(finalPrediction, finalProbabilities.indexOf(Math.max(...finalProbabilities)));
    }
  }
  return found;
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
<article class="example" data-statuses="${statuses.join(' ')}" data-id="${id}"
  data-changes="${most(({ changes }) => wordsChanged(changes))}" data-queries="${most(({ queries }) => queries)}">
  ${context}
  <div class="texts">
    <div class="text">
      <h3>Original <span class="quiet">#${id}, class ${isolated(first.label)}</span></h3>
      <p dir="auto">${markedOriginal(
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
      : html`<p dir="auto">${markedAttacked(diff, (change) => effectOf(change, record))}</p>
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
  const effect =
    change === undefined || !Number.isFinite(change.score)
      ? ''
      : `, score ${change.score < 0 ? '+' : '−'}${Math.abs(change.score).toFixed(3)}`;
  return `for “${from}”${effect}`;
}

/** The true class's probability before and after, as numbers and as a bar. */
function probability(record: AttackRecord, classIndex: ReadonlyMap<string, number>): Html | undefined {
  const index = classIndex.get(record.label);
  const before = index === undefined ? undefined : record.originalProbabilities[index];
  const after = index === undefined ? undefined : record.finalProbabilities[index];
  if (before === undefined || after === undefined) return undefined;
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
