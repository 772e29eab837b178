import fc from 'fast-check';
import { expect } from 'vitest';
import { maxChangeRate } from '../../src/attacks/constraints/change-rate.ts';
import type { Constraint } from '../../src/attacks/constraints/constraint.ts';
import { untargeted } from '../../src/attacks/goal/untargeted.ts';
import type { AttackRecipe } from '../../src/attacks/recipe.ts';
import { usual } from '../../src/attacks/recipes/definition.ts';
import { attackMany } from '../../src/attacks/search/attack-many.ts';
import type { SearchRule } from '../../src/attacks/search/search-rule.ts';
import type { SentenceEncoder } from '../../src/attacks/sentence-encoder.ts';
import { logitsOf } from '../../src/attacks/services/logits.ts';
import { swaps, type Transformation } from '../../src/attacks/transformation/transformation.ts';
import type { Victim } from '../../src/attacks/victim.ts';
import type { Example } from '../../src/data/dataset.ts';
import { renderText } from '../../src/text/edited-text.ts';
import { hash, toyVictim } from './toys.ts';

/** The toy words in a word's place: some letters, which and how many drawn from the word. */
export const toyWords = (word: string): readonly string[] =>
  [...'abcdefgh'].filter((letter) => letter !== word && hash(`${word}>${letter}`, 3) % 3 === 0);

const toySwaps = (words: (word: string) => readonly string[]): Transformation => ({
  ...{ id: 'toy-swaps', version: 1 },
  // biome-ignore lint/correctness/useYield: it asks nobody
  *propose(place) {
    return swaps(place, words(place.word));
  },
});

/** Texts of up to eight toy words. */
export const toyTexts = fc
  .array(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '));

/** A search over toy words. */
export const toyRecipe = (
  search: SearchRule,
  p: {
    readonly constraints?: readonly Constraint[];
    readonly transformations?: readonly Transformation[];
    readonly words?: (word: string) => readonly string[];
    readonly queryBudget?: number | undefined;
  } = {},
): AttackRecipe => ({
  ...usual,
  ...{ id: 'toy', version: 1, source: 'a test', preset: 'default', filters: [], goal: untargeted, search },
  transformations: p.transformations ?? [toySwaps(p.words ?? toyWords)],
  constraints: p.constraints ?? [],
  ...(p.queryBudget !== undefined && { queryBudget: p.queryBudget }),
});

export interface Ended {
  readonly status: string;
  readonly text: string;
  readonly queries: number;
}

/** Attacks examples side by side; their endings in the order of the examples. */
export async function attackToys(
  examples: readonly Example[],
  p: {
    readonly recipe: AttackRecipe;
    readonly victim: Victim;
    readonly concurrency?: number;
    readonly encoder?: SentenceEncoder;
  },
): Promise<readonly Ended[]> {
  const found = new Map<number, Ended>();
  for await (const { example, outcome } of attackMany(examples, { ...p, clock: () => 0 })) {
    const { status, queries } = outcome;
    found.set(example.id, { status, queries, text: renderText(outcome.text) });
  }
  return examples.map(({ id }) => found.get(id)!);
}

/** The victim asked one text at a time, in plain loops: what the oracles of searches work with. */
export function oneByOne(
  example: Example,
  { victim, queryBudget = Number.POSITIVE_INFINITY }: { victim: Victim; queryBudget?: number | undefined },
) {
  const goal = untargeted.of(example.label);
  let queries = 0;
  const rowOf = async (text: string) => {
    const [row] = await victim.classify([{ text }]);
    return logitsOf(row!, victim.answers);
  };
  return {
    original: example.text.split(' '),
    queries: () => queries,
    score: goal.score,
    reached: goal.reached,
    clean: () => rowOf(example.text),
    /** A query; undefined when there is none left. */
    ask: async (words: readonly string[]) => {
      if (queries >= queryBudget) return undefined;
      queries++;
      return rowOf(words.filter((word) => word !== '').join(' '));
    },
    ended: (status: string, words: readonly string[]): Ended => ({
      status,
      queries,
      text: words.filter((word) => word !== '').join(' '),
    }),
  };
}

/** What is drawn for every search that is held against plain loops. */
export interface Drawn {
  /** Largest proportion of words that may change. */
  readonly rate: number;
  readonly queryBudget?: number | undefined;
}

/**
 * Holds that a search, its examples side by side, ends on each as plain loops do, one text at a time: status, text, queries. Texts,
 * victims and settings are drawn.
 */
export const expectSameAs = <P extends Drawn>(
  sequentially: (example: Example, p: P & { readonly victim: Victim }) => Promise<Ended>,
  p: { readonly search: (drawn: P) => SearchRule; readonly draws: fc.Arbitrary<P> },
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(toyTexts, { minLength: 1, maxLength: 6 }),
      fc.nat(99),
      p.draws,
      async (texts, seed, drawn) => {
        const victim = toyVictim(seed);
        const examples = texts.map((text, id) => ({ id, text, label: id % 2 }));
        const options = { constraints: [maxChangeRate(drawn.rate)], queryBudget: drawn.queryBudget };
        const found = await attackToys(examples, {
          ...{ recipe: toyRecipe(p.search(drawn), options), victim, concurrency: 3 },
        });
        for (const [i, example] of examples.entries())
          expect(found[i]).toEqual(await sequentially(example, { ...drawn, victim }));
      },
    ),
    { numRuns: 150 },
  );
