import { sanitize } from '../base/sanitize.ts';
import type { Estimate } from '../base/statistics.ts';
import { type AuditSummary, auditSummary } from '../evaluation/audit.ts';
import { type Html, html, isolated } from './html.ts';
import type { ReportRow } from './report-input.ts';
import { formatEstimate, formatInterval, formatMeasure } from './result-row.ts';

interface AuditedRun {
  readonly name: string;
  readonly summary: AuditSummary;
  readonly successes: number;
}

/** The audited attacks of all rows; of several under one name each by its number. */
function auditedRuns(rows: readonly ReportRow[]): readonly AuditedRun[] {
  return rows.flatMap(({ name, runs, metrics: { robustEndings } }) =>
    runs.flatMap(({ audited, records }, i) => {
      if (audited === undefined) return [];
      const summary = auditSummary(audited, { records, robustEndings });
      const successes = records.filter(({ status }) => status === 'success').length;
      const called = runs.length > 1 ? `${name}, run ${i + 1}` : name;
      return [{ name: called, summary, successes }];
    }),
  );
}

const percent = (estimate: Estimate): string => formatEstimate(estimate, 'percent');

const alpha = (value: number): string => (Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '–');

const readers = (count: number): string => (count === 1 ? '1 reader' : `${count} readers`);

/** What readers said of each audited attack, a line each, for the terminal. */
export const auditLines = (rows: readonly ReportRow[]): readonly string[] =>
  auditedRuns(rows).map(({ name, summary, successes }) => {
    const { accepted, agreement, attAcc, natural, raters, rated } = summary;
    const agreed =
      raters.length < 2
        ? ''
        : `; Krippendorff's alpha: meaning ${alpha(agreement.meaning)}, label ${alpha(agreement.label)}, naturalness ${alpha(agreement.natural)}`;
    return (
      `${sanitize(name)}, audited: ${readers(raters.length)} accepted ${percent(accepted)} of ${rated} successes read (of ${successes}), ` +
      `naturalness ${formatMeasure(natural.value, 'count')} of 5${agreed}. Att Acc without successes that readers refuse: ${percent(attAcc)}.`
    );
  });

/** What readers said of the attacks' successes, and Att Acc corrected by it; nothing where none was audited. */
export function auditSection(rows: readonly ReportRow[]): Html {
  const audited = auditedRuns(rows);
  if (audited.length === 0) return html``;
  const lines = audited.map(({ name, summary, successes }) => {
    const { accepted, sameMeaning, sameLabel, natural, agreement, attAcc, raters, rated } = summary;
    const cell = (head: string, estimate: Estimate, unit: 'percent' | 'count' = 'percent') =>
      html`<td data-head="${head}"><b>${formatMeasure(estimate.value, unit)}</b> <span class="interval">${formatInterval(estimate, unit)}</span></td>`;
    const alphas = (['meaning', 'label', 'natural'] as const).map((question) => alpha(agreement[question]));
    return html`<tr><th scope="row">${isolated(name)} <span class="paper">${rated} of ${successes} successes, ${readers(raters.length)}</span></th>
      ${cell('Accepted', accepted)}${cell('Same meaning', sameMeaning)}${cell('True class', sameLabel)}${cell('Natural (1–5)', natural, 'count')}
      <td data-head="Alpha">${alphas.join(' / ')}</td>${cell('Att Acc, corrected', attAcc)}</tr>`;
  });
  return html`
<section aria-labelledby="audit">
  <h2 id="audit">What readers accept</h2>
  <p class="quiet">Successes drawn by class and read by people. Accepted: it says the same and has the true class, by most of
    those who read it. Att Acc, corrected: a success that readers refuse is none; its interval covers the choice of texts and that of
    the ones read. Alpha: Krippendorff's, of meaning / label / naturalness (ordinal); 1 is full agreement, 0 chance.</p>
  <table class="results">
    <thead><tr><th scope="col">Attack</th><th scope="col">Accepted</th><th scope="col">Same meaning</th><th scope="col">True class</th>
      <th scope="col">Natural (1–5)</th><th scope="col">Alpha</th><th scope="col">Att Acc, corrected</th></tr></thead>
    <tbody>${lines}</tbody>
  </table>
</section>`;
}
