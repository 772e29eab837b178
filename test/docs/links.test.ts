import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, exists, linksOf, pages, proseOf, root } from './markdown.ts';

describe.each(pages)('$path', (page) => {
  test('links lead to files and headings that exist', () => {
    const broken = linksOf(page).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? page.path : join(dirname(page.path), file);
      const target = pages.find((candidate) => candidate.path === path);
      if (anchor === undefined) return !exists(path);
      return !target || !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('a list of contents names every section, in order', () => {
    const contents = /^(?:- \[.*\]\(#.*\)\n)+/m.exec(page.text)?.[0];
    if (contents === undefined) return;
    const named = [...contents.matchAll(/^- \[(.*)\]/gm)].map(([, name]) => name);
    expect(named).toEqual([...proseOf(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
  });

  test('files named in the text exist', () => {
    const named = [
      ...page.text.matchAll(/(?<![\w/])(?:src|test|bench|oracles|scripts|kernels|assets)\/[\w./-]*\w/g),
    ];
    expect([...new Set(named.map(([path]) => path))].filter((path) => !exists(path))).toEqual([]);
  });

  test('no path of one machine is named', () => {
    expect(page.text.match(/(?<![\w.])\/(?:home|root|opt|work|tmp|usr|mnt)\//g)).toBeNull();
    expect(page.text).not.toContain(root);
  });
});
