import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type EntryPoint, readApi } from '../../scripts/api-reference/read-api.ts';
import { type ApiPage, firstSentence, keyOf, renderPages } from '../../scripts/api-reference/render-page.ts';
import { anchorsOf, linksOf, root } from './markdown.ts';

let entries: readonly EntryPoint[];
let rendered: readonly ApiPage[];
beforeAll(() => {
  entries = readApi(root);
  rendered = renderPages(entries);
}, 300_000);

describe('the entry points', () => {
  it.each(['vda', 'vda/attack', 'vda/inference'])(
    'every export of %s says in a sentence what it is',
    (name) => {
      const { exports, doc } = entries.find(({ module }) => module === name)!;
      expect(firstSentence(doc)).not.toBe('');
      expect(exports.length).toBeGreaterThan(20);
      expect(exports.filter((one) => firstSentence(one.doc) === '').map((one) => one.name)).toEqual([]);
    },
  );
});

/** Types whose insides are no part of the interface: a program gets them and passes them on. */
const opaque = new Set([
  ...['Architecture', 'ModelConfig', 'Families', 'Strategy'],
  ...['SettingsOf', 'Settings', 'OptionalName', 'Optional', 'StrategyOptions'], // made of tables
]);

it('every type that an export names is an export', () => {
  const exports = entries.flatMap((entry) => entry.exports);
  const known = new Set(exports.map(keyOf));
  const forgotten = exports.flatMap((one) =>
    one.types
      .filter((type) => !known.has(keyOf(type)) && !opaque.has(type.name))
      .map((type) => `${keyOf(type)}, by ${one.name}`),
  );
  expect(forgotten).toEqual([]);
});

describe('docs/api', () => {
  it('says what the sources say; where it does not: npm run docs', () => {
    const folder = join(root, 'docs/api');
    const written = readdirSync(folder).map((name) => ({
      name,
      text: readFileSync(join(folder, name), 'utf8'),
    }));
    const stale = rendered.filter(
      ({ name, text }) => written.find((one) => one.name === name)?.text !== text,
    );
    expect(stale.map(({ name }) => name)).toEqual([]);
    expect(written.map(({ name }) => name).sort()).toEqual(rendered.map(({ name }) => name).sort());
  });

  it('leads to headings that exist', () => {
    const pages = rendered.map(({ name, text }) => ({ path: name, text }));
    const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
    const broken = pages.flatMap((page) =>
      linksOf(page).filter((link) => {
        const [file, anchor] = link.split('#');
        return !anchors.get(file || page.path)?.has(anchor!);
      }),
    );
    expect(broken).toEqual([]);
  });
});

it('a first sentence ends with its full stop, not with an abbreviation, and within the first paragraph', () => {
  expect(firstSentence('By Zhou et al. 2021: mixes\nembeddings. And more.')).toBe(
    'By Zhou et al. 2021: mixes embeddings.',
  );
  expect(firstSentence('The mean of its parts:\n\n    a + b')).toBe('The mean of its parts:');
  expect(firstSentence('No end here\n\nA sentence.')).toBe('');
});
