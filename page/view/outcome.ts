import type { AttackRecord } from '../../src/attack.ts';
import { counted } from './dom.ts';
import type { SearchState } from './search-state.ts';

/** How an attack ended: in one word for its colour, and in a sentence. */
export interface Outcome {
  readonly kind: 'flipped' | 'held' | 'open';
  readonly headline: string;
  readonly facts: string;
}

/** The ending of an attack in words. */
export function outcomeOf(
  record: AttackRecord,
  { stopped, search }: { readonly stopped: boolean; readonly search: SearchState },
): Outcome {
  const { status, changes, words, queries, seconds, originalPrediction, finalPrediction, label } = record;
  const cost = `${counted(queries, 'query')}, ${seconds.toFixed(1)} s`;
  const open = (headline: string): Outcome => ({ kind: 'open', headline, facts: cost });
  if (stopped) return open('Stopped');
  switch (status) {
    case 'success':
      return {
        kind: 'flipped',
        headline: `Flipped: ${originalPrediction} became ${finalPrediction}`,
        facts: `${changes.length} of ${counted(words, 'word')} changed, ${cost}`,
      };
    case 'failed': {
      const why =
        search.ended === undefined
          ? 'nothing that was tried flips it'
          : `the limit ended it (${search.ended})`;
      return { kind: 'held', headline: `Held: still ${finalPrediction}`, facts: `${why}; ${cost}` };
    }
    case 'skipped':
      return {
        kind: 'open',
        headline: 'Not attacked',
        facts: `it says ${originalPrediction} before any attack, and ${label} is said to be right`,
      };
    case 'out-of-queries':
      return open('Undecided: the queries ran out');
    case 'nothing-to-change':
      return open('Undecided: no word may be changed');
    case 'timeout':
      return open('Undecided: time ran out');
    case 'error':
      return { kind: 'open', headline: 'The attack failed', facts: record.message ?? '' };
  }
}
