import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Example } from '../../data/dataset.ts';
import { checkAttackParts } from '../check-arguments.ts';
import type { MaskFiller, Probabilities, Victim, VictimInput } from '../ports.ts';
import type { AttackRecipe } from '../recipe.ts';
import { askVictim } from './ask-victim.ts';
import {
  type AttackOutcome,
  type AttackReply,
  type AttackRequest,
  attackOne,
  type Search,
} from './attack-one.ts';
import {
  checkExample,
  checkedFills,
  checkedLosses,
  checkVictim,
  isModelAtFault,
  withCheckedTexts,
} from './check-answers.ts';
import { createRowMemo } from './row-memo.ts';

export interface AttackManyOptions {
  readonly victim: Victim;
  readonly filler: MaskFiller;
  readonly recipe: AttackRecipe;
  /** Examples under attack at once. Default 32. */
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
}

const manyRules = {
  concurrency: { kind: 'integer', min: 1, optional: true },
  batch: { kind: 'integer', min: 1, optional: true },
  timeLimit: { kind: 'number', above: 0, optional: true },
  memory: { kind: 'integer', min: 0, optional: true },
} as const satisfies SettingRules;

/** @throws VdaError `usage` unless these are the parts of an attack, and numbers in range */
export function checkAttackManyOptions(owner: string, options: AttackManyOptions): void {
  checkAttackParts(owner, options);
  checkSettings(owner, options, { rules: manyRules });
  checkVictim(options.victim);
}

/** An example whose attack has ended. */
export interface EndedAttack {
  readonly example: Example;
  readonly outcome: AttackOutcome;
  /**
   * The example's share of the time in the models: a call's time is divided by the inputs that each example put
   * in. So it stays near what the example would have taken alone, however many run at once.
   */
  readonly seconds: number;
}

/** One running search. */
interface Task {
  readonly example: Example;
  readonly search: Search<AttackOutcome>;
  request: AttackRequest;
  /** Rows so far for a `classify` request. */
  rows: Probabilities[];
  seconds: number;
}

/**
 * Texts, and their characters, that one example may put in one call. They bound memory, and how far past its time limit an
 * example can run: the clock is looked at between calls.
 */
const mostTexts = 64;
const mostCharacters = 2 ** 22;

/**
 * Attacks many examples side by side and yields each as it ends (not in order). What a search asks, and so its
 * outcome and query count, is exactly what it would ask alone; only the calls are shared.
 *
 * In each round all masked-LM requests go to the filler in one call and all texts to the victim in one call.
 * A request that stops at the first flip is computed a few candidates ahead (`batch`).
 *
 * @throws whatever iterating `examples` throws; VdaError `usage` for an option out of range; `bad-input` when the victim, the
 * masked language model or an example is not what it must be, and `diverged` when a model's numbers are not finite. Other
 * failures of the models end examples as `error` instead
 */
export async function* attackMany(
  examples: Iterable<Example>,
  options: AttackManyOptions,
): AsyncGenerator<EndedAttack, void, void> {
  checkAttackManyOptions('attackMany', options);
  const { concurrency = 32, memory = 2 ** 25, timeLimit = Number.POSITIVE_INFINITY } = options;
  const services: Services = {
    ...options,
    batch: options.batch ?? 64,
    clock: options.clock ?? (() => performance.now() / 1000),
    memo: createRowMemo(memory),
  };
  const { victim, recipe } = options;
  const context = {
    ...{ recipe, unkToken: victim.unkToken, filler: withCheckedTexts(options.filler) },
    ...(victim.wordsSeen && {
      wordsSeen: (text: string, context?: string) => victim.wordsSeen!(text, context),
    }),
  };
  const waiting = examples[Symbol.iterator]();
  const running = new Set<Task>();

  for (;;) {
    while (running.size < concurrency) {
      const next = waiting.next();
      if (next.done) break;
      checkExample(next.value, options.victim);
      const search = attackOne(next.value, context);
      const first = search.next();
      if (first.done) yield { example: next.value, outcome: first.value, seconds: 0 };
      else running.add({ example: next.value, search, request: first.value, rows: [], seconds: 0 });
    }
    if (running.size === 0) return;

    for (const [task, resume] of await playRound([...running], { ...services, timeLimit })) {
      const step = resume();
      if (step.done) {
        running.delete(task);
        yield { example: task.example, outcome: step.value, seconds: task.seconds };
      } else {
        task.request = step.value;
        task.rows = [];
      }
    }
  }
}

interface Services {
  readonly victim: Victim;
  readonly filler: MaskFiller;
  readonly batch: number;
  readonly clock: () => number;
  readonly memo: ReturnType<typeof createRowMemo>;
}

/** A search that can go on, and how. */
type Resumption = readonly [Task, () => IteratorResult<AttackRequest, AttackOutcome>];

const reply = (task: Task, answer: AttackReply): Resumption => [task, () => task.search.next(answer)];
const fail = (task: Task, thrown: unknown): Resumption => [task, () => task.search.throw(thrown)];

/** Serves every pending request once; searches whose request is answered, failed or out of time go on. */
async function playRound(
  tasks: readonly Task[],
  services: Services & { readonly timeLimit: number },
): Promise<readonly Resumption[]> {
  const late = tasks.filter((task) => task.seconds >= services.timeLimit);
  const onTime = tasks.filter((task) => task.seconds < services.timeLimit);
  return [
    ...late.map((task) => reply(task, { kind: 'timeout', rows: task.rows })),
    ...(await serveFills(onTime, services)),
    ...(await serveLosses(onTime, services)),
    ...(await serveRows(onTime, services)),
  ];
}

