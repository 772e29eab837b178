import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../page/build/build-page.ts';
import { openSession } from '../../page/engine/session.ts';
import type { Manifest } from '../../page/manifest.ts';
import { offered } from '../../page/recipes.ts';
import type { AttackRecord, RecipeName } from '../../src/attack.ts';
import { nodeRuntime } from '../../src/runtime/node/node-runtime.ts';
import { chromium, inChromium, type OpenPage } from '../report/chromium.ts';
import { filesOf, wordnetOf, writePageModels } from './page-models.ts';
import { type StaticServer, serveFolder } from './serve-folder.ts';

if (chromium === undefined) process.stderr.write('The page is not tested: there is no Chromium here.\n');

const texts = ['a lovely joke and a poor plot', 'a great film but a sad scene .'];
const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'vda-page-'));
const page = join(folder, 'page');
let manifest: Manifest;
let server: StaticServer;

beforeAll(async () => {
  const { plain, robust } = writePageModels(folder);
  const classifiers = [
    { name: 'Plain', model: plain },
    { name: 'Robust', model: robust },
  ];
  manifest = await buildPage({ root, classifiers, maskedLm: plain, texts, output: page });
  server = await serveFolder(page);
}, 240_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const filesIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );

describe('the folder of the page', () => {
  it('holds all that it needs, and says how large each file is', () => {
    const entries = [...manifest.classifiers, manifest.maskedLm].flatMap(({ folder: at, files }) =>
      files.map((file) => ({ ...file, name: `${at}/${file.name}` })),
    );
    for (const { name, bytes } of [...entries, manifest.wordnet, manifest.wasm]) {
      expect([name, statSync(join(page, name)).size]).toEqual([name, bytes]);
    }
    const ofMachine = new RegExp(`${folder}|${root}`);
    const written = filesIn(page).filter((name) => /\.(html|js|css|json|txt)$/.test(name));
    expect(written.filter((name) => ofMachine.test(readFileSync(join(page, name), 'utf8')))).toEqual([]);
  });

  it('has the script of the page below 100 kB, that of a worker below 600 kB, and no WebAssembly twice', () => {
    const sizes = filesIn(join(page, 'assets')).map(
      (name) => [name, statSync(join(page, 'assets', name)).size] as const,
    );
    const sizeOf = (start: string) => sizes.find(([name]) => name.startsWith(start))![1];
    expect(sizeOf('index')).toBeLessThan(100_000);
    expect(sizeOf('worker')).toBeLessThan(600_000);
    expect(filesIn(page).filter((name) => name.endsWith('.wasm'))).toEqual([]);
  });

  it('comes of code that reaches into vda by its two doors for browsers alone', () => {
    const own = filesIn(join(root, 'page')).filter(
      (name) => name.endsWith('.ts') && !name.startsWith('build/'),
    );
    const reached = own.flatMap((name) =>
      [...readFileSync(join(root, 'page', name), 'utf8').matchAll(/from '(?:\.\.\/)+src\/([^']+)'/g)].map(
        ([, to]) => to,
      ),
    );
    expect([...new Set(reached)].sort()).toEqual(['attack.ts', 'inference.ts']);
  });

  it('is not written over something else', async () => {
    await expect(buildPage({ root, classifiers: [], maskedLm: '', texts, output: root })).rejects.toThrow(
      'holds something that is no page',
    );
  });
});

/** In the page: the promise of a condition. */
const until = (condition: string) =>
  `new Promise((resolve) => { const look = () => ((${condition}) ? resolve(true) : setTimeout(look, 10)); look(); })`;
const isReady = until(`!document.getElementById('go').disabled && document.getElementById('loading').hidden`);
const isDone = until(`document.getElementById('go').textContent === 'Attack'`);
const contentsOf = (id: string) => `document.getElementById('${id}').value`;

/** What the page shows of each model: how the attack ended, the text that is left, what it cost. */
const shown = `[...document.querySelectorAll('.lane')].map((lane) => {
  const text = lane.querySelector('.text').cloneNode(true);
  for (const gone of text.querySelectorAll('del')) { gone.nextSibling.remove(); gone.remove(); }
  return {
    ending: lane.querySelector('.outcome').firstChild.textContent,
    text: text.textContent,
    queries: Number(/(\\d+) quer/.exec(lane.querySelector('.outcome').textContent)[1]),
  };
})`;

/** The same of attacks in Node, on the same files. */
async function inNode(text: string, recipe: RecipeName) {
  return Promise.all(
    manifest.classifiers.map(async (entry) => {
      const session = await openSession(filesOf(page, entry), nodeRuntime);
      await session.equip({ maskedLm: filesOf(page, manifest.maskedLm), wordnet: wordnetOf(page) });
      const { signal } = new AbortController();
      const record = await session.attack(
        { text, recipe, queryBudget: 500, pause: 0 },
        { onSteps: () => {}, signal },
      );
      return { ending: endingOf(record), text: record.adversarialText, queries: record.queries };
    }),
  );
}

function endingOf({ status, originalPrediction: from, finalPrediction: to }: AttackRecord): string {
  if (status === 'success') return `Flipped: ${from} became ${to}`;
  if (status === 'failed') return `Held: still ${to}`;
  return status === 'nothing-to-change' ? 'Undecided: no word may be changed' : status;
}

