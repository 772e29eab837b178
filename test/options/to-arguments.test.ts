import { expect, test } from 'vitest';
import { parseFlags } from '../../src/cli/args/parse-flags.ts';
import { toArguments } from '../../src/options/to-arguments.ts';
import { toySpec } from './toy-spec.ts';

test.each([
  [
    ['-1', '1'],
    ['--labels=-1', '1'],
  ],
  [
    ['1', '-1', '--x', 'b'],
    ['--labels', '1', '--labels=-1', '--labels=--x', 'b'],
  ],
])('toArguments gives a flag to each item that begins with a dash: %j', (labels, expected) => {
  const values = new Map([['labels', labels]]);
  const argv = toArguments(toySpec, values);
  expect(argv).toEqual(expected);
  expect(new Map(parseFlags(toySpec, argv).values)).toEqual(values);
});

test('toArguments is what parseFlags reads back, in the order of the help', () => {
  const values = new Map<string, unknown>([
    ['labels', ['a b', 'c']],
    ['shuffle', false],
    ['vda', true],
    ['learningRate', -1e-7],
    ['model', '--odd'],
  ]);
  const argv = toArguments(toySpec, new Map([...values, ['unheard', 1]]));
  expect(argv.slice(0, 2)).toEqual(['--model=--odd', '--learning-rate=-1e-7']);
  expect(new Map(parseFlags(toySpec, argv).values)).toEqual(values);
});
