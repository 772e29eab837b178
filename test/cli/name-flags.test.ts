import { expect, test } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import { nameFlags, withFlags } from '../../src/cli/name-flags.ts';
import { evalSpec } from '../../src/cli/options/eval.ts';

test('nameFlags writes an argument as the flag of the command, and leaves one that it has no flag for', () => {
  expect(nameFlags('no column "a" (argument labelColumn); argument toString', evalSpec)).toBe(
    'no column "a" (--label-column); argument toString',
  );
});

test('withFlags keeps the code of an error and what is no error of ours', () => {
  const error = withFlags(new VdaError('usage', 'argument testFile'), evalSpec);
  expect(error).toMatchObject({ code: 'usage', message: '--test-file' });
  const other = new Error('argument testFile');
  expect(withFlags(other, evalSpec)).toBe(other);
});
