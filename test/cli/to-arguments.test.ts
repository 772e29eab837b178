import { expect, test } from 'vitest';
import { parseFlags } from '../../src/cli/parse-flags.ts';
import { toArguments } from '../../src/cli/to-arguments.ts';
import { toySpec } from './toy-spec.ts';

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
