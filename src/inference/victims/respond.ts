import type { Logits, VictimInput } from '../../attacks/victim.ts';
import { VdaError } from '../../base/error.ts';
import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { isObject, shownJson } from './contract.ts';

/** What answers texts with logits, and what its labels are. */
export interface Responder {
  readonly labels: readonly string[];
  readonly ask: (inputs: readonly VictimInput[]) => Promise<{
    readonly rows: readonly Logits[];
    /** Whether the model read the beginning of a text alone. */
    readonly truncated: readonly boolean[];
  }>;
}

export interface RespondOptions {
  /** The contract is that of Text Embeddings Inference. Default false. */
  readonly isPredict?: boolean;
  /** Most texts of a request. */
  readonly maxTexts: number;
  /** Most characters (UTF-16 code units) of a text, both texts of a pair together. */
  readonly maxTextLength: number;
}

/** The answer to a request. */
export interface Responded {
  readonly answer: unknown;
  /** Places of the texts of which the model read the beginning alone. */
  readonly truncated: readonly number[];
  /** How many texts it is about. */
  readonly texts: number;
}

/** More texts in a request, or a longer text, than are answered. */
export class TooLarge extends VdaError {
  constructor(message: string) {
    super('bad-input', message);
  }
}

/**
 * The answer of a classifier to a request in one of the contracts it is served by:
 *
 * - TextAttack: `{"text": "…"}` → `{label: probability, …}`; a list of texts → a list;
 * - Hugging Face: `{"inputs": "…" or [texts or {text, text_pair}], "parameters": {"top_k", "function_to_apply"}}` →
 *   `[{label, score}, …]` for each text, best first;
 * - Text Embeddings Inference, where `isPredict`: `{"inputs": "…", [text, pair] or [[text], [text, pair], …], "raw_scores"}`, answered
 *   likewise; with `"truncate": false` a text that would be cut is refused.
 *
 * A lone text is answered without the list around.
 * @throws TooLarge for too many texts, or one that is too long, naming it; VdaError `bad-input` for any other body
 */
export async function respond(
  body: unknown,
  { labels, ask }: Responder,
  options: RespondOptions,
): Promise<Responded> {
  if (isObject(body) && 'text' in body) {
    const { inputs, alone } = textsOf(body.text, { read: plainText, name: 'text', ...options });
    const { rows, truncated } = await ask(inputs);
    const answers = rows.map((row) => {
      const probabilities = probabilitiesOf(row);
      return Object.fromEntries(labels.map((label, c) => [label, probabilities[c]!]));
    });
    return responded(answers, { alone, truncated });
  }
  if (isObject(body) && 'inputs' in body) {
    const { isPredict = false } = options;
    const { inputs, alone } = isPredict
      ? predictInputs(body.inputs, options)
      : textsOf(body.inputs, { read: huggingFaceText, name: 'inputs', ...options });
    const { isRaw, topK } = isPredict ? predictScores(body, labels) : huggingFaceScores(body, labels);
    const { rows, truncated } = await ask(inputs);
    if (isPredict && body.truncate === false) refuseTruncated(truncated);
    const answers = rows.map((row) => {
      const scores = isRaw ? Array.from(row) : probabilitiesOf(row);
      return labels
        .map((label, c) => ({ label, score: scores[c]! }))
        .sort((a, b) => b.score - a.score)
        .slice(0, topK);
    });
    return responded(answers, { alone, truncated });
  }
  throw wrongBody('an object with "text" (TextAttack) or "inputs" (Hugging Face)');
}

const responded = (
  answers: readonly unknown[],
  { alone, truncated }: { readonly alone: boolean; readonly truncated: readonly boolean[] },
): Responded => ({
  answer: alone ? answers[0] : answers,
  truncated: [...truncated.keys()].filter((i) => truncated[i]),
  texts: answers.length,
});

function refuseTruncated(truncated: readonly boolean[]): void {
  const cut = truncated.indexOf(true);
  if (cut < 0) return;
  throw new TooLarge(
    `Text ${cut} (counted from 0) has more tokens than the model reads, and "truncate" is false: shorten it, or leave "truncate" out.`,
  );
}

