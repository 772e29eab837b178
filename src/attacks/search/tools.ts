import type { Example } from '../../data/dataset.ts';
import { type EditedText, editText, renderInput, renderText, withEdit } from '../../text/edited-text.ts';
import type { RecipeParts } from '../recipe-parts.ts';
import type { Logits } from '../victim.ts';
import type { ExampleTools, Progress, VictimFacts, Vocabulary } from './example-tools.ts';
import { ask, OutOfTime, type Search } from './request.ts';
import type { SearchStep } from './steps.ts';

/** What an attack works with, whatever the example. */
export interface AttackContext {
  readonly recipe: RecipeParts;
  readonly victim: VictimFacts;
  /** Absent where no part of the recipe asks it. */
  readonly vocabulary?: Vocabulary | undefined;
  /** Told of each step of each search. It must not throw. */
  readonly onStep?: ((step: SearchStep, example: Example) => void) | undefined;
}

/** What a search is given for one example. */
export interface Tools extends ExampleTools, AttackContext {
  /** Tells whoever listens. */
  readonly tell: (step: SearchStep) => void;
}

/** The tools for one example, before anything was asked. */
export function createTools(example: Example, context: AttackContext): Tools {
  const { recipe, victim, onStep } = context;
  const tell = (step: SearchStep) => onStep?.(step, example);
  const attacked = recipe.prepare(example.textPair ?? example.text);
  const text = editText(attacked, example.textPair === undefined ? {} : { context: example.text });
  const goal = recipe.goal.of(example.label);
  const progress: Progress = {
    ...{ text, originalRow: [], row: [], queries: 0 },
    words: text.original.length,
    gains: new Map(),
    rejections: new Map(),
  };
  const { queryBudget = Number.POSITIVE_INFINITY, queriesPerWord = Number.POSITIVE_INFINITY } = recipe;
  const queriesLeft = () => Math.min(queryBudget, queriesPerWord * progress.words) - progress.queries;
  const remembered = new Map<unknown, unknown>();
  let last: { readonly text: EditedText; readonly reach: number } | undefined;
  const reachOf = (asked: EditedText): number => {
    if (last?.text !== asked) last = { text: asked, reach: wordsInReach(asked, victim) };
    return last.reach;
  };
  return {
    ...{ ...context, example, goal, progress, queriesLeft, tell },
    *rowsOf(edits, { text, row }, stopAt) {
      const reach = reachOf(text);
      const possible = edits.slice(0, Math.max(0, queriesLeft()));
      const read = possible.filter(({ start }) => start < reach);
      /** Rows in the order of the edits, as far as those that were asked are answered. */
      const rowsFrom = (answers: readonly Logits[]): readonly Logits[] => {
        const rows: Logits[] = [];
        let next = 0;
        for (const { start } of possible) {
          if (start < reach && next === answers.length) break;
          const own = start < reach ? answers[next++]! : row;
          rows.push(own);
          if (stopAt?.(own)) break;
        }
        return rows;
      };
      const count = (rows: readonly Logits[]) => {
        progress.queries += rows.length;
        if (rows.length > 0) tell({ kind: 'asked', text, edits: possible.slice(0, rows.length), rows });
        return rows;
      };
      let answers: readonly Logits[] = [];
      try {
        if (read.length > 0) {
          const items = {
            length: read.length,
            at: (index: number) => renderInput(withEdit(text, read[index]!)),
          };
          answers = yield* ask({ service: 'victim', items, ...(stopAt && { stopAt }) });
        }
      } catch (thrown) {
        if (thrown instanceof OutOfTime) {
          count(rowsFrom(thrown.answers as readonly Logits[]));
        }
        throw thrown;
      }
      return count(rowsFrom(answers));
    },
    accept: (edit, row) => {
      progress.gains.set(edit, goal.score(progress.row) - goal.score(row));
      progress.text = withEdit(progress.text, edit);
      progress.row = row;
      tell({ kind: 'kept', edit, row });
    },
    *remember<T>(key: unknown, make: () => Search<T>) {
      if (!remembered.has(key)) remembered.set(key, yield* make());
      return remembered.get(key) as T;
    },
  };
}

/** How many words the victim reads of a text. */
export const wordsRead = (text: EditedText, { wordsSeen }: VictimFacts): number =>
  wordsSeen === undefined ? Number.POSITIVE_INFINITY : wordsSeen(renderText(text), text.context);

/**
 * Words whose edit may change the answer; others need not be asked about. The one after those that are read may fit in fewer
 * pieces. What is cut off a pair may depend on both lengths: there any word may.
 */
const wordsInReach = (text: EditedText, victim: VictimFacts): number =>
  text.context === undefined ? wordsRead(text, victim) + 1 : Number.POSITIVE_INFINITY;
