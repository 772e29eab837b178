import type { ShownStep } from '../engine/shown-steps.ts';

/** A substitute that the model was asked about. */
export interface Tried {
  readonly to: string;
  /** Of the class under attack. */
  readonly probability: number;
  readonly flips: boolean;
}

/** What the search has done at one word. */
export interface WordState {
  readonly index: number;
  /** From 1. Absent: not ranked. */
  rank?: number;
  importance?: number;
  /** The rule that let nothing be tried here. */
  refusedBy?: string;
  /** Substitutes that no rule refused. Absent: the search has not come here. */
  proposed?: number;
  /** In the order in which they were asked. */
  readonly tried: Tried[];
  readonly refused: { readonly to: string; readonly by: string }[];
  /** What stands in its place. */
  kept?: string;
}

/** What the model said of one text of the search. */
export interface TracePoint {
  /** Queries up to it. */
  readonly query: number;
  /** Of the class under attack. */
  readonly probability: number;
  /** The substitute that made it: where, and what. */
  readonly made?: { readonly index: number; readonly to: string };
  /** The search went on from it. */
  kept: boolean;
}

/** What is known of one search, made from its steps alone. */
export interface SearchState {
  /** Index of the class under attack. */
  readonly label: number;
  /** By place in the text; those that something happened at. */
  readonly words: Map<number, WordState>;
  /** Probability of the class under attack in the text as it stands. */
  probability?: number;
  queries: number;
  /** Words that were ranked; 0 before. */
  ranked: number;
  /** Where the search is. */
  at?: number;
  /** Rules that ended the search. */
  ended?: string;
  /** The clean text, then each query about a substitute. */
  readonly trace: TracePoint[];
}

export const newSearch = (label: number): SearchState => ({
  ...{ label, words: new Map(), queries: 0, ranked: 0, trace: [] },
});

/** Takes in one step. */
export function advance(state: SearchState, step: ShownStep): void {
  const of = (probabilities: readonly number[]) => probabilities[state.label]!;
  switch (step.kind) {
    case 'classified':
      state.probability = of(step.probabilities);
      state.trace.push({ query: 0, probability: state.probability, kept: true });
      break;
    case 'hidden':
      state.queries += step.count;
      break;
    case 'ranked':
      state.ranked = step.words.length;
      for (const [i, { index, importance }] of step.words.entries()) {
        Object.assign(wordAt(state, index), { rank: i + 1, importance });
      }
      break;
    case 'refused': {
      const { index, to, by } = step;
      if (index === undefined) state.ended = by;
      else if (to === undefined) wordAt(state, index).refusedBy = by;
      else wordAt(state, index).refused.push({ to, by });
      break;
    }
    case 'proposed':
      wordAt(state, step.index).proposed = step.words.length;
      state.at = step.index;
      break;
    case 'tried': {
      const { index, to, probabilities } = step;
      const probability = of(probabilities);
      const flips = probabilities.some((p) => p > probability);
      wordAt(state, index).tried.push({ to, probability, flips });
      state.queries++;
      state.trace.push({ query: state.queries, probability, made: { index, to }, kept: false });
      break;
    }
    case 'kept': {
      const { index, to, probabilities } = step;
      wordAt(state, index).kept = to;
      state.probability = of(probabilities);
      const point = state.trace.findLast(({ made }) => made?.index === index && made.to === to);
      if (point !== undefined) point.kept = true;
    }
  }
}

function wordAt({ words }: SearchState, index: number): WordState {
  const known = words.get(index);
  if (known !== undefined) return known;
  const made: WordState = { index, tried: [], refused: [] };
  words.set(index, made);
  return made;
}
