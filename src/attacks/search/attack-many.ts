import { VdaError } from '../../base/error.ts';
import { nextTurn } from '../../base/next-turn.ts';
import { checkSettings, requireArgument, type SettingRules, shown } from '../../base/setting-rules.ts';
import type { Example } from '../../data/dataset.ts';
import { checkExample, checkVictim, withCheckedTexts } from '../check-answers.ts';
import { checkAttackParts } from '../check-arguments.ts';
import type { AttackRecipe } from '../recipe.ts';
import { type Models, type Services, servicesOf } from '../services/index.ts';
import { createRowMemo } from '../services/row-memo.ts';
import { answerTogether } from '../services/service.ts';
import type { Remarks } from '../services/victim.ts';
import { type AttackOutcome, attackOne } from './attack-one.ts';
import {
  type AnswerOf,
  type ItemOf,
  OutOfTime,
  type Request,
  type RequestTo,
  type Search,
  type ServiceName,
} from './request.ts';
import type { SearchStep } from './steps.ts';
import type { AttackContext } from './tools.ts';

/** What attacks, and how many examples at once: no influence on results but by `timeLimit`. */
export interface AttackManyOptions extends Models, Remarks {
  readonly recipe: AttackRecipe;
  /** Examples under attack at once. Default 32, and half of `batch` where that is more. */
  readonly concurrency?: number;
  /**
   * Texts to aim at in one call of the victim. Default 64. When fewer examples are left than that, each proposes
   * more candidates ahead, at most 64; those past a flip were computed in vain, but are never counted.
   */
  readonly batch?: number;
  /** Most seconds for one example; see `EndedAttack.seconds`. Absent: no limit. */
  readonly timeLimit?: number;
  /** Seconds since any fixed moment. Default: the process's monotonic clock. */
  readonly clock?: () => number;
  /** Most characters of texts whose rows are remembered. Default 2²⁵. */
  readonly memory?: number;
  /** Told of each step of each search as it takes it; it must not throw. No influence on results. */
  readonly onStep?: ((step: SearchStep, example: Example) => void) | undefined;
}

const manyRules = {
  concurrency: { kind: 'integer', min: 1, optional: true },
  batch: { kind: 'integer', min: 1, optional: true },
  timeLimit: { kind: 'number', above: 0, optional: true },
  memory: { kind: 'integer', min: 0, optional: true },
} as const satisfies SettingRules;

/** @throws VdaError `usage` unless these are the parts of an attack, and numbers in range */
export function checkAttackManyOptions(owner: string, options: AttackManyOptions): void {
  checkSettings(owner, options, { rules: manyRules });
  checkAttackParts(owner, options);
  const { onStep } = options;
  const isListener = onStep === undefined || typeof onStep === 'function';
  requireArgument(isListener, { owner, name: 'onStep', expected: 'a function', got: onStep });
  checkVictim(options.victim);
}

/** An example whose attack has ended. */
export interface EndedAttack {
  readonly example: Example;
  readonly outcome: AttackOutcome;
  /**
   * The example's share of the time in the models: a call's time is divided by the items that each example put
   * in. So it stays near what the example would have taken alone, however many run at once.
   */
  readonly seconds: number;
}

/** One running search. */
interface Task {
  readonly example: Example;
  readonly search: Search<AttackOutcome>;
  request: Request;
  /** To the request, so far. */
  answers: unknown[];
  seconds: number;
}

/**
 * Items, and their characters, that one search may put in one call of the victim. They bound memory, and how far past its time
 * limit an example can run: the clock is looked at between calls.
 */
const mostItems = 64;
const mostCharacters = 2 ** 22;

/** Milliseconds that searches may hold the thread: models that answer at once would keep signals and timers waiting to the end. */
const longestHold = 50;

