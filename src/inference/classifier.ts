import { checkInputs } from '../attacks/check-arguments.ts';
import type { Victim, VictimInput } from '../attacks/victim.ts';
import { argument, VdaError } from '../base/error.ts';
import { retried } from '../base/once.ts';
import type { Part } from '../base/part.ts';
import { checkSettings, hasMethods, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import type { Tensor } from '../base/tensor.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { labelNames } from '../models/config.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import {
  compileModel,
  type ModelRuntimeOptions,
  modelRuntimeRules,
  requireRuntime,
} from './compile-model.ts';
import { type EqualLengthBatch, equalLengthBatches } from './equal-length-batches.ts';
import { forward } from './forward.ts';
import { longestInput } from './longest-input.ts';
import { modelIdentity } from './model-identity.ts';
import { requireHead } from './require-model.ts';
import { tokensAtOnce, tokensInCache } from './tokens-at-once.ts';
import { marginGradient, normsByWord } from './word-gradients.ts';

/** Where a classifier runs and how much of a text it reads. */
export interface ClassifierOptions extends ModelRuntimeOptions {
  /**
   * Tokens that a text is cut to, special ones included. Default: what the model was trained to read, where its
   * configuration says it; at most, and else, what it can read.
   */
  readonly maxLength?: number;
  /** Most texts in a batch; no influence on results. Default 64. */
  readonly maxRows?: number;
}

/** Who is told how far the answers are, and what stops them. */
export interface AskOptions {
  /** Told how many texts have an answer, after each batch. */
  readonly onProgress?: (done: number) => void;
  /** Looked at between batches. An aborted call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a classifier takes at once. */
export interface Capacity {
  /** Most tokens in a batch, but two texts are always let in. */
  readonly maxTokens: number;
  /** Most texts in a batch. */
  readonly maxRows: number;
  /** Batches under way at once. */
  readonly atOnce: number;
}

/** A fine-tuned model that answers texts with logits. */
export interface Classifier {
  /** Class names, in the order of the logits. */
  readonly labels: readonly string[];
  /** Tokens that a text is cut to. */
  readonly maxLength: number;
  /** What stands for an unknown word in its texts (`[UNK]`, `<unk>`), and for a hidden one (`[MASK]`, `<mask>`). */
  readonly unkToken: string;
  readonly maskToken: string;
  /** What it takes at once, for those who batch texts of several callers. */
  readonly capacity: Capacity;
  /** An input as the model reads it: a text that is too long is cut after the last word that fits whole. */
  encode(input: VictimInput): Encoding;
  /** How many words of a text the model reads, counted from the first; with `context`, of the second text of a pair. */
  wordsRead(text: string, context?: string): number;
  /**
   * Logits `[C]` of each input, in order.
   * @throws VdaError `usage` for an input that is not an object with a text; `diverged` when a logit is not finite
   */
  logits(inputs: readonly VictimInput[], options?: AskOptions): Promise<readonly Float32Array[]>;
  /**
   * ‖∂m/∂e‖₁ for each word of each input's last text, of the margin m between its two best classes at the word's embeddings
   * e. Worked out by a program of its own, compiled when it is first needed.
   */
  wordGradients(
    inputs: readonly VictimInput[],
    options?: AskOptions,
  ): Promise<readonly (readonly number[])[]>;
  /** {@link logits} for texts that are tokens already. */
  logitsOf(encodings: readonly Encoding[], options?: AskOptions): Promise<readonly Float32Array[]>;
  /** What decides its answers: the model as it is in memory, the length that texts are cut to, the device. */
  identity(): Part;
  release(): Promise<void>;
}

/**
 * Opens a classifier on a device: one program for every batch size and length.
 *
 * Each distinct token sequence of a call is worked out once, and a row's bits do not depend on the others
 * ({@link equalLengthBatches}).
 * @throws VdaError `usage` for an option out of range, and a model without a classification head; what `compile` throws
 */
export async function createClassifier(
  model: PretrainedModel,
  options: ClassifierOptions,
): Promise<Classifier> {
  requireHead('createClassifier', model, 'classifier');
  requireRuntime('createClassifier', options?.runtime);
  const rules: SettingRules = {
    ...modelRuntimeRules(options.runtime),
    maxRows: { kind: 'integer', min: 1, optional: true },
  };
  checkSettings('createClassifier', options, { rules });
  const { maxLength: asked, maxRows = 64, ...running } = options;
  const { runtime, device = runtime.devices[0] } = running;
  const { architecture, config, tokenizer } = model;
  const labels = labelNames(config);
  const maxTokens = tokensAtOnce(device);
  const maxLength = Math.min(asked ?? config.maxSeqLength ?? Number.POSITIVE_INFINITY, longestInput(model));
  const program = await compileModel(
    model,
    ({ weights, inputs }) => {
      const first = forward(model, { weights, inputs, firstTokenOnly: true });
      const states = reshape(first, ['batch', config.hiddenSize]);
      return { logits: architecture.classify(weights, states, { config, dropout: noDropout }) };
    },
    running,
  );
  const openGradient = retried(() =>
    compileModel(
      model,
      ({ weights, inputs }) => ({ gradients: marginGradient(model, { weights, inputs }) }),
      running,
    ),
  );

  const classifier = classifierOver({
    ...{ labels, maxLength, tokenizer, maxTokens, maxRows },
    ...{ answers: program.answers, atOnce: program.atOnce },
    identity: () => ({
      id: 'classifier',
      settings: { maxLength, device },
      parts: { model: modelIdentity(model, runtime) },
    }),
    release: async () => {
      const gradients = await openGradient.made()?.catch(() => undefined); // what failed has nothing to release
      await Promise.all([program.release(), gradients?.release()]);
    },
  });
  return {
    ...classifier,
    wordGradients: async (inputs, { onProgress, signal } = {}) => {
      checkInputs('classifier.wordGradients', inputs);
      const encodings = inputs.map(classifier.encode);
      const norms = new Array<readonly number[]>(inputs.length);
      const batches = equalLengthBatches(encodings, { padId: tokenizer.padId, maxTokens, maxRows });
      let done = 0;
      const { hiddenSize: width } = config;
      const asked = await openGradient();
      for await (const [{ indices, length }, answer] of asked.answers(batches, signal)) {
        const values = answer.gradients.data as Float32Array;
        for (const [row, index] of indices.entries()) {
          const gradients = values.subarray(row * length * width, (row + 1) * length * width);
          norms[index] = normsByWord(encodings[index]!, { gradients, width });
        }
        done += indices.length;
        onProgress?.(done);
      }
      return norms;
    },
  };
}

/** A classifier that answers, whether or not it has gradients. */
export type AnsweringClassifier = Omit<Classifier, 'wordGradients'> &
  Partial<Pick<Classifier, 'wordGradients'>>;

/** What a classifier is made of: how texts become tokens, and what answers batches of them. */
export interface ClassifierParts
  extends Pick<Classifier, 'labels' | 'maxLength' | 'identity' | 'release'>,
    Pick<ClassifierOptions, 'maxRows'> {
  readonly tokenizer: Tokenizer;
  /** Most tokens in a batch. Default: what stays in a core's cache. */
  readonly maxTokens?: number;
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

  const logitsOf: Classifier['logitsOf'] = async (encodings, { onProgress, signal } = {}) => {
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

const victimRules = {
  unkToken: { kind: 'text', optional: true },
  maskToken: { kind: 'text', optional: true },
} as const satisfies SettingRules;

/**
 * A classifier as attacks see it: it answers logits, in double precision from here on. An aborted `signal` makes its calls throw.
 * @param options.unkToken in place of the classifier's own, as is `maskToken`
 * @throws VdaError `usage` for what is no classifier, and for an empty token
 */
export function victimOf(
  classifier: AnsweringClassifier,
  options: { readonly unkToken?: string; readonly maskToken?: string; readonly signal?: AbortSignal } = {},
): Victim {
  const owner = 'victimOf';
  requireArgument(hasMethods(classifier, ['logits', 'wordsRead']), {
    ...{ owner, name: 'classifier', got: classifier },
    expected: 'a classifier, as createClassifier gives',
  });
  checkSettings(owner, options, { rules: victimRules });
  const { unkToken = classifier.unkToken, maskToken = classifier.maskToken, signal } = options;
  return {
    labels: classifier.labels,
    unkToken,
    maskToken,
    answers: 'logits',
    classify: async (inputs) => (await classifier.logits(inputs, { signal })).map((row) => Array.from(row)),
    wordsSeen: classifier.wordsRead,
    ...(hasMethods(classifier, ['wordGradients']) && {
      wordGradients: (inputs: readonly VictimInput[]) => classifier.wordGradients!(inputs, { signal }),
    }),
    identity: classifier.identity,
  };
}
