import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const script = join(root, 'scripts/check-release.mjs');

describe('scripts/check-release.mjs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vda-release-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  interface Release {
    readonly version: string;
    readonly headings: readonly string[];
  }
  function check(args: readonly string[], { version, headings }: Release) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'vda', version }));
    writeFileSync(join(folder, 'CHANGELOG.md'), ['# Changelog', ...headings, ''].join('\n\n'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      ...{ cwd: folder, encoding: 'utf8' },
    });
    return { status, said: stdout + stderr };
  }
  const headings = ['## [Unreleased]', '## [0.2.0] - 2026-01-31', '## [0.1.0] - 2025-12-01'];

  it('lets a tag pass that names the version, where the changelog has it', () => {
    expect(check(['v0.2.0'], { version: '0.2.0', headings })).toEqual({
      status: 0,
      said: 'vda 0.2.0 as latest\n',
    });
  });

  it('calls a version before a release next', () => {
    const release = {
      version: '0.3.0-rc.1',
      headings: ['## [0.3.0-rc.1] - 2026-02-01', ...headings.slice(1)],
    };
    expect(check(['--dist-tag', 'v0.3.0-rc.1'], release)).toEqual({ status: 0, said: 'next\n' });
  });

  it.each([
    [['v0.1.0'], headings, 'the tag is v0.1.0, the version in package.json 0.2.0: expected v0.2.0'],
    [[], headings, 'the tag is missing'],
    [['v0.2.0'], headings.slice(0, 1), 'the newest dated version in CHANGELOG.md is none'],
    [
      ['v0.2.0'],
      headings.toReversed(),
      'the newest dated version in CHANGELOG.md is 0.1.0: expected "## [0.2.0]',
    ],
    [['v0.2.0'], ['## [0.2.0]'], 'is none'],
  ])('refuses %j with the headings %j', (args, given, said) => {
    const answer = check(args, { version: '0.2.0', headings: given });
    expect(answer.status).toBe(1);
    expect(answer.said).toContain(said);
  });
});

interface Job {
  readonly needs?: string;
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps?: readonly { readonly run?: string; readonly uses?: string }[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

describe('the workflows', () => {
  const folder = join(root, '.github/workflows');
  const workflows = Object.fromEntries(
    readdirSync(folder).map((name) => [name, parse(readFileSync(join(folder, name), 'utf8')) as Workflow]),
  );
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
    readonly engines: { readonly node: string };
  };
  const commands = Object.values(workflows).flatMap(({ jobs }) =>
    Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? [])),
  );

  it('name scripts that exist', () => {
    const scripts = commands.flatMap((command) =>
      [...command.matchAll(/npm run (?:-\S+ )*([\w:]+)/g)].map(([, name]) => name!),
    );
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
    const files = commands.flatMap((command) => command.match(/(?:scripts\/|\.ci\/)[\w.-]+/g) ?? []);
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('test on the oldest supported Node and later ones', () => {
    const tested = workflows['ci.yml']!.jobs.test!.strategy!.matrix.node;
    expect(`>=${Math.min(...tested)}`).toBe(manifest.engines.node);
    expect(tested.length).toBeGreaterThan(2);
  });

  it('publish with provenance, after the tests, and let that one job alone sign', () => {
    const { permissions, jobs } = workflows['publish.yml']!;
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.test!.uses).toBe('./.github/workflows/ci.yml');
    expect(jobs.publish).toMatchObject({
      needs: 'test',
      permissions: { contents: 'read', 'id-token': 'write' },
    });
    const runs = jobs.publish!.steps!.flatMap(({ run }) => run ?? []);
    expect(runs[0]).toMatch(/^node scripts\/check-release\.mjs/);
    expect(runs.indexOf('npm run build')).toBe(2);
    expect(runs.at(-1)).toMatch(/^npm publish --provenance /);
  });
});
