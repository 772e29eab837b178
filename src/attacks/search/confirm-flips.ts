import { probabilitiesOf } from '../../base/probabilities-of.ts';
import type { Goal } from '../goal/goal.ts';
import { keyOf } from '../services/row-memo.ts';
import type { Logits, VictimInput } from '../victim.ts';
import { ask, OutOfTime, type RequestTo, type Search } from './request.ts';

/** How many of the fresh draws of a text reached the goal. */
export interface Confirmation {
  readonly held: number;
  readonly of: number;
}

/**
 * A search on a stochastic victim, in which an answer reaches the goal only if it does in most of some fresh draws: noise that
 * happens to cross the border is no success, and the search goes on behind it.
 *
 * A row that reaches the goal is followed by `draws` single draws of the same text (`VictimInput.draw` set, so that no memory
 * answers them). Held in more than half: the row stays. Else the search gets the mean of the draws' probabilities in its place, as logits; where that
 * mean still reaches the goal, the true class is put level with the best other and 10⁻⁹ above. Draws are no queries of the
 * search: they check a success, they look for none.
 *
 * @param p.confirmations filled with what was drawn, by {@link keyOf} of the input
 */
export function* confirmFlips<T>(search: Search<T>, p: Confirming): Search<T> {
  let step = search.next();
  while (!step.done) {
    const request = step.value;
    let answers: readonly unknown[];
    try {
      answers = request.service === 'victim' ? yield* confirmedRows(request, p) : yield request;
    } catch (thrown) {
      step = search.throw(thrown);
      continue;
    }
    step = search.next(answers);
  }
  return step.value;
}

interface Confirming {
  readonly goal: Goal;
  /** Index of the true class. */
  readonly label: number;
  readonly draws: number;
  readonly confirmations: Map<string, Confirmation>;
}

function* confirmedRows({ items, stopAt }: RequestTo<'victim'>, p: Confirming): Search<readonly Logits[]> {
  const rows: Logits[] = [];
  /** Time is up: what was answered so far is all that counts. */
  const until = function* <A>(part: Search<A>, soFar: (answers: readonly unknown[]) => void): Search<A> {
    try {
      return yield* part;
    } catch (thrown) {
      if (!(thrown instanceof OutOfTime)) throw thrown;
      soFar(thrown.answers);
      throw new OutOfTime(rows);
    }
  };
  while (rows.length < items.length) {
    const from = rows.length;
    const rest = { length: items.length - from, at: (i: number) => items.at(from + i) };
    const asking = ask({ service: 'victim', items: rest, ...(stopAt && { stopAt }) });
    const answered = yield* until(asking, (answers) => {
      rows.push(...(answers as readonly Logits[]).filter((row) => !p.goal.reached(row)));
    });
    for (const [i, row] of answered.entries()) {
      if (!p.goal.reached(row)) rows.push(row);
      else rows.push(yield* until(confirmed(row, { ...p, input: items.at(from + i)! }), () => {}));
      if (stopAt?.(rows.at(-1)!)) return rows;
    }
  }
  return rows;
}

/** The row where most fresh draws agree that the goal is reached, else one that does not reach it. */
function* confirmed(row: Logits, p: Confirming & { readonly input: VictimInput }): Search<Logits> {
  const { goal, label, draws, input } = p;
  const known = p.confirmations.get(keyOf(input));
  if (known !== undefined && 2 * known.held > known.of) return row;
  const items = Array.from({ length: draws }, (_, i) => ({ ...input, draw: firstFreshDraw + i }));
  const drawn = yield* ask({ service: 'victim', items });
  const held = drawn.filter(goal.reached).length;
  p.confirmations.set(keyOf(input), { held, of: draws });
  if (2 * held > draws) return row;
  const mean = Array.from({ length: row.length }, (_, c) =>
    Math.log(drawn.reduce((sum, one) => sum + probabilitiesOf(one)[c]!, 0) / draws),
  );
  if (!goal.reached(mean)) return mean;
  const others = mean.filter((_, c) => c !== label);
  return mean.map((value, c) => (c === label ? Math.max(...others) + 1e-9 : value));
}

/** Votes count from 0; fresh draws from here on are none of them. */
const firstFreshDraw = 1_000_000;