/**
 * Attacks many examples side by side and yields each as it ends (not in order). What a search asks, and so its
 * outcome and query count, is exactly what it would ask alone; only the calls are shared.
 *
 * In each round all requests to a service go to it in one call. A request that stops at the first flip is computed a few
 * candidates ahead (`batch`).
 *
 * @throws whatever iterating `examples` throws; VdaError `usage` for an option out of range, or a recipe's part that is none; `bad-input` when the victim, the
 * masked language model or an example is not what it must be, and `diverged` when a model's numbers are not finite. Other
 * failures of the models end examples as `error` instead
 */
export async function* attackMany(
  examples: Iterable<Example>,
  options: AttackManyOptions,
): AsyncGenerator<EndedAttack, void, void> {
  const owner = 'attackMany';
  requireArgument(typeof Object(examples)[Symbol.iterator] === 'function', {
    ...{ owner, name: 'examples', got: examples },
    expected: 'a list of { id, text, label }, as the examples of a data set',
  });
  checkAttackManyOptions(owner, options);
  const {
    batch = 64,
    concurrency = Math.max(32, batch / 2),
    memory = 2 ** 25,
    timeLimit = Number.POSITIVE_INFINITY,
    victim,
  } = options;
  const round: Round = {
    services: servicesOf(options, createRowMemo(memory)),
    batch,
    clock: options.clock ?? (() => performance.now() / 1000),
  };
  const context = contextOf(options);
  const waiting = examples[Symbol.iterator]();
  const running = new Set<Task>();
  let lastTurn = performance.now();

  for (;;) {
    if (performance.now() - lastTurn > longestHold) {
      await nextTurn();
      lastTurn = performance.now();
    }
    while (running.size < concurrency) {
      const next = waiting.next();
      if (next.done) break;
      checkExample(next.value, victim);
      const search = attackOne(next.value, context);
      const first = requested(search.next(), round);
      if (first.done) yield { example: next.value, outcome: first.value, seconds: 0 };
      else running.add({ example: next.value, search, request: first.value, answers: [], seconds: 0 });
    }
    if (running.size === 0) return;

    for (const [task, resume] of await playRound([...running], { ...round, timeLimit })) {
      const step = requested(resume(), round);
      if (step.done) {
        running.delete(task);
        yield { example: task.example, outcome: step.value, seconds: task.seconds };
      } else {
        task.request = step.value;
        task.answers = [];
      }
    }
  }
}

const contextOf = ({
  recipe,
  victim,
  maskedLm,
  onStep,
}: AttackManyOptions): AttackContext & { readonly recipe: AttackRecipe } => ({
  recipe,
  victim: {
    unkToken: victim.unkToken,
    ...(victim.answers !== undefined && { answers: victim.answers }),
    ...(victim.freshDraws !== undefined && { freshDraws: victim.freshDraws }),
    ...(victim.maskToken !== undefined && { maskToken: victim.maskToken }),
    ...(victim.wordsSeen && {
      wordsSeen: (text: string, context?: string) => victim.wordsSeen!(text, context),
    }),
  },
  vocabulary: maskedLm && withCheckedTexts(maskedLm),
  onStep,
});

interface Round {
  readonly services: Services;
  readonly batch: number;
  readonly clock: () => number;
}

/** A search that can go on, and how. */
type Resumption = readonly [Task, () => IteratorResult<Request, AttackOutcome>];

/**
 * What a search did, if it asks a service that there is: a part of a recipe that is no generator asks what nobody would answer.
 * @throws VdaError `usage`
 */
function requested<S extends IteratorResult<Request, AttackOutcome>>(step: S, { services }: Round): S {
  if (step.done || Object.hasOwn(services, Object(step.value).service)) return step;
  throw new VdaError(
    'usage',
    `attackMany: recipe: a part of it asked for ${shown(step.value)}; expected a request, as ask({ service, items }) makes one. What ` +
      'searches, proposes or judges is a generator function: *propose(place, tools) { return edits; }.',
  );
}

