/**
 * Loads a page that `npm run page` wrote in headless Chromium and attacks its first text by every attack.
 *
 *     node scripts/ts.mjs bench/page.ts PAGE [PICTURES [TEXT]]
 *
 * JSON lines: bytes that were fetched and seconds until the page answered and could attack; then of each attack the seconds from the
 * click to the result, and what the page says. With PICTURES, a folder, it is photographed after the first attack.
 */

import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolder } from '../test/browser/serve-folder.ts';
import { inChromium } from '../test/report/chromium.ts';

const [page, pictures, text] = process.argv.slice(2);
if (page === undefined) {
  process.stderr.write('usage: node scripts/ts.mjs bench/page.ts PAGE [PICTURES [TEXT]]\n');
  process.exit(2);
}
if (!existsSync(join(page, 'index.html'))) {
  process.stderr.write(`There is no page in ${page}; npm run page writes one.\n`);
  process.exit(2);
}

const print = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
/** In the page: resolves once a condition holds. */
const until = (condition: string) =>
  `new Promise((resolve) => { const look = () => ((${condition}) ? resolve() : setTimeout(look, 5)); look(); })`;
/** In the page: seconds that an expression takes, a promise until it resolves. */
const timed = (expression: string) =>
  `(async () => { const begun = performance.now(); await ${expression}; return (performance.now() - begun) / 1000; })()`;
const isDone = `document.getElementById('go').textContent === 'Attack'`;

const server = await serveFolder(page);
await inChromium(server.url, {
  downloads: tmpdir(),
  work: async ({ evaluate, resize, prefer, picture, complaints }) => {
    await resize(1280, 800);
    const seconds = (condition: string) =>
      evaluate(`${until(condition)}.then(() => performance.now() / 1000)`);
    const answered = await seconds(`document.querySelector('.answer')`);
    const ready = await seconds(`!document.getElementById('go').disabled`);
    const bytes = [...new Set(server.asked)]
      .map((path) => join(page, path.endsWith('/') ? `${path}index.html` : path))
      .reduce((sum, file) => sum + statSync(file).size, 0);
    print({ bytes, answered, ready });
    if (text !== undefined) {
      await evaluate(
        `(() => { const field = document.getElementById('text'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input')); })()`,
      );
    }
    const attacks = (await evaluate(
      `[...document.getElementById('recipe').options].map(({ value }) => value)`,
    )) as readonly string[];
    for (const attack of attacks) {
      const click = `(document.getElementById('recipe').value = '${attack}', document.getElementById('go').click(), ${until(isDone)})`;
      const took = await evaluate(timed(click));
      print({ attack, seconds: took, says: await evaluate(`document.getElementById('status').textContent`) });
      if (pictures === undefined || attack !== attacks[0]) continue;
      mkdirSync(pictures, { recursive: true });
      await evaluate(
        `document.querySelectorAll('.search details').forEach((one) => { one.open = one.querySelector('.to') !== null; })`,
      );
      for (const width of [1280, 390]) {
        for (const scheme of ['light', 'dark'] as const) {
          await resize(width, 800);
          await prefer(scheme);
          writeFileSync(join(pictures, `${width}-${scheme}.png`), await picture({ whole: true }));
        }
      }
      await resize(1280, 800);
      await prefer('light');
      writeFileSync(join(pictures, 'in-view.png'), await picture());
    }
    print({ complaints });
  },
});
await server.close();
