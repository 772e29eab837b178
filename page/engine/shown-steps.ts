import type { Edit, Logits, SearchStep } from '../../src/attack.ts';
import { probabilitiesOf } from '../../src/inference.ts';

/** A step of a search as the page shows it: words and probabilities, nothing that cannot cross to another thread. */
export type ShownStep =
  | { readonly kind: 'classified'; readonly probabilities: readonly number[] }
  /** So many words were hidden in turn, one query each. */
  | { readonly kind: 'hidden'; readonly count: number }
  | {
      readonly kind: 'ranked';
      readonly words: readonly { readonly index: number; readonly importance: number }[];
    }
  /** By the name of the rule: a substitute, or the whole word, or the search itself. */
  | { readonly kind: 'refused'; readonly by: string; readonly index?: number; readonly to?: string }
  | { readonly kind: 'proposed'; readonly index: number; readonly words: readonly string[] }
  | {
      readonly kind: 'tried';
      readonly index: number;
      readonly to: string;
      readonly probabilities: readonly number[];
    }
  | {
      readonly kind: 'kept';
      readonly index: number;
      readonly to: string;
      readonly probabilities: readonly number[];
    };

/** Makes steps of one search, which swaps words, showable. What was proposed before it was asked is a substitute; the rest hides words. */
export function shownSteps(): (step: SearchStep) => readonly ShownStep[] {
  const substitutes = new Set<Edit>();
  const shown = (row: Logits) => probabilitiesOf(row).map((p) => Number(p.toFixed(6)));
  return (step) => {
    switch (step.kind) {
      case 'classified':
        return [{ kind: 'classified', probabilities: shown(step.row) }];
      case 'ranked':
        return [
          {
            kind: 'ranked',
            words: step.order.map((index, i) => ({ index, importance: step.importance[i]! })),
          },
        ];
      case 'refused': {
        const { by, index, edit } = step;
        return [
          {
            ...{ kind: 'refused', by: by.name },
            ...(index !== undefined && { index }),
            ...(edit !== undefined && { to: edit.to }),
          },
        ];
      }
      case 'proposed':
        for (const edit of step.edits) substitutes.add(edit);
        return [{ kind: 'proposed', index: step.index, words: step.edits.map(({ to }) => to) }];
      case 'asked': {
        const { edits, rows } = step;
        if (!substitutes.has(edits[0]!)) return [{ kind: 'hidden', count: rows.length }];
        return edits.map(({ start, to }, i) => ({
          ...{ kind: 'tried', index: start, to, probabilities: shown(rows[i]!) },
        }));
      }
      case 'kept':
        return [{ kind: 'kept', index: step.edit.start, to: step.edit.to, probabilities: shown(step.row) }];
    }
  };
}
