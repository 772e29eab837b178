import { ModelUnavailable } from '../../attacks/check-answers.ts';
import type { Victim, VictimInput } from '../../attacks/victim.ts';
import { askInParts } from '../../attacks/victims/ask-in-parts.ts';
import { paced } from '../../attacks/victims/pace.ts';
import { type Attempt, untilAnswered } from '../../attacks/victims/until-answered.ts';
import { argument, VdaError } from '../../base/error.ts';
import { excerptList } from '../../base/excerpt.ts';
import type { Part } from '../../base/part.ts';
import { labelsOf, rowOf, type Said, type ScoreKind } from '../../inference/victims/contract.ts';
import { answersInMemory, readAnswersFile } from './answers-file.ts';
import { TextsRefused } from './endpoint.ts';

/** How a victim that is not of this process's own arithmetic is asked. */
export interface AskingOptions {
  /** Names of its classes in order. Default: what it names itself, when it is asked one short text. */
  readonly labels?: readonly string[] | undefined;
  /** What it answers. Default `probabilities`. */
  readonly scores?: ScoreKind | undefined;
  /** What tells this state of it from later ones at the same place. */
  readonly version?: string | undefined;
  /** Most texts in a request. Default 1 (`textattack`, `chat`), 32 (`hf`, `tei`), 64 (a module). */
  readonly batch?: number | undefined;
  /** Requests under way at once. Default 4; of a module 1. */
  readonly concurrency?: number | undefined;
  /** Seconds until a request is given up. Default 60. */
  readonly timeout?: number | undefined;
  /** Times that a request is made before its failure stops the attack. Default 8: two minutes of pauses. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt. Default 1000. */
  readonly delay?: number | undefined;
  /** Texts asked a second, on average. Default: no limit. */
  readonly textsPerSecond?: number | undefined;
  /** Most requests, and most texts, that this start may cost, failures included. Default: no limit. */
  readonly maxRequests?: number | undefined;
  readonly maxTexts?: number | undefined;
  /** Folder of the file of its answers, so that nothing is asked twice. Absent: they are known as long as the process lasts. */
  readonly answersFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRemark?: ((remark: string) => void) | undefined;
}

/** A victim that is asked, and what became of asking. */
export interface AskedVictim {
  readonly victim: Victim;
  /** What people call it. */
  readonly name: string;
  readonly readsPairs: boolean;
  /** Seconds since it was opened, without those in which it could not be reached: no example's time. */
  readonly clock: () => number;
}

/** The part of a victim that is its own. */
export interface Asker {
  /** What people call it: a place without secrets. */
  readonly name: string;
  /** What decides its answers, but for labels, scores and version. */
  readonly part: Part;
  readonly batch: number;
  readonly largestBatch: number;
  readonly readsPairs: boolean;
  readonly namesLabels: boolean;
  /** One request, made once. */
  readonly attempt: (
    inputs: readonly VictimInput[],
    p: { readonly labels: readonly string[] | undefined },
  ) => Promise<Attempt<readonly Said[]>>;
}

/** Asked once for the names of the labels; what is said of it is kept like any other answer. */
const probe: VictimInput = { text: 'a' };

/**
 * A victim around one that is asked: in parts, some at once, no faster than it allows, with back-off where it fails for a
 * moment, within a budget, and never twice for the same text, over restarts too.
 *
 * @throws VdaError `usage` where it cannot say its labels and none are given, or a batch is larger than it takes; what asking
 * for the labels throws
 */
