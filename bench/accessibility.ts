/**
 * Automated accessibility check of pages that vda wrote, in headless Chromium, light and dark, with everything unfolded.
 *
 *     node scripts/ts.mjs bench/accessibility.ts PAGE…
 *
 * A JSON line for each page and scheme, with every violation: rule, number of places, the first of them. Ends with 1 where there is
 * one.
 */

import { tmpdir } from 'node:os';
import axe from 'axe-core';
import { inChromium } from '../test/report/chromium.ts';

const pages = process.argv.slice(2);
if (pages.length === 0) {
  process.stderr.write('usage: node scripts/ts.mjs bench/accessibility.ts PAGE…\n');
  process.exit(2);
}

const unfolded = "document.querySelectorAll('details').forEach((one) => { one.open = true; })";
const checked = `axe.run().then(({ violations, passes }) => ({
  passes: passes.length,
  violations: violations.map(({ id, nodes }) => ({ id, places: nodes.length, first: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary })),
}))`;

let violations = 0;
for (const page of pages) {
  await inChromium(page, {
    downloads: tmpdir(),
    work: async ({ evaluate, prefer }) => {
      await evaluate(`${axe.source}; undefined`);
      await evaluate(unfolded);
      for (const scheme of ['light', 'dark'] as const) {
        await prefer(scheme);
        const found = (await evaluate(checked)) as { readonly violations: readonly unknown[] };
        violations += found.violations.length;
        process.stdout.write(`${JSON.stringify({ page, scheme, ...found })}\n`);
      }
    },
  });
}
process.exitCode = violations > 0 ? 1 : 0;
