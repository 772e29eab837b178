import { totalRejections } from '../evaluation/rejections.ts';
import { type Html, html, isolated } from './html.ts';
import { type Attacked, recordsOf } from './report-input.ts';

/** What each constraint refused, a column for each attack; nothing where no record says. */
export function rejectionsSection(attacked: readonly Attacked[]): Html | undefined {
  const totals = attacked.map(
    ({ row }) => new Map(totalRejections(recordsOf(row)).map((total) => [total.constraint, total])),
  );
  const constraints = [...new Set(totals.flatMap((found) => [...found.keys()]))];
  if (constraints.length === 0) return undefined;
  const count = (value: number) => value.toLocaleString('en');
  const lines = constraints.map((constraint) => {
    const cells = totals.map((found, i) => {
      const { words, edits } = found.get(constraint) ?? { words: 0, edits: 0 };
      return html`<td data-head="${attacked[i]!.row.name}"><b>${count(edits)}</b> <span class="interval">${words === 0 ? '' : `${count(words)} words`}</span></td>`;
    });
    return html`<tr><th scope="row">${constraint}</th>${cells}</tr>`;
  });
  const heads = attacked.map(({ row }) => html`<th scope="col">${isolated(row.name)}</th>`);
  return html`
<section aria-labelledby="rejections">
  <h2 id="rejections">Refused by constraint</h2>
  <p class="quiet">Candidates that each constraint refused, and beside them the words at which it let nothing be tried. What several would
    refuse counts for the first that was asked.</p>
  <table class="results slices"><thead><tr><th scope="col">Constraint</th>${heads}</tr></thead><tbody>${lines}</tbody></table>
</section>`;
}
