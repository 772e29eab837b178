import { checkInputs } from '../attacks/check-arguments.ts';
import type { VictimInput } from '../attacks/victim.ts';
import { argument, VdaError } from '../base/error.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import type { AnsweringClassifier } from './classifier.ts';
import { type EqualLengthBatch, equalLengthBatches } from './equal-length-batches.ts';
import { tokensInCache } from './tokens-at-once.ts';

/** What a classifier is made of: how texts become tokens, and what answers batches of them. */
export interface ClassifierParts
  extends Pick<AnsweringClassifier, 'labels' | 'maxLength' | 'identity' | 'release'> {
  readonly tokenizer: Tokenizer;
  /** Most tokens in a batch. Default: what stays in a core's cache. */
  readonly maxTokens?: number;
  /** Most texts in a batch. Default 64. */
  readonly maxRows?: number;
  /** Batches under way at once. Default 1. */
  readonly atOnce?: number;
  /** Each batch with its logits `[R, C]`, in order. @throws the reason of `signal` once it is aborted */
  readonly answers: (
    batches: readonly EqualLengthBatch[],
    signal: AbortSignal | undefined,
  ) => AsyncGenerator<readonly [EqualLengthBatch, { readonly logits: Pick<Tensor, 'data'> }]>;
}

/** A classifier over whatever works out its logits: texts are cut, batched by length and asked once each. */
export function classifierOver(parts: ClassifierParts): AnsweringClassifier {
  const { labels, maxLength, tokenizer, maxTokens = tokensInCache, maxRows = 64, atOnce = 1 } = parts;
  const { answers, identity, release } = parts;
  const encode = ({ text, textPair }: VictimInput) =>
    tokenizer.encode(text, {
      ...{ maxLength, wholeWords: true },
      ...(textPair !== undefined && { pair: textPair }),
    });

  const logitsOf: AnsweringClassifier['logitsOf'] = async (encodings, { onProgress, signal } = {}) => {
    const { distinct, copies } = distinctEncodings(encodings);
    const rows = new Array<Float32Array>(encodings.length);
    let done = 0;
    const batches = equalLengthBatches(distinct, { padId: tokenizer.padId, maxTokens, maxRows });
    for await (const [{ indices }, { logits }] of answers(batches, signal)) {
      const values = logits.data as Float32Array;
      for (const [row, index] of indices.entries()) {
        const own = finite(values.slice(row * labels.length, (row + 1) * labels.length));
        for (const copy of copies[index]!) rows[copy] = own;
        done += copies[index]!.length;
      }
      onProgress?.(done);
    }
    return rows;
  };

  return {
    labels,
    maxLength,
    unkToken: tokenizer.tokenOf(tokenizer.unkId),
    maskToken: tokenizer.tokenOf(tokenizer.maskId),
    capacity: { maxTokens, maxRows, atOnce },
    encode,
    wordsRead: (text, context) => {
      const isPair = context !== undefined;
      const { truncated, wordIds, textIds } = encode(isPair ? { text: context, textPair: text } : { text });
      if (!truncated) return Number.POSITIVE_INFINITY;
      return wordIds.reduce(
        (read, word, i) => (textIds[i] === Number(isPair) ? Math.max(read, word + 1) : read),
        0,
      );
    },
    logits: async (inputs, asking) => {
      checkInputs('classifier.logits', inputs);
      return logitsOf(inputs.map(encode), asking);
    },
    logitsOf,
    identity,
    release,
  };
}

/** The different token sequences among `encodings`, and where each of them stands. */
function distinctEncodings(encodings: readonly Encoding[]): {
  readonly distinct: readonly Encoding[];
  readonly copies: readonly (readonly number[])[];
} {
  const slots = new Map<string, number[]>();
  const distinct: Encoding[] = [];
  encodings.forEach((encoding, index) => {
    const key = `${encoding.typeIds.indexOf(1)}:${encoding.ids.join()}`;
    const slot = slots.get(key);
    if (slot) {
      slot.push(index);
    } else {
      slots.set(key, [index]);
      distinct.push(encoding);
    }
  });
  return { distinct, copies: [...slots.values()] };
}

function finite(logits: Float32Array): Float32Array {
  if (logits.every(Number.isFinite)) return logits;
  throw new VdaError(
    'diverged',
    `The classifier answered the logits [${logits.join(', ')}]; expected finite numbers. Its weights are damaged or have ` +
      `diverged in training: train again, with a smaller ${argument('learningRate')}.`,
  );
}
