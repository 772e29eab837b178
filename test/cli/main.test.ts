import { describe, expect, test } from 'vitest';
import { constraintCatalog } from '../../src/attacks/constraints/catalog.ts';
import { profiles } from '../../src/attacks/profiles.ts';
import { VdaError } from '../../src/base/error.ts';
import type { Command } from '../../src/cli/command.ts';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { catalog } from '../../src/options/catalog.ts';
import type { CommandSpec } from '../../src/options/spec.ts';
import { toySpec } from '../options/toy-spec.ts';
import { memoryIo } from './memory-io.ts';

async function run(argv: string[], overrides: Partial<Io> = {}, table?: readonly Command[]) {
  const { io, written } = memoryIo(overrides);
  return { code: await main(argv, io, table), ...written };
}

const toy = (work: Awaited<ReturnType<Command['load']>>['run']): Command[] => [
  {
    ...{ name: toySpec.name, summary: toySpec.summary },
    loadSpec: async () => toySpec as unknown as CommandSpec,
    load: async () => ({ run: work }),
  },
];

describe('main', () => {
  test('hands resolved options, given keys and arguments to the command', async () => {
    const seen: unknown[] = [];
    const argv = ['toy', '--model', 'm'];
    const { code } = await run(
      argv,
      {},
      toy(async (options, io) => void seen.push(options, io.given, io.argv)),
    );
    expect(code).toBe(0);
    expect(seen).toEqual([expect.objectContaining({ model: 'm', numEpochs: 3 }), new Set(['model']), argv]);
  });

  test.each([
    ['--help', /Commands:/],
    ['help', /Commands:/],
    ['help list', /Usage: vda list/],
    ['list --help', /Usage: vda list/],
    ['list --no-such-thing -h', /Usage: vda list/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['list --json-schema', /^\{\n {2}"\$schema": "https:\/\/json-schema\.org\/draft\/2020-12\/schema"/],
  ])('%s prints to stdout and is no error', async (line, output) => {
    const { code, stdout, stderr } = await run(line.split(' '));
    expect(stdout).toMatch(output);
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    ['', /expected a command: [\s\S]*list/],
    ['lits', /unknown command lits\. Did you mean vda list\?/],
    ['help lits', /unknown command lits/],
    ['--frobnicate', /unknown option before a command --frobnicate/],
    ['list --jsno', /Did you mean --json\?/],
  ])('%j is wrong usage: exit code 2, no stack trace', async (line, message) => {
    const { code, stdout, stderr } = await run(line === '' ? [] : line.split(' '));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.each([
    [
      'a VdaError',
      new VdaError('bad-input', 'reviews.tsv: line 3 is odd.'),
      /^error: reviews\.tsv: line 3 is odd\.\n$/,
    ],
    ['a bug', new TypeError('x is undefined'), /^error: x is undefined\nThis was not foreseen/],
    [
      'a system error',
      Object.assign(new Error('ENOSPC: …'), { code: 'ENOSPC', path: '/a' }),
      /^error: \/a: the disk is full \(ENOSPC\)\.\n$/,
    ],
    ['no Error at all', 'oops', /^error: oops/],
    [
      'terminal escapes',
      new VdaError('bad-input', 'label \x1b[2J\u202e'),
      /^error: label \\u001b\[2J\\u202e\n$/,
    ],
  ])('%s thrown by a command: exit code 1, no stack trace', async (_, thrown, message) => {
    const { code, stderr } = await run(
      ['toy', '--model', 'm'],
      {},
      toy(() => Promise.reject(thrown)),
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  test('--debug adds the stack trace and the cause', async () => {
    const thrown = new VdaError('bad-input', 'odd', { cause: new Error('the reason') });
    const { stderr } = await run(
      ['toy', '--model', 'm', '--debug'],
      {},
      toy(() => Promise.reject(thrown)),
    );
    expect(stderr).toMatch(/\n\s+at /);
    expect(stderr).toContain('the reason');
  });

  test('says nothing more of an interruption that a command passes on', async () => {
    const signal = AbortSignal.abort();
    const { stderr } = await run(
      ['toy', '--model', 'm'],
      { signal },
      toy(async (_, io) => io.signal.throwIfAborted()),
    );
    expect(stderr).toBe('');
  });
});

describe('vda list', () => {
  test('prints every name of every kind', async () => {
    const { stdout } = await run(['list']);
    for (const { entries } of Object.values(catalog)) {
      for (const name of Object.keys(entries)) expect(stdout).toContain(`\n  ${name} `);
    }
  });

  test('knows what --constraints and --profile take', async () => {
    for (const [kind, names] of [
      ['constraints', constraintCatalog],
      ['profiles', profiles],
    ] as const) {
      const { stdout } = await run(['list', kind, '--json']);
      expect(Object.keys(JSON.parse(stdout)[kind])).toEqual(Object.keys(names));
    }
  });

  test('prints one kind as JSON', async () => {
    const { stdout } = await run(['list', 'mixtures', '--json']);
    expect(JSON.parse(stdout)).toEqual({ mixtures: catalog.mixtures.entries });
  });
});