type RequestOf<K extends AttackRequest['kind']> = Extract<AttackRequest, { kind: K }>;
type TaskOf<K extends AttackRequest['kind']> = Task & { request: RequestOf<K> };

const asking = <K extends AttackRequest['kind']>(tasks: readonly Task[], kind: K): readonly TaskOf<K>[] =>
  tasks.filter((task): task is TaskOf<K> => task.request.kind === kind);

async function serveFills(
  tasks: readonly Task[],
  { filler, clock }: Services,
): Promise<readonly Resumption[]> {
  const serve = async (group: readonly TaskOf<'fill'>[]): Promise<readonly Resumption[]> => {
    const { topK } = group[0]!.request;
    const started = clock();
    const asked = group.map(({ request }) => request.input);
    const fills = checkedFills(await filler.fill(asked, { topK }), asked);
    charge(group, { seconds: clock() - started, share: ({ request }) => request.input.words.length });
    return group.map((task, i) => reply(task, { kind: 'fill', fills: fills[i]! }));
  };
  return togetherOrAlone(asking(tasks, 'fill'), serve);
}

async function serveLosses(
  tasks: readonly Task[],
  { filler, clock }: Services,
): Promise<readonly Resumption[]> {
  const serve = async (group: readonly TaskOf<'loss'>[]): Promise<readonly Resumption[]> => {
    const started = clock();
    const sequences = group.flatMap(({ request }) => request.sequences);
    const losses = checkedLosses(await filler.loss(sequences), sequences.length);
    charge(group, { seconds: clock() - started, share: ({ request }) => request.sequences.length });
    let start = 0;
    return group.map((task) => {
      const end = start + task.request.sequences.length;
      const own = losses.slice(start, end);
      start = end;
      return reply(task, { kind: 'loss', losses: own });
    });
  };
  return togetherOrAlone(asking(tasks, 'loss'), serve);
}

/** One call for all; when it fails, one call each, so that only the one that is to blame fails. */
async function togetherOrAlone<T extends Task>(
  tasks: readonly T[],
  serve: (group: readonly T[]) => Promise<readonly Resumption[]>,
): Promise<readonly Resumption[]> {
  if (tasks.length === 0) return [];
  try {
    return await serve(tasks);
  } catch (thrown) {
    if (isModelAtFault(thrown)) throw thrown;
    if (tasks.length === 1) return [fail(tasks[0]!, thrown)];
    const resumptions: Resumption[] = [];
    for (const task of tasks) resumptions.push(...(await togetherOrAlone([task], serve)));
    return resumptions;
  }
}

async function serveRows(tasks: readonly Task[], services: Services): Promise<readonly Resumption[]> {
  const askers = asking(tasks, 'classify');
  if (askers.length === 0) return [];
  const groups = nextInputs(askers, services.batch);
  const started = services.clock();
  const answers = await askVictim(groups, services);
  const sizes = new Map(askers.map((task, i) => [task, groups[i]!.length]));
  charge(askers, { seconds: services.clock() - started, share: (task) => sizes.get(task)! });
  return askers.flatMap((task, i): readonly Resumption[] => {
    const answer = answers[i]!;
    if ('thrown' in answer) return [fail(task, answer.thrown)];
    return takeRows(task, answer.rows) ? [reply(task, { kind: 'classify', rows: task.rows })] : [];
  });
}

/**
 * The inputs each asker puts in this round's call. Requests without a stop are wanted whole, but very long texts
 * come in parts; the others fill what is left of the batch.
 */
function nextInputs(
  askers: readonly TaskOf<'classify'>[],
  batch: number,
): readonly (readonly VictimInput[])[] {
  const whole = askers.map((task) => (task.request.stopAt === undefined ? take(task, mostTexts) : []));
  const needed = whole.reduce((sum, { length }) => sum + length, 0);
  const lookingAhead = whole.filter(({ length }) => length === 0).length;
  const ahead = Math.min(mostTexts, Math.max(1, Math.floor((batch - needed) / lookingAhead)));
  return askers.map((task, i) => (whole[i]!.length > 0 ? whole[i]! : take(task, ahead)));
}

/** The next inputs of a request: at most `most`, at least one. */
function take({ request, rows }: TaskOf<'classify'>, most: number): readonly VictimInput[] {
  const inputs: VictimInput[] = [];
  let characters = 0;
  for (let i = rows.length; i < request.count && inputs.length < most && characters < mostCharacters; i++) {
    const input = request.at(i);
    inputs.push(input);
    characters += input.text.length + (input.textPair?.length ?? 0);
  }
  return inputs;
}

/** Adds rows up to the one to stop at; true when the request is answered. Rows past the stop are dropped uncounted. */
function takeRows(task: TaskOf<'classify'>, rows: readonly Probabilities[]): boolean {
  for (const row of rows) {
    task.rows.push(row);
    if (task.request.stopAt?.(row)) return true;
  }
  return task.rows.length === task.request.count;
}

function charge<T extends Task>(
  tasks: readonly T[],
  { seconds, share }: { readonly seconds: number; readonly share: (task: T) => number },
): void {
  const total = tasks.reduce((sum, task) => sum + share(task), 0);
  for (const task of tasks) task.seconds += total === 0 ? 0 : (seconds * share(task)) / total;
}
