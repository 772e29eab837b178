import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WrongAnswer } from '../../attacks/check-answers.ts';
import type { VictimInput } from '../../attacks/victim.ts';
import { messageOf, VdaError } from '../../base/error.ts';
import { excerpt, excerptList } from '../../base/excerpt.ts';
import { contentHash } from '../../files/content-hash.ts';
import { isObject, notOfContract, type Said, type ScoreKind } from '../../inference/victims/contract.ts';
import { namedOutputs } from '../../inference/victims/named-outputs.ts';
import { type AskedVictim, type AskingOptions, openAskedVictim } from './asked-victim.ts';

/** What a module exports to be attacked. */
interface VictimModule {
  readonly predict: (
    texts: readonly (string | readonly [string, string])[],
    p: { readonly signal?: AbortSignal | undefined },
  ) => unknown;
  readonly labels?: readonly string[] | undefined;
}

/**
 * A JavaScript module that exports `predict(texts, { signal })`: rows of numbers in the order of `labels`, objects of label and
 * score, or, as decisions, label names; one for each text, directly or as a promise. A pair comes as `[text, pair]`.
 *
 * A call that does not return holds the process, so the time limit is for promises alone. What it throws is the text's fault:
 * that example ends as an error.
 *
 * @throws VdaError `not-found` where there is no such file; `bad-input` where it cannot be loaded or exports no `predict`
 */
export async function openModuleVictim(file: string, options: AskingOptions = {}): Promise<AskedVictim> {
  const path = resolve(file);
  const content = contentHash(bytesOf(file));
  const { predict, labels: own } = await load(path, file);
  const { scores = 'probabilities', signal, timeout = 60 } = options;
  return openAskedVictim(
    {
      ...{ name: file, batch: 64, largestBatch: 1024, readsPairs: true, namesLabels: true },
      part: { id: 'module', version: 1, settings: { name: basename(file) }, content },
      attempt: async (inputs, { labels }) => {
        const texts = inputs.map(({ text, textPair }) =>
          textPair === undefined ? text : ([text, textPair] as const),
        );
        const answer = await inTime(() => predict(texts, { signal }), { file, timeout });
        if (answer === late) return { passing: `no answer within ${timeout} s` };
        return { answer: saidOf(answer, { inputs, labels, scores, file }) };
      },
    },
    { ...options, labels: namedOutputs(options.labels, own), concurrency: options.concurrency ?? 1 },
  );
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new VdaError('not-found', `The module ${file} could not be read: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

async function load(path: string, file: string): Promise<VictimModule> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (thrown) {
    throw new VdaError('bad-input', `The module ${file} could not be loaded: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  const { predict, labels } = loaded;
  const names = Object.keys(loaded);
  if (typeof predict !== 'function') {
    const got = names.length === 0 ? 'nothing' : excerptList(names, { quote: false });
    throw new VdaError(
      'bad-input',
      `The module ${file} exports ${got}; expected a function predict(texts) that returns a row for each text.`,
    );
  }
  const areLabels =
    labels === undefined || (Array.isArray(labels) && labels.every((name) => typeof name === 'string'));
  if (areLabels) return { predict, labels } as VictimModule;
  throw new VdaError('bad-input', `The module ${file} exports labels that are no list of names.`);
}

const late = Symbol('late');

async function inTime(
  work: () => unknown,
  { file, timeout }: { readonly file: string; readonly timeout: number },
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolveLate) => {
    timer = setTimeout(() => resolveLate(late), 1000 * timeout);
  });
  try {
    return await Promise.race([Promise.resolve().then(work), limit]);
  } catch (thrown) {
    throw new VdaError('bad-input', `The module ${file} threw: ${excerpt(messageOf(thrown), 200)}`, {
      cause: thrown,
    });
  } finally {
    clearTimeout(timer);
  }
}

function saidOf(
  answer: unknown,
  p: {
    readonly inputs: readonly VictimInput[];
    readonly labels: readonly string[] | undefined;
    readonly scores: ScoreKind;
    readonly file: string;
  },
): readonly Said[] {
  if (!Array.isArray(answer) || answer.length !== p.inputs.length) {
    const got = Array.isArray(answer) ? `${answer.length} rows` : excerpt(String(answer));
    throw new WrongAnswer(
      `The module ${p.file} answered ${got} to ${p.inputs.length} texts; expected a row for each, in their order.`,
    );
  }
  return answer.map((row: unknown): Said => {
    if (typeof row === 'string' && p.scores === 'decisions') return new Map([[row, 1]]);
    if (isObject(row) && !ArrayBuffer.isView(row)) {
      const scores = Object.entries(row);
      if (scores.every(([, score]) => typeof score === 'number'))
        return new Map(scores as [string, number][]);
      throw notOfContract(row, 'an object of label and score');
    }
    const values =
      Array.isArray(row) || ArrayBuffer.isView(row) ? Array.from(row as ArrayLike<unknown>) : undefined;
    if (values === undefined || !values.every((value) => typeof value === 'number'))
      throw notOfContract(row, 'a row of numbers, or an object of label and score');
    if (p.labels === undefined) {
      throw new WrongAnswer(
        `The module ${p.file} answers rows of numbers, but exports no labels: export the names of the classes in order.`,
      );
    }
    if (values.length !== p.labels.length) {
      throw new WrongAnswer(
        `The module ${p.file} answered ${values.length} values for ${p.labels.length} classes, ${excerptList(p.labels)}.`,
      );
    }
    return new Map(p.labels.map((label, i) => [label, values[i] as number]));
  });
}
