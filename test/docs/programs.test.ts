import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { blocksOf, pages, root } from './markdown.ts';

const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'vda-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The library by its names; onnxruntime-node has the types of onnxruntime-web. */
const paths = {
  vda: [join(root, 'src/index.ts')],
  'vda/attack': [join(root, 'src/attack.ts')],
  'vda/inference': [join(root, 'src/inference.ts')],
  'onnxruntime-web': [join(root, 'node_modules/onnxruntime-node/dist/index.d.ts')],
};

/** All blocks of a page are one program: each goes on from those above. */
const programs = pages
  .map((page) => ({ page: page.path, blocks: blocksOf(page, 'ts') }))
  .filter(({ blocks }) => blocks.some((block) => /from 'vda/.test(block)));

it('there are programs in the README and the guide', () => {
  expect(programs.map(({ page }) => page)).toEqual([
    'README.md',
    'docs/attacks.md',
    'docs/distributed.md',
    'docs/guide.md',
    'docs/victims.md',
  ]);
});

it.each(programs)('the program in $page fits the types of the library', ({ blocks }) => {
  writeFileSync(join(folder, 'program.ts'), `${blocks.join('\n')}\nexport {};\n`);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { lib: ['ES2023', 'DOM', 'DOM.Iterable'], noUnusedLocals: false, paths },
      include: ['program.ts'],
    }),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = run(tsc);
  expect(stdout).toBe('');
});

function run(tsc: string): { readonly stdout: string } {
  try {
    return { stdout: execFileSync(tsc, ['--noEmit', '-p', folder], { encoding: 'utf8' }) };
  } catch (thrown) {
    return thrown as { stdout: string };
  }
}
