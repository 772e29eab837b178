import { createHash } from 'node:crypto';
import { breakdownSection } from './breakdown-section.ts';
import { configurationSection } from './configuration-section.ts';
import { examplesSection } from './examples-section.ts';
import { type Html, html, trusted } from './html.ts';
import type { ReportInput } from './report-input.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { summarySection } from './summary-section.ts';
import { trainingSection } from './training-section.ts';

/**
 * The report as one HTML file: no request to anywhere, readable without its script, on a phone and in the dark.
 * The same input gives the same bytes.
 *
 * Texts, names and configurations are shown, never obeyed: everything is escaped, control and direction
 * characters are made visible, and a content security policy allows only the page's own script.
 * @throws VdaError `bad-input` when two rows were attacked on different test sets
 */
export async function renderReport(input: ReportInput): Promise<string> {
  const { title, created, rows, examplesShown = 30 } = input;
  const scriptHash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;
  const body = html`${summarySection(rows)}
${examplesSection(rows, examplesShown)}
${await breakdownSection(rows)}
${await trainingSection(input)}
${configurationSection(input)}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header class="page"><h1>${title}</h1>${contents(body)}</header>
<main>
${body}
</main>
<footer class="page">Made by vda${created === undefined ? undefined : html`, ${created}`}. Ori Acc, Att Acc, Q Num and Perturb as in Zhou et al. 2021 (EMNLP).</footer>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

/** Links to the sections that are there: texts are escaped, so only a section can have such a heading. */
function contents(body: Html): Html {
  const headings = [...body.html.matchAll(/<h2 id="(\w+)">([^<]+)</g)];
  const links = headings.map(([, id, heading]) => html`<a href="#${id}">${heading}</a> `);
  return html`<nav aria-label="Contents">${links}</nav>`;
}
