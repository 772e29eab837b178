import type { Command } from '../command.ts';
import { twoColumns, wrap } from './wrap.ts';

/** The help of `vda` itself: the commands and the exit codes. */
export function programHelp(
  commands: readonly Pick<Command, 'name' | 'summary'>[],
  options: { readonly width: number },
): string {
  const { width } = options;
  const blocks = [
    wrap(
      'vda: robust fine-tuning of language models. Train text classifiers that hold under word-substitution attacks, attack them, and measure what is left.',
      width,
    ),
    ['Usage: vda COMMAND [options]'],
    [
      'Commands:',
      ...twoColumns(
        commands.map(({ name, summary }) => [name, summary]),
        { width },
      ),
    ],
    wrap('vda COMMAND --help shows its options; vda --version the version.', width),
    wrap('Exit codes: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted.', width),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
