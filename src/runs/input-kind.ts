import { argument, VdaError } from '../base/error.ts';
import type { InputKind } from './run-folder.ts';

/** Whether a file's texts are single or pairs, from the columns that were chosen. */
export const inputKindOf = ({ textPair }: { readonly textPair?: string }): InputKind =>
  textPair === undefined ? 'texts' : 'pairs';

export const kindsInWords = { texts: 'single texts', pairs: 'pairs of texts' } satisfies Record<
  InputKind,
  string
>;

/**
 * Refuses data files of one run that differ in kind.
 * @throws VdaError `bad-input` naming both files
 */
export function checkSameKind(
  sets: readonly { readonly path: string; readonly columns: { readonly textPair?: string } }[],
): void {
  const [first, ...others] = sets;
  const other = others.find(({ columns }) => inputKindOf(columns) !== inputKindOf(first!.columns));
  if (first === undefined || other === undefined) return;
  const [kind, otherKind] = [inputKindOf(first.columns), inputKindOf(other.columns)];
  throw new VdaError(
    'bad-input',
    `${first.path} holds ${kindsInWords[kind]}, but ${other.path} holds ${kindsInWords[otherKind]}. All files of a run need ` +
      `the same text columns: name them with ${argument('textColumn')} and, for pairs, ${argument('textPairColumn')}.`,
  );
}