/** Presses Tab until an element has the focus. */
async function tabTo(id: string, { evaluate, press }: Pick<OpenPage, 'evaluate' | 'press'>): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await press('Tab');
    if ((await evaluate('document.activeElement.id')) === id) return;
  }
  throw new Error(`Tab does not come to ${id}`);
}

const violations = async ({ evaluate }: Pick<OpenPage, 'evaluate'>) =>
  evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html + ' ' + nodes[0].failureSummary))`,
  );

describe.skipIf(chromium === undefined)('the page in a browser', { timeout: 240_000 }, () => {
  const inPage = (work: (page: OpenPage) => Promise<void>) =>
    inChromium(server.url, { downloads: folder, work });

  it('attacks both models as Node does, by keyboard alone, and breaks no rule of accessibility', () =>
    inPage(async (open) => {
      const { evaluate, press, prefer, resize, complaints } = open;
      await resize(1280, 900);
      await evaluate(isReady);
      expect(await evaluate(contentsOf('text'))).toBe(texts[0]);

      // A text typed, the second attack chosen, begun from the text.
      await tabTo('text', open);
      await press('a', { control: true });
      for (const letter of texts[1]!) await press(letter);
      await tabTo('recipe', open);
      await press('ArrowDown');
      expect(await evaluate(contentsOf('recipe'))).toBe('textfooler');
      await tabTo('go', open);
      await press('Enter');
      await evaluate(isDone);
      expect(await evaluate(shown)).toEqual(await inNode(texts[1]!, 'textfooler'));
      expect(await evaluate(`document.activeElement.id`)).toBe('go');
      expect(await evaluate(`document.getElementById('status').textContent`)).toMatch(/^Plain: .*Robust: /);

      // A text that the page offers, under every attack.
      await evaluate(`document.querySelector('#texts button').click()`);
      for (const { id } of offered) {
        await evaluate(
          `(() => { const recipe = document.getElementById('recipe'); recipe.value = '${id}'; recipe.dispatchEvent(new Event('change')); })()`,
        );
        await evaluate(`document.getElementById('go').click()`);
        await evaluate(isDone);
        expect([id, await evaluate(shown)]).toEqual([id, await inNode(texts[0]!, id)]);
      }
      await evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
      expect(await evaluate(`document.querySelectorAll('.search table').length`)).toBeGreaterThan(0);

      await evaluate(`${axe.source}; undefined`);
      for (const [width, scheme] of [
        [1280, 'light'],
        [1280, 'dark'],
        [390, 'light'],
        [390, 'dark'],
      ] as const) {
        await resize(width, 844);
        await prefer(scheme);
        expect([width, scheme, await violations(open)]).toEqual([width, scheme, []]);
        expect(await evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
      expect(complaints).toEqual([]);
      const needed = [...server.asked].filter((path) => path.startsWith('/models/0/model.safetensors'));
      expect(needed.length).toBe(1);
    }));

  it('says what is amiss and loses nothing: an empty text, a long one, files that do not come, an attack that is stopped', () =>
    inPage(async ({ evaluate, press, reload, resize }) => {
      const write = (text: string) =>
        evaluate(
          `(() => { const field = document.getElementById('text'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input')); })()`,
        );
      const attack = async () => {
        await evaluate(`document.getElementById('go').click()`);
        await evaluate(isDone);
      };
      const amiss = () => evaluate(`document.getElementById('text-problem')?.textContent`);
      await resize(390, 844);
      await evaluate(isReady);

      await write('   ');
      await attack();
      expect(await amiss()).toBe('Type a text first, or take one of those below.');
      expect(await evaluate('document.activeElement.id')).toBe('text');
      const long = 'so '.repeat(700);
      await write(long);
      await attack();
      expect(await amiss()).toMatch(/^This text has 2100 characters, and at most 2000 are taken/);
      expect(await evaluate(contentsOf('text'))).toBe(long);

      await write(texts[1]!);
      expect(await amiss()).toBeUndefined();
      await evaluate(`document.getElementById('slowly').click()`);
      await evaluate(`document.getElementById('go').click()`);
      await evaluate(until(`/\\d quer/.test(document.querySelector('.outcome').textContent)`));
      await press('Escape');
      await evaluate(isDone);
      expect(await evaluate(`document.querySelector('.outcome').firstChild.textContent`)).toBe('Stopped');

      // A reload keeps the text; what the server lacks is said, and tried again.
      const problem = until(`!document.getElementById('problem').hidden`);
      const said = `document.querySelector('#problem p').textContent`;
      for (const [path, bytes, message] of [
        [
          '/models/1/config.json',
          undefined,
          /models\/1\/config.json could not be fetched: the server answers 404/,
        ],
        ['/models/1/config.json', '<!doctype html>', /config.json came as a web page, not as the file/],
        ['/ort.wasm.gz', 'no WebAssembly', /WebAssembly/],
        ['/models/masked-lm/config.json', undefined, /masked-lm\/config.json could not be fetched/],
      ] as const) {
        server.disturb({ [path]: bytes });
        await reload();
        await evaluate(problem);
        expect(await evaluate(said)).toMatch(message);
      }
      server.disturb({});
      await evaluate(`document.querySelector('#problem button').click()`);
      await evaluate(isReady);
      expect(await evaluate(contentsOf('text'))).toBe(texts[1]);
      expect(await evaluate(`document.getElementById('problem').hidden`)).toBe(true);
      await attack();
      expect(await evaluate(shown)).toEqual(await inNode(texts[1]!, 'bert-attack'));
    }));
});
