import { auditSection } from './audit-section.ts';
import { breakdownSection } from './breakdown-section.ts';
import { configurationSection } from './configuration-section.ts';
import { examplesSection } from './examples-section.ts';
import { html } from './html.ts';
import { labOf } from './lab.ts';
import { labSection } from './lab-section.ts';
import { page } from './page.ts';
import { type ReportInput, searchedRows } from './report-input.ts';
import { script } from './script.ts';
import { summarySection } from './summary-section.ts';
import { trainingSection } from './training-section.ts';
import { transferSection } from './transfer-section.ts';

/** Attacked texts on a page of a few megabytes, those of every model counted. */
const mostAttackedTexts = 3000;

/**
 * The report as one HTML file: no request to anywhere, readable without its script, on a phone and in the dark.
 * The same input gives the same bytes.
 *
 * Texts, names and configurations are shown, never obeyed: everything is escaped, control and direction
 * characters are made visible, and a content security policy allows only the page's own script.
 * @param lab what the rows make, where the caller has it already
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export async function renderReport(input: ReportInput, lab = labOf(input)): Promise<string> {
  const { title, created, rows, worstCases = [], examplesShown = 1000, remarks = [] } = input;
  // Of many attacks the worst case is looked into: text by text and in parts of the test set. The page of each attack has its own.
  const looked = lab === undefined || worstCases.length === 0 ? searchedRows(rows) : worstCases;
  const body = html`${remarks.map((remark) => html`<p class="warning">${remark}</p>`)}
${lab === undefined ? summarySection(looked, worstCases) : await labSection(lab, { rows: searchedRows(rows), worstCases })}
${transferSection(rows)}
${auditSection(rows)}
${examplesSection(looked, Math.min(examplesShown, Math.floor(mostAttackedTexts / Math.max(1, looked.length))))}
${await breakdownSection(looked)}
${await trainingSection(input)}
${configurationSection(input)}`;
  return page({ title, created, body, script });
}
