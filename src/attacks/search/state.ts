import type { Edit } from '../../text/edited-text.ts';
import type { Progress } from './example-tools.ts';
import type { Tools } from './tools.ts';

/** How far a search has come on one of several ways. */
export interface State extends Pick<Progress, 'text' | 'row'> {
  readonly gains: ReadonlyMap<Edit, number>;
}

/** Where the search is. */
export const stateOf = ({ progress: { text, row, gains } }: Pick<Tools, 'progress'>): State => ({
  ...{ text, row, gains: new Map(gains) },
});

/** Goes on from there. Queries stay as they are. */
export function restore({ progress }: Pick<Tools, 'progress'>, { text, row, gains }: State): void {
  progress.text = text;
  progress.row = row;
  progress.gains.clear();
  for (const [edit, gain] of gains) progress.gains.set(edit, gain);
}
