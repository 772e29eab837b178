import type { Logits, VictimInput } from '../../attacks/victim.ts';
import { VdaError } from '../../base/error.ts';
import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { isObject } from './contract.ts';

/** What answers texts with logits, and what its labels are. */
export interface Responder {
  readonly labels: readonly string[];
  readonly logits: (inputs: readonly VictimInput[]) => Promise<readonly Logits[]>;
}

/** Most texts that one request may ask about. */
export const mostTexts = 1024;

/**
 * The answer of a classifier to a request in one of the contracts it is served by:
 *
 * - TextAttack: `{"text": "…"}` → `{label: probability, …}`; a list of texts → a list;
 * - Hugging Face: `{"inputs": "…" or [texts or {text, text_pair}], "parameters": {"top_k", "function_to_apply"}}` →
 *   `[{label, score}, …]` for each text, best first;
 * - Text Embeddings Inference, where `isPredict`: `{"inputs": "…", [text, pair] or [[text], [text, pair], …], "raw_scores"}`, answered
 *   likewise.
 *
 * A lone text is answered without the list around.
 * @throws VdaError `bad-input` for any other body
 */
export async function respond(
  body: unknown,
  responder: Responder,
  { isPredict = false }: { readonly isPredict?: boolean } = {},
): Promise<unknown> {
  const { labels, logits } = responder;
  if (isObject(body) && 'text' in body) {
    const { inputs, alone } = textsOf(body.text, plainText, 'text');
    const rows = await logits(inputs);
    const answers = rows.map((row) => {
      const probabilities = probabilitiesOf(row);
      return Object.fromEntries(labels.map((label, c) => [label, probabilities[c]!]));
    });
    return alone ? answers[0] : answers;
  }
  if (isObject(body) && 'inputs' in body) {
    const asked = isPredict ? predictInputs(body.inputs) : textsOf(body.inputs, huggingFaceText, 'inputs');
    const parameters = isObject(body.parameters) ? body.parameters : {};
    const raw = body.raw_scores === true || parameters.function_to_apply === 'none';
    const topK = typeof parameters.top_k === 'number' ? parameters.top_k : labels.length;
    const rows = await logits(asked.inputs);
    const answers = rows.map((row) => {
      const scores = raw ? Array.from(row) : probabilitiesOf(row);
      return labels
        .map((label, c) => ({ label, score: scores[c]! }))
        .sort((a, b) => b.score - a.score)
        .slice(0, topK);
    });
    return asked.alone ? answers[0] : answers;
  }
  throw wrongBody('an object with "text" (TextAttack) or "inputs" (Hugging Face)');
}

const wrongBody = (expected: string): VdaError =>
  new VdaError('bad-input', `The body of the request is not what was expected: ${expected}.`);

interface Asked {
  readonly inputs: readonly VictimInput[];
  /** One text, not in a list. */
  readonly alone: boolean;
}

function textsOf(value: unknown, read: (one: unknown) => VictimInput | undefined, name: string): Asked {
  const alone = !Array.isArray(value);
  const inputs = (alone ? [value] : value).map(read);
  const texts = inputs.filter((input) => input !== undefined);
  if (texts.length < inputs.length) throw wrongBody(`a text, or a list of texts, in "${name}"`);
  if (texts.length === 0 || texts.length > mostTexts)
    throw wrongBody(`1 to ${mostTexts} texts in "${name}", not ${texts.length}`);
  return { inputs: texts, alone };
}

const plainText = (one: unknown): VictimInput | undefined =>
  typeof one === 'string' ? { text: one } : undefined;

const huggingFaceText = (one: unknown): VictimInput | undefined => {
  if (!isObject(one)) return plainText(one);
  const { text, text_pair: textPair } = one;
  if (typeof text !== 'string') return undefined;
  if (textPair === undefined) return { text };
  return typeof textPair === 'string' ? { text, textPair } : undefined;
};

/** A list of strings is one input there: a text, or a pair. */
const predictText = (one: unknown): VictimInput | undefined => {
  const [text, textPair, ...more] = Array.isArray(one) ? one : [one];
  if (typeof text !== 'string' || more.length > 0) return undefined;
  if (textPair === undefined) return { text };
  return typeof textPair === 'string' ? { text, textPair } : undefined;
};

function predictInputs(value: unknown): Asked {
  const isOne = !Array.isArray(value) || value.every((one) => typeof one === 'string');
  const { inputs } = textsOf(isOne ? [value] : value, predictText, 'inputs');
  return { inputs, alone: isOne };
}
