import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const root = join(import.meta.dirname, '../..');

/** A page of the documentation. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

const names = [
  ...['README.md', 'CHANGELOG.md', 'THIRD-PARTY.md', 'recipes/README.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every page written for users. */
export const pages: readonly Page[] = names.map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));

const fence = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** The contents of the fenced blocks in one language. */
export const blocksOf = ({ text }: Page, language: string): readonly string[] =>
  [...text.matchAll(fence)].filter((match) => match[2] === language).map((match) => match[3]!);

/** The page without its fenced blocks. */
export const proseOf = ({ text }: Page): string => text.replace(fence, '');

/** Targets of links and images within the repository. */
export const linksOf = (page: Page): readonly string[] =>
  [...proseOf(page).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that headings get on GitHub: lower case, punctuation gone, spaces to hyphens. */
export const anchorsOf = (page: Page): ReadonlySet<string> =>
  new Set(
    [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
      match[1]!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

export const exists = (path: string): boolean => existsSync(join(root, path));
