import { createHash } from 'node:crypto';
import { type Html, html, trusted } from './html.ts';
import { style } from './style.ts';

/**
 * A whole page around its sections, with links to them: no request to anywhere, readable without its script, and a
 * content security policy that allows only the page's own script.
 */
export function page(p: {
  readonly title: string;
  /** When it was made, as shown. */
  readonly created?: string | undefined;
  readonly body: Html;
  /** Its only script. */
  readonly script: string;
  /** The last line. */
  readonly footer?: string;
}): string {
  const { title, created, body, script, footer = measuresFrom } = p;
  const scriptHash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
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
<footer class="page">Made by vda${created === undefined ? undefined : html`, ${created}`}. ${footer}</footer>
${trusted(`<script>${script}</script>`)}
</body>
</html>
`.html;
}

const measuresFrom = 'Ori Acc, Att Acc, Q Num and Perturb as in Zhou et al. 2021 (EMNLP).';

/** Links to the sections that are there: texts are escaped, so only a section can have such a heading, escaped already. */
function contents(body: Html): Html {
  const headings = [...body.html.matchAll(/<h2 id="([\w-]+)">([^<]+)</g)];
  const links = headings.map(([, id, heading]) => html`<a href="#${id}">${trusted(heading!)}</a> `);
  return html`<nav aria-label="Contents">${links}</nav>`;
}
