import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { argument, VdaError } from '../src/base/error.ts';
import { commands } from '../src/cli/command-table.ts';
import { errorReport, flaggedMessageOf } from '../src/cli/terminal/error-message.ts';
import { trainOptions } from '../src/index.ts';
import { optionsOf } from '../src/options/spec.ts';

const source = join(import.meta.dirname, '../src');

const below = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/^(cli|options)\//.test(path))
  .sort();

/** A file's text without comments, which may speak of flags; strings of CSS keep their custom properties. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

/** Flags of the command line: two dashes and a name, but for CSS custom properties and XML. */
const flag = /(?<![\w(<!-])--[a-z][a-z0-9-]*(?![\w-]*:)/g;

/** Files whose work is a command line, or to show one. */
const showsCommands = new Set([
  'experiments/grid-cells.ts',
  'experiments/run-cells.ts',
  'jobs/kubernetes/indexed-job.ts',
  'jobs/kubernetes/mpi-job.ts',
  'jobs/slurm/scripts.ts',
  'jobs/slurm/slurm-files.ts',
  'report/model-card.ts',
]);

// The room of options describes the command line's flags, and what it refuses is a command's.
describe('ranks below the command line', () => {
  it('know no flags, in no string', () => {
    const found = below
      .filter((path) => !showsCommands.has(path))
      .flatMap((path) =>
        [...withoutComments(readFileSync(join(source, path), 'utf8')).matchAll(flag)].map(
          ([name]) => `${path}: ${name}`,
        ),
      );
    expect(found).toEqual([]);
  });

  it('name arguments that are options of a command', async () => {
    const specs = await Promise.all(commands.map(({ loadSpec }) => loadSpec()));
    const known = new Set(specs.flatMap((spec) => optionsOf(spec).map(({ key }) => key)));
    const named = below.flatMap((path) =>
      [...readFileSync(join(source, path), 'utf8').matchAll(/argument\((?:'\w+', )?'(\w+)'\)/g)].map(
        ([, option]) => option!,
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('a message that names an argument', () => {
  const error = new VdaError(
    'usage',
    `${argument('maxSeqLength')} 4: expected more. Raise ${argument('maxSeqLength')}.`,
  );

  it('names the option to a program', () => {
    expect(error.message).toBe('maxSeqLength 4: expected more. Raise maxSeqLength.');
    expect(String(error)).not.toMatch(/[\ue000\ue001]/);
  });

  it('names the flag to a person at the command line', () => {
    expect(errorReport(error, { width: 80, debug: false }).text).toBe(
      'error: --max-seq-length 4: expected more. Raise --max-seq-length.\n',
    );
    expect(flaggedMessageOf(new VdaError('usage', `In short: ${error.marked}`))).toMatch(
      /^In short: --max-seq/,
    );
    expect(flaggedMessageOf(new Error('as it is'))).toBe('as it is');
  });

  it('names the option where the command line checks for a program', () => {
    const files = { model: 'm', trainFile: 't.tsv', outputDir: 'o' };
    const refused = (over: object) => () => trainOptions({ ...files, ...over });
    expect(refused({ topK: 3 })).toThrow('trainOptions: topK has no effect without vda.');
    expect(refused({ maxSteps: 0 })).toThrow(
      'trainOptions: maxSteps: expected a whole number at least 1, got 0.',
    );
    expect(refused({ model: undefined })).toThrow('trainOptions: model is required');
    expect(refused({ evalSteps: 3 })).toThrow('evalSteps has no effect without evalStrategy steps.');
    expect(refused({ freelbSteps: 3 })).toThrow('freelbSteps has no effect without strategy freelb.');
    expect(refused({ loadBestModelAtEnd: true })).toThrow('loadBestModelAtEnd needs validationFile.');
    expect(refused({ lrSchedulerType: 'constant', warmupRatio: 0.1 })).toThrow(
      'warmupRatio has no effect with lrSchedulerType constant',
    );
    expect(refused({ dataDir: 'd' })).toThrow('dataDir has no effect without dataset.');
    expect(refused({ topK: 3 })).not.toThrow(/--|See vda/);
  });
});
