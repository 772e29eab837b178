import { messageOf } from '../../base/error.ts';
import type { Example } from '../../data/dataset.ts';
import { type EditedText, editedWords, renderInput } from '../../text/edited-text.ts';
import { isModelAtFault } from '../check-answers.ts';
import type { AttackRecipe } from '../recipe.ts';
import type { AttackStatus, MemberEnding, Rejections, WordChange } from '../record.ts';
import { keyOf } from '../services/row-memo.ts';
import type { Logits } from '../victim.ts';
import { type Confirmation, confirmFlips } from './confirm-flips.ts';
import { ask, OutOfTime, type Search } from './request.ts';
import type { SearchRule } from './search-rule.ts';
import { type AttackContext, createTools, type Tools, wordsRead } from './tools.ts';

/** How the attack on one example ended. */
export interface AttackOutcome {
  readonly status: AttackStatus;
  /** Empty when the model never answered. */
  readonly originalRow: Logits;
  readonly finalRow: Logits;
  /** The text as the attack left it, and what it was. */
  readonly text: EditedText;
  readonly changes: readonly WordChange[];
  /** Words of the attacked text that could have changed: those that the victim reads. */
  readonly words: number;
  readonly queries: number;
  readonly rejections: Rejections;
  /** Of a success on a stochastic victim: the fresh draws in which it held. */
  readonly confirmed?: Confirmation;
  /** Of an ensemble: how each attack that ran ended. */
  readonly members?: readonly MemberEnding[];
  readonly message?: string;
}

/**
 * A recipe on one example (of a pair: on its second text), as a coroutine: the clean text is classified, which is no query; a
 * wrong prediction ends as `skipped`; else the recipe's search goes on. What is thrown into it ends as `error`, unless a model
 * is at fault; an example whose clock runs out as `timeout`, with what was found by then.
 */
export function* attackOne(
  example: Example,
  context: AttackContext & { readonly recipe: AttackRecipe },
): Search<AttackOutcome> {
  const tools = createTools(example, context);
  const confirmations = new Map<string, Confirmation>();
  try {
    const status = yield* statusOf(tools, { search: context.recipe.search, confirmations });
    const confirmed =
      status === 'success' ? confirmations.get(keyOf(renderInput(tools.progress.text))) : undefined;
    return { ...outcomeOf(tools), status, ...(confirmed && { confirmed }) };
  } catch (thrown) {
    if (thrown instanceof OutOfTime) return { ...outcomeOf(tools), status: 'timeout' };
    if (isModelAtFault(thrown)) throw thrown;
    return { ...outcomeOf(tools), status: 'error', message: messageOf(thrown) };
  }
}

function* statusOf(
  tools: Tools,
  {
    search,
    confirmations,
  }: { readonly search: SearchRule; readonly confirmations: Map<string, Confirmation> },
): Search<AttackStatus> {
  const { victim, goal, example } = tools;
  const ended = yield* askClean(tools);
  if (ended !== undefined) return ended;
  const { freshDraws: draws } = victim;
  if (draws === undefined) return yield* search.run(tools);
  return yield* confirmFlips(search.run(tools), { goal, label: example.label, draws, confirmations });
}

/** The row of the clean text; with a status where the attack ends there, as the model is wrong about it or it has no words. */
export function* askClean({ progress, recipe, victim, goal, tell }: Tools): Search<AttackStatus | undefined> {
  if (!recipe.countsUnread) progress.words = Math.min(progress.words, wordsRead(progress.text, victim));
  const clean = yield* ask({ service: 'victim', items: [renderInput(progress.text)] });
  progress.originalRow = progress.row = clean[0]!;
  tell({ kind: 'classified', row: progress.row });
  if (goal.reached(progress.row)) return 'skipped';
  return progress.words === 0 ? 'nothing-to-change' : undefined;
}

/** What is known of the example at a moment. */
function outcomeOf({ progress }: Tools): Omit<AttackOutcome, 'status'> {
  const { text, originalRow, row: finalRow, words, queries, gains, members } = progress;
  const changes = text.edits.flatMap((edit): readonly WordChange[] => {
    const score = gains.get(edit);
    if (score === undefined) return [];
    return [{ index: edit.start, from: editedWords(text, edit), to: edit.to, score }];
  });
  return {
    text,
    originalRow,
    finalRow,
    changes,
    words,
    queries,
    rejections: Object.fromEntries(progress.rejections),
    ...(members && { members }),
  };
}
