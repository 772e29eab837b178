import { isModelAtFault } from '../check-answers.ts';
import type { AnswerOf, ItemOf, ServiceName } from '../search/request.ts';

/** One who answers the requests of many searches at once. */
export interface Service<S extends ServiceName> {
  /** Answers items in order, all in one call of the model if it can. */
  readonly answer: (items: readonly ItemOf<S>[]) => Promise<readonly AnswerOf<S>[]>;
  /** How much of a call's time falls to an item. */
  readonly cost: (item: ItemOf<S>) => number;
  /** Characters of an item, of which a call takes a bounded number from each search; absent where requests are served whole. */
  readonly characters?: (item: ItemOf<S>) => number;
}

/** The answers of one search's items, or what was thrown on the way to them. */
export type Answers<S extends ServiceName> =
  | { readonly answers: readonly AnswerOf<S>[] }
  | { readonly thrown: unknown };

/**
 * Answers the items of many searches in one call. When it fails, each search's items are asked on their own, so that one bad
 * text spoils one example only.
 *
 * @param groups the items of each search
 * @returns one answer a search
 * @throws WrongAnswer, or VdaError `diverged`, when the model itself is at fault
 */
export async function answerTogether<S extends ServiceName>(
  groups: readonly (readonly ItemOf<S>[])[],
  service: Service<S>,
): Promise<readonly Answers<S>[]> {
  try {
    const answers = await service.answer(groups.flat());
    const rest = answers[Symbol.iterator]();
    return groups.map((group) => ({ answers: group.map(() => rest.next().value!) }));
  } catch (thrown) {
    if (isModelAtFault(thrown)) throw thrown;
    if (groups.length === 1) return [{ thrown }];
    const alone: Answers<S>[] = [];
    for (const group of groups) alone.push(...(await answerTogether([group], service)));
    return alone;
  }
}