export async function openAskedVictim(asker: Asker, options: AskingOptions): Promise<AskedVictim> {
  const { scores = 'probabilities', version, answersFolder, onRemark = () => {} } = options;
  const batch = options.batch ?? asker.batch;
  if (batch > asker.largestBatch) {
    throw new VdaError(
      'usage',
      `${argument('batch', 'victimBatch')} is ${batch}, but this kind of victim takes ${asker.largestBatch} text${asker.largestBatch === 1 ? '' : 's'} in a request at most.`,
    );
  }
  const part: Part = {
    ...asker.part,
    settings: { ...asker.part.settings, scores, version, labels: options.labels },
  };
  const answers =
    answersFolder === undefined ? answersInMemory() : await readAnswersFile(answersFolder, { victim: part });
  const outage = watchOutage(asker.name, onRemark);
  const ask = patiently(asker, { options, outage });

  let labels = options.labels ?? answers.labels;
  if (labels === undefined) {
    if (!asker.namesLabels || scores === 'decisions') {
      throw new VdaError(
        'usage',
        `The victim ${asker.name} does not say what labels there are. Name them in order with ${argument('labels', 'victimLabels')}.`,
      );
    }
    const [said] = await ask([probe], undefined);
    labels = labelsOf(said!);
    if (labels.length < 2) {
      throw new VdaError(
        'usage',
        `The victim ${asker.name} named ${labels.length === 0 ? 'no label' : `one label, ${excerptList(labels)}`}; expected two at ` +
          `least. If it answers the best label alone, take its answers as decisions (${argument('scores', 'victimScores')}), and name its labels with ${argument('labels', 'victimLabels')}.`,
      );
    }
    onRemark(`The victim names the labels ${excerptList(labels)}, in this order unless another is given.`);
  }
  if (labels.length < 2 || new Set(labels).size < labels.length) {
    throw new VdaError(
      'usage',
      `The victim ${asker.name} has the labels ${excerptList(labels)}; expected two at least, and no two alike. Name them in order with ${argument('labels', 'victimLabels')}.`,
    );
  }
  const known = answers.open(labels);
  if (answers.size > 0)
    onRemark(`${answers.path}: ${answers.size} answers are there and not asked for again.`);
  const classify = askInParts({
    ...{ labels, answers: scores, batch, known, concurrency: options.concurrency ?? 4 },
    ask: async (inputs) => (await ask(inputs, labels)).map((said) => rowOf(said, { labels, scores })),
    isRefusal: (thrown) => thrown instanceof TextsRefused,
  });
  const identity: Part = { ...part, settings: { ...part.settings, labels } };
  return {
    ...{ name: asker.name, readsPairs: asker.readsPairs, clock: outage.clock },
    victim: {
      ...{ labels, unkToken: '[UNK]', maskToken: '[MASK]', answers: scores, classify },
      identity: () => identity,
    },
  };
}

/** One request, repeated while its failure may pass. */
function patiently(
  asker: Asker,
  { options, outage }: { readonly options: AskingOptions; readonly outage: Outage },
): (inputs: readonly VictimInput[], labels: readonly string[] | undefined) => Promise<readonly Said[]> {
  const { attempts = 8, delay = 1000, textsPerSecond, signal } = options;
  const turn = textsPerSecond === undefined ? undefined : paced({ textsPerSecond, signal });
  const spend = budget(asker.name, options);
  return async (inputs, labels) => {
    const result = await untilAnswered(
      async () => {
        await turn?.(inputs.length);
        spend(inputs.length);
        const started = outage.now();
        const attempt = await asker.attempt(inputs, { labels });
        if ('answer' in attempt) outage.ended();
        else outage.began(started);
        return attempt;
      },
      { attempts, delay, signal, onPause: outage.paused },
    );
    if ('answer' in result) return result.answer;
    throw new ModelUnavailable(
      `The victim ${asker.name} could not be asked: ${result.passing}, ${attempts === 1 ? 'once' : `${attempts} times in a row`}.`,
    );
  };
}

/** Counts what is asked. @throws ModelUnavailable once it would be more than was allowed */
function budget(name: string, { maxRequests, maxTexts }: AskingOptions): (texts: number) => void {
  let [requests, asked] = [0, 0];
  const check = (would: number, most: number | undefined, what: string, name_: string) => {
    if (most === undefined || would <= most) return;
    throw new ModelUnavailable(
      `The victim ${name} was asked ${requests} requests with ${asked} texts; one more would be over the ${most} ${what} that ` +
        `${argument(name_)} allows at a start.`,
    );
  };
  return (texts) => {
    check(requests + 1, maxRequests, 'requests', 'maxRequests');
    check(asked + texts, maxTexts, 'texts', 'maxTexts');
    requests++;
    asked += texts;
  };
}

interface Outage {
  readonly now: () => number;
  readonly clock: () => number;
  readonly began: (at: number) => void;
  readonly ended: () => void;
  readonly paused: (pause: { readonly reason: string; readonly milliseconds: number }) => void;
}

/** Says when a victim cannot be reached and when it can again, and keeps that time apart. */
function watchOutage(name: string, say: (remark: string) => void): Outage {
  const now = () => performance.now();
  let since: number | undefined;
  let lost = 0;
  let said: string | undefined;
  return {
    now,
    clock: () => (now() - lost - (since === undefined ? 0 : now() - since)) / 1000,
    began: (at) => {
      since = Math.min(since ?? at, at);
    },
    ended: () => {
      if (since === undefined) return;
      const seconds = (now() - since) / 1000;
      lost += now() - since;
      since = undefined;
      if (said !== undefined) say(`The victim ${name} answers again, after ${seconds.toFixed(1)} s.`);
      said = undefined;
    },
    paused: ({ reason, milliseconds }) => {
      const remark = `The victim ${name} could not be asked: ${reason}. Paused; it is asked again in ${milliseconds / 1000} s.`;
      if (remark !== said) say(remark);
      said = remark;
    },
  };
}
