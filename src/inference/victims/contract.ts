import { WrongAnswer } from '../../attacks/check-answers.ts';
import type { Logits, Probabilities, VictimInput } from '../../attacks/victim.ts';
import { excerpt, excerptList, quotedExcerpt } from '../../base/excerpt.ts';

/** What a victim's scores are: probabilities, logits, or no more than which label it decides on. */
export const scoreKinds = {
  probabilities: 'a probability for each label; they sum to 1',
  logits: 'a logit for each label, before the softmax',
  decisions: 'the one label that it decides on, without scores',
} as const;

/** What the numbers that a victim answers are. */
export type ScoreKind = keyof typeof scoreKinds;

/** What is asked of a service, whatever its contract. */
export interface ContractSettings {
  readonly scores: ScoreKind;
  /** Names of the classes in order; absent where the service is to say them. */
  readonly labels?: readonly string[] | undefined;
  /** Name of the model, where a service has several. */
  readonly model?: string | undefined;
  /** What a chat model is told before the text. */
  readonly instruction?: string | undefined;
}

/** What a victim said of one text: a score for each label that it named. */
export type Said = ReadonlyMap<string, number>;

/** How texts become the JSON body of a request, and the JSON answer what was said of each: pure, whatever carries it. */
export interface Contract {
  readonly id: string;
  /** One more with each change of what is asked, or of how an answer is read. */
  readonly version: number;
  /** One line, no full stop. */
  readonly summary: string;
  /** Texts in a request unless told. */
  readonly batch: number;
  /** Most texts in a request that the contract has room for. */
  readonly largestBatch: number;
  readonly readsPairs: boolean;
  readonly scores: readonly ScoreKind[];
  /** Whether an answer names the labels, so that the service can be asked for them. */
  readonly namesLabels: boolean;
  /** Settings beside `scores` and `labels` that it reads. */
  readonly reads: readonly ('model' | 'instruction')[];
  readonly body: (inputs: readonly VictimInput[], settings: ContractSettings) => unknown;
  /** @throws WrongAnswer where the answer is not the contract's; any other error where it is about one text alone */
  readonly said: (
    answer: unknown,
    p: { readonly asked: readonly VictimInput[]; readonly settings: ContractSettings },
  ) => readonly Said[];
}

/** The error for an answer that is not of a contract. */
export const notOfContract = (answer: unknown, expected: string): WrongAnswer =>
  new WrongAnswer(`The victim answered ${shownJson(answer)}; expected ${expected}.`);

/** A value for a message, as JSON; a module may answer what JSON has no word for, or that holds itself. */
export function shownJson(value: unknown): string {
  const named = (_: string, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one);
  try {
    return excerpt(JSON.stringify(value, named) ?? String(value), 160);
  } catch {
    return excerpt(String(value), 160);
  }
}

/**
 * The row of what was said, in the order of the labels: scores as they are, or 1 for the label decided on.
 * @throws WrongAnswer for other labels than these, or scores that are no finite numbers
 */
export function rowOf(
  said: Said,
  { labels, scores }: { readonly labels: readonly string[]; readonly scores: ScoreKind },
): Logits | Probabilities {
  const foreign = [...said.keys()].find((label) => !labels.includes(label));
  if (foreign !== undefined) {
    throw new WrongAnswer(
      `The victim answered the label ${quotedExcerpt(foreign)}; expected one of ${excerptList(labels)}.`,
    );
  }
  const values = labels.map((label) => said.get(label));
  const odd = values.findIndex((value) => value !== undefined && !Number.isFinite(value));
  if (odd >= 0) {
    throw new WrongAnswer(
      `The victim answered ${values[odd]} for the label ${quotedExcerpt(labels[odd]!)}; expected a finite number.`,
    );
  }
  if (scores === 'decisions') {
    const best = Math.max(...said.values());
    const decided = values.indexOf(best);
    if (decided < 0) throw new WrongAnswer('The victim answered no label; expected the one it decides on.');
    return values.map((_, c) => (c === decided ? 1 : 0));
  }
  const missing = labels.filter((label) => !said.has(label));
  if (missing.length > 0) {
    throw new WrongAnswer(
      `The victim answered scores for ${said.size} of ${labels.length} labels, none for ${excerptList(missing)}. Expected one ` +
        'for each: have it answer all labels, or take its answers as decisions.',
    );
  }
  return values as number[];
}

/** The labels that a victim named, in order: by number where all end in one (`LABEL_10` after `LABEL_9`), else by code unit. */
export function labelsOf(said: Said): readonly string[] {
  const numbers = [...said.keys()].map((label) => /^(?:\D*)(\d+)$/.exec(label)?.[1]);
  return numbers.every((number) => number !== undefined)
    ? [...said.keys()].sort((a, b) => Number(/\d+$/.exec(a)![0]) - Number(/\d+$/.exec(b)![0]))
    : [...said.keys()].sort();
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
