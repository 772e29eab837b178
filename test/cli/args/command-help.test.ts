import { describe, expect, test } from 'vitest';
import { commandHelp } from '../../../src/cli/args/command-help.ts';
import { programHelp } from '../../../src/cli/args/program-help.ts';
import { toySpec } from '../../options/toy-spec.ts';

describe('commandHelp', () => {
  const help = commandHelp(toySpec, { width: 80 });

  test('shows usage, defaults, units, choices and examples', () => {
    expect(help).toContain('Usage: vda toy [TEXT ...] --model TEXT [options]');
    expect(help).toMatch(/--model TEXT {2,}The model\. \(required\)/);
    expect(help).toMatch(/--learning-rate N {2,}The rate\. \(default: 2e-5\)/);
    expect(help).toMatch(/--num-epochs N {2,}How long\. \(default: 3 epochs\)/);
    expect(help).toMatch(
      /--mixture NAME {2,}How\. \(one of logit, paper, mean, sample;\s+default:\s+logit\)/,
    );
    expect(help).toMatch(/--preset default\|official {2,}Which\./);
    expect(help).toMatch(/--\[no-\]shuffle {2,}Shuffle\. \(default: on\)/);
    expect(help).toMatch(/--vda {2,}Augment\.\n/);
    expect(help).toMatch(/--labels TEXT \.\.\. {2,}Names\./);
    expect(help).toMatch(/-h, --help/);
    expect(help).toContain('  Go:\n    vda toy --model m\n');
  });

  test.each([40, 60, 80, 100])('fits %i columns', (width) => {
    for (const line of commandHelp(toySpec, { width }).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(width);
      expect(line, 'no blanks at the end').toBe(line.trimEnd());
    }
  });
});

test('programHelp names each command and the exit codes', () => {
  const help = programHelp([toySpec], { width: 80 });
  expect(help).toMatch(/\n {2}toy {2}do what tests need\n/);
  expect(help).toContain('2 wrong usage');
});