/** Serves every pending request once; searches whose request is answered, failed or out of time go on. */
async function playRound(
  tasks: readonly Task[],
  round: Round & { readonly timeLimit: number },
): Promise<readonly Resumption[]> {
  const late = tasks.filter((task) => task.seconds >= round.timeLimit);
  const onTime = tasks.filter((task) => task.seconds < round.timeLimit);
  const resumptions: Resumption[] = late.map((task) => [
    task,
    () => task.search.throw(new OutOfTime(task.answers)),
  ]);
  for (const service of Object.keys(round.services) as ServiceName[]) {
    resumptions.push(...(await serve(onTime, { ...round, service })));
  }
  return resumptions;
}

/** One call of a service for all that ask it. */
async function serve<S extends ServiceName>(
  tasks: readonly Task[],
  p: Round & { readonly service: S },
): Promise<readonly Resumption[]> {
  const askers = tasks.filter(({ request }) => request.service === p.service);
  if (askers.length === 0) return [];
  const service = p.services[p.service];
  const groups = nextItems<S>(askers, { batch: p.batch, characters: service.characters });
  const started = p.clock();
  const answers = await answerTogether(groups, service);
  charge(askers, {
    seconds: p.clock() - started,
    costs: groups.map((group) => group.reduce((sum, item) => sum + service.cost(item), 0)),
  });
  return askers.flatMap((task, i): readonly Resumption[] => {
    const answer = answers[i]!;
    if ('thrown' in answer) return [[task, () => task.search.throw(answer.thrown)]];
    return takeAnswers(task, answer.answers) ? [[task, () => task.search.next(task.answers)]] : [];
  });
}

/**
 * The items each asker puts in this round's call. Requests without a stop are wanted whole, but very long texts
 * come in parts; the others fill what is left of the batch.
 */
function nextItems<S extends ServiceName>(
  askers: readonly Task[],
  {
    batch,
    characters,
  }: { readonly batch: number; readonly characters?: ((item: ItemOf<S>) => number) | undefined },
): readonly (readonly ItemOf<S>[])[] {
  const most = characters === undefined ? Number.POSITIVE_INFINITY : mostItems;
  const next = (task: Task, count: number) => take<S>(task, { most: count, characters });
  const whole = askers.map((task) => (task.request.stopAt === undefined ? next(task, most) : []));
  const needed = whole.reduce((sum, { length }) => sum + length, 0);
  const lookingAhead = whole.filter(({ length }) => length === 0).length;
  const ahead = Math.min(mostItems, Math.max(1, Math.floor((batch - needed) / lookingAhead)));
  return askers.map((task, i) => (whole[i]!.length > 0 ? whole[i]! : next(task, ahead)));
}

/** The next items of a request: at most `most`, at least one. */
function take<S extends ServiceName>(
  { request, answers }: Task,
  p: { readonly most: number; readonly characters?: ((item: ItemOf<S>) => number) | undefined },
): readonly ItemOf<S>[] {
  const { items } = request as unknown as RequestTo<S>;
  const taken: ItemOf<S>[] = [];
  let characters = 0;
  for (let i = answers.length; i < items.length; i++) {
    if (taken.length >= p.most || characters >= mostCharacters) break;
    const item = items.at(i)!;
    taken.push(item);
    characters += p.characters?.(item) ?? 0;
  }
  return taken;
}

/** Adds answers up to the one to stop at; true when the request is answered. Answers past the stop are dropped uncounted. */
function takeAnswers<S extends ServiceName>(task: Task, answers: readonly AnswerOf<S>[]): boolean {
  const { items, stopAt } = task.request as unknown as RequestTo<S>;
  for (const answer of answers) {
    task.answers.push(answer);
    if (stopAt?.(answer)) return true;
  }
  return task.answers.length === items.length;
}

function charge(
  tasks: readonly Task[],
  { seconds, costs }: { readonly seconds: number; readonly costs: readonly number[] },
): void {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  tasks.forEach((task, i) => {
    task.seconds += total === 0 ? 0 : (seconds * costs[i]!) / total;
  });
}