interface Scores {
  /** Logits rather than probabilities. */
  readonly isRaw: boolean;
  /** Labels of an answer, the best first. */
  readonly topK: number;
}

function predictScores(body: Readonly<Record<string, unknown>>, labels: readonly string[]): Scores {
  for (const name of ['raw_scores', 'truncate']) {
    const value = body[name];
    if (value != null && typeof value !== 'boolean')
      throw wrongBody(`true or false in "${name}", not ${shownJson(value)}`);
  }
  return { isRaw: body.raw_scores === true, topK: labels.length };
}

function huggingFaceScores(body: Readonly<Record<string, unknown>>, labels: readonly string[]): Scores {
  const parameters = body.parameters ?? {};
  if (!isObject(parameters)) throw wrongBody('an object in "parameters"');
  const { top_k: topK, function_to_apply: applied } = parameters;
  if (applied != null && applied !== 'softmax' && applied !== 'none')
    throw wrongBody(`"softmax" or "none" in "function_to_apply", not ${shownJson(applied)}`);
  if (topK != null && !(Number.isSafeInteger(topK) && (topK as number) > 0))
    throw wrongBody(`a whole number above 0 in "top_k", not ${shownJson(topK)}`);
  return { isRaw: applied === 'none', topK: (topK as number | null | undefined) ?? labels.length };
}

const wrongBody = (expected: string): VdaError =>
  new VdaError('bad-input', `The body of the request is not what was expected: ${expected}.`);

interface Asked {
  readonly inputs: readonly VictimInput[];
  /** One text, not in a list. */
  readonly alone: boolean;
}

function textsOf(
  value: unknown,
  p: RespondOptions & {
    readonly read: (one: unknown) => VictimInput | undefined;
    readonly name: string;
  },
): Asked {
  const alone = !Array.isArray(value);
  const given: readonly unknown[] = alone ? [value] : value;
  if (given.length === 0) throw wrongBody(`a text, or a list of texts, in "${p.name}", not an empty one`);
  if (given.length > p.maxTexts) {
    throw new TooLarge(
      `${given.length} texts in "${p.name}"; expected ${p.maxTexts} at most. Ask in several requests.`,
    );
  }
  const inputs = given.map((one, i) => {
    const input = p.read(one);
    if (input === undefined)
      throw wrongBody(
        `a text, or a list of texts, in "${p.name}"${alone ? '' : `; its item ${i} (counted from 0) is none`}`,
      );
    const length = input.text.length + (input.textPair?.length ?? 0);
    if (length > p.maxTextLength) {
      throw new TooLarge(
        `Text ${i} (counted from 0) of "${p.name}" has ${length} characters; expected ${p.maxTextLength} at most. Cut it: a model reads its beginning alone.`,
      );
    }
    return input;
  });
  return { inputs, alone };
}

const plainText = (one: unknown): VictimInput | undefined =>
  typeof one === 'string' ? { text: one } : undefined;

const huggingFaceText = (one: unknown): VictimInput | undefined => {
  if (!isObject(one)) return plainText(one);
  const { text, text_pair: textPair } = one;
  if (typeof text !== 'string') return undefined;
  if (textPair == null) return { text }; // Python's None, where there is no second text
  return typeof textPair === 'string' ? { text, textPair } : undefined;
};

/** A list of strings is one input there: a text, or a pair. */
const predictText = (one: unknown): VictimInput | undefined => {
  const [text, textPair, ...more] = Array.isArray(one) ? one : [one];
  if (typeof text !== 'string' || more.length > 0) return undefined;
  if (textPair === undefined) return { text };
  return typeof textPair === 'string' ? { text, textPair } : undefined;
};

function predictInputs(value: unknown, options: RespondOptions): Asked {
  const isOne = !Array.isArray(value) || (value.length > 0 && value.every((one) => typeof one === 'string'));
  const { inputs } = textsOf(isOne ? [value] : value, { read: predictText, name: 'inputs', ...options });
  return { inputs, alone: isOne };
}
