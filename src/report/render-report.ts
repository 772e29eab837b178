import { auditSection } from './audit-section.ts';
import { breakdownSection } from './breakdown-section.ts';
import { configurationSection } from './configuration-section.ts';
import { examplesSection } from './examples-section.ts';
import { html } from './html.ts';
import { page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import { script } from './script.ts';
import { summarySection } from './summary-section.ts';
import { trainingSection } from './training-section.ts';
import { transferSection } from './transfer-section.ts';

/**
 * The report as one HTML file: no request to anywhere, readable without its script, on a phone and in the dark.
 * The same input gives the same bytes.
 *
 * Texts, names and configurations are shown, never obeyed: everything is escaped, control and direction
 * characters are made visible, and a content security policy allows only the page's own script.
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export async function renderReport(input: ReportInput): Promise<string> {
  const { title, created, rows, examplesShown = 1000 } = input;
  const body = html`${summarySection(rows, input.worstCases)}
${transferSection(rows)}
${auditSection(rows)}
${examplesSection(rows, examplesShown)}
${await breakdownSection(rows)}
${await trainingSection(input)}
${configurationSection(input)}`;
  return page({ title, created, body, script });
}
