import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../src/cli/args/config-file.ts';
import { hasFlag } from '../../src/cli/args/has-flag.ts';
import { parseFlags, shellOptions } from '../../src/cli/args/parse-flags.ts';
import { commands } from '../../src/cli/command-table.ts';
import { resolveOptions } from '../../src/options/resolve.ts';
import { optionsOf } from '../../src/options/spec.ts';
import { blocksOf, pages, proseOf } from './markdown.ts';

const specs = await Promise.all(commands.map(({ loadSpec }) => loadSpec()));

/** Words of a command line as a shell cuts them; quotes keep words together. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]!);

const commandLines = pages.flatMap((page) =>
  blocksOf(page, 'sh')
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.trim().replace(/^.*\| (?=vda )/, ''))
    .filter((line) => /^vda\b/.test(line))
    .map((line) => ({ page: page.path, line })),
);

/** Configuration files shown in the pages, by the name in their first line. */
const configurations = new Map(
  pages
    .flatMap((page) => blocksOf(page, 'yaml'))
    .map((block) => [/^# (\S+)\n/.exec(block)?.[1] ?? block, block] as const),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vda-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('there are command lines to check', () => {
  expect(commandLines.length).toBeGreaterThan(20);
});

test.each(commandLines)('$page: $line', async ({ line }) => {
  const [, name, ...argv] = words(line);
  const spec = specs.find((candidate) => candidate.name === name);
  if (!spec) throw new Error(`no command ${name}`);
  const { values: flags, config: configPath } = parseFlags(spec, argv);
  if (hasFlag(argv, '--help', '--json-schema')) return;
  if (configPath === undefined) {
    resolveOptions(spec, { flags });
    return;
  }
  const written = configurations.get(configPath);
  if (written === undefined) throw new Error(`no page shows ${configPath}`);
  const path = join(folder, basename(configPath));
  writeFileSync(path, written);
  resolveOptions(spec, { flags, config: await readConfigFile(spec, path), configPath });
});

describe('flags named in the text', () => {
  const known = new Set([
    ...Object.keys(shellOptions),
    ...['version', 'shard'],
    ...specs.flatMap((spec) =>
      optionsOf(spec).flatMap(({ flag, kind }) => (kind === 'boolean' ? [flag, `no-${flag}`] : [flag])),
    ),
  ]);
  // Quoted from the messages of vda: what it says of a flag that does not exist, and flags of other programs.
  const foreign = new Set([
    'lr',
    'onnxruntime-node-install',
    'ignore-scripts',
    'no-git-tag-version',
    'omit',
    'all',
    'check',
    ...['mpi', 'mca', 'signal'], // of srun, mpirun and scancel
  ]);

  test.each(pages)('$path', (page) => {
    const code = [...proseOf(page).matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    const flags = code.flatMap((text) => [...text.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map((m) => m[1]!));
    expect(flags.filter((flag) => !known.has(flag) && !foreign.has(flag))).toEqual([]);
  });
});

describe('flags named in the help', () => {
  test.each(specs)('of vda $name are its own, or said to be of another command', (spec) => {
    const infos = optionsOf(spec);
    const own = new Set(infos.flatMap(({ flag }) => [flag, `no-${flag}`]));
    const flag = /(?<![\w-])--([a-z][\w-]*)(?![\w-]| of vda )/g;
    const named = infos.flatMap(({ facets }) => [...facets.description.matchAll(flag)].map((m) => m[1]!));
    expect(named.filter((name) => !own.has(name))).toEqual([]);
  });
});
