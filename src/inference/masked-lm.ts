import type {
  MaskedLanguageModel,
  MaskedLmText,
  PieceCandidates,
  WordCandidates,
} from '../attacks/masked-lm.ts';
import { once, onceEach, retried } from '../base/once.ts';
import { checkSettings } from '../base/setting-rules.ts';
import { reduceSum } from '../graph/ops/broadcast.ts';
import { cast } from '../graph/ops/cast.ts';
import { scalar } from '../graph/ops/constant.ts';
import { abs, multiply, relu, subtract } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { logSoftmax } from '../graph/ops/softmax.ts';
import { topK } from '../graph/ops/top-k.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { noDropout } from '../nn/dropout.ts';
import { crossEntropyPerRow } from '../nn/losses.ts';
import type { Encoding } from '../text/tokenizer.ts';
import type { AskOptions } from './classifier.ts';
import {
  compileModel,
  type ModelRuntimeOptions,
  modelRuntimeRules,
  requireRuntime,
} from './compile-model.ts';
import { equalLengthBatches } from './equal-length-batches.ts';
import { forward } from './forward.ts';
import { longestInput } from './longest-input.ts';
import { modelIdentity } from './model-identity.ts';
import { requireHead } from './require-model.ts';
import { tokensAtOnce } from './tokens-at-once.ts';

/** Where a masked language model runs and how much of a text it reads. */
export interface MaskedLmOptions extends Omit<ModelRuntimeOptions, 'weightsChange'> {
  /** Tokens that a text is cut to, special ones included. Default, and at most: what the model can read. */
  readonly maxLength?: number;
  /** Looked at between batches of `unmaskedCandidates` and `loss`; once aborted, they throw its reason. */
  readonly signal?: AbortSignal;
}

/** The k likeliest tokens at each position of one text, row-major `[T, k]`, best first; equals by lower id. */
export interface TopCandidates {
  readonly ids: Int32Array;
  /** Natural logarithms of their probabilities over the whole vocabulary. */
  readonly logProbs: Float32Array;
}

/** A masked language model: what would stand at each place of a text, nothing being masked. */
export interface MaskedLm extends MaskedLanguageModel {
  /** Tokens that a text is cut to. */
  readonly maxLength: number;
  /** Candidates at every token of each text, special tokens included. `k` is cut to the vocabulary. */
  topCandidates(
    encodings: readonly Encoding[],
    options: AskOptions & { readonly k: number },
  ): Promise<readonly TopCandidates[]>;
  release(): Promise<void>;
}

/** Entries that fill up a vocabulary, of BERT and of RoBERTa: no text has them. */
const unusedToken = /^(\[unused\d+\]|madeupword\d+)$/;

/** Logits of so many tokens over BERT's vocabulary take 125 MB; on a GPU, where a buffer may have 1 GiB, 500 MB. */
const tokensOfLogits = { onProcessor: 1024, mostOnGpu: 4096 };

/**
 * Opens a masked language model on a device. A program is compiled when it is first needed, one for each k.
 * Answers do not depend on what else is asked ({@link equalLengthBatches}).
 *
 * Source: candidates of an unmasked pass, Li et al. 2020 §3.2 and Zhou et al. 2021 Eq. 2.
 * @throws VdaError `usage` for an option out of range, and a model without that head
 */
export function createMaskedLm(model: PretrainedModel, options: MaskedLmOptions): MaskedLm {
  requireHead('createMaskedLm', model, 'maskedLm');
  requireRuntime('createMaskedLm', options?.runtime);
  checkSettings('createMaskedLm', options, { rules: modelRuntimeRules(options.runtime) });
  const { maxLength: asked, signal: stop, ...running } = options;
  const { runtime, device = runtime.devices[0] } = running;
  const { architecture, config, tokenizer } = model;
  const maxLength = Math.min(asked ?? Number.POSITIVE_INFINITY, longestInput(model));

  /** A program of the head over some states of a batch, compiled when it is first asked. */
  const openOver = <R extends Readonly<Record<string, Value>>>(
    statesOf: (p: { readonly ids: Value; readonly hidden: Value }) => Value,
    outputs: (logits: Value, ids: Value) => R,
  ) =>
    retried(() =>
      compileModel(
        model,
        ({ weights, inputs }) => {
          const { ids } = inputs;
          const states = statesOf({ ids, hidden: forward(model, { weights, inputs }) });
          return outputs(architecture.maskedLm(weights, states, { config, dropout: noDropout }), ids);
        },
        running,
      ),
    );
  const everywhere = ({ hidden }: { readonly hidden: Value }) => reshape(hidden, [tokens, config.hiddenSize]); // [R·T, H]
  const best = (k: number) => (logits: Value) => topK(logSoftmax(logits), k);
  const tops = onceEach((k: number) => openOver(everywhere, best(k)));
  const masks = onceEach((k: number) => openOver((p) => stateAt(tokenizer.maskId, p), best(k)));
  const openLoss = openOver(everywhere, (logits, ids) => ({
    losses: crossEntropyPerRow(logits, reshape(ids, [tokens])),
  }));

  const encodingOf = ({ words, context }: MaskedLmText): Encoding => {
    // A space before the first word too: byte-level vocabularies spell words without one differently.
    const text = ` ${words.join(' ')}`;
    return context === undefined
      ? tokenizer.encode(text, { maxLength, wholeWords: true })
      : tokenizer.encode(context, { pair: text, maxLength, wholeWords: true });
  };

  const maxTokens = tokensAtOnce(device, tokensOfLogits);
  const batchesOf = (encodings: readonly Encoding[]) =>
    equalLengthBatches(encodings, { padId: tokenizer.padId, maxTokens });

  const topCandidates: MaskedLm['topCandidates'] = async (encodings, { k: askedK, onProgress, signal }) => {
    checkSettings('topCandidates', { k: askedK }, { rules: { k: { kind: 'integer', min: 1 } } });
    const k = Math.min(askedK, config.vocabSize);
    const program = await tops(k)();
    const found = new Array<TopCandidates>(encodings.length);
    let done = 0;
    for await (const [{ indices, length }, answer] of program.answers(batchesOf(encodings), signal)) {
      const { values, indices: best } = answer;
      for (const [row, index] of indices.entries()) {
        const own = [row * length * k, (row + 1) * length * k] as const;
        found[index] = {
          ids: Int32Array.from((best.data as BigInt64Array).subarray(...own), Number),
          logProbs: (values.data as Float32Array).slice(...own),
        };
      }
      done += indices.length;
      onProgress?.(done);
    }
    return found;
  };

  /** Of each sequence, over its tokens that count by the word that they come from. */
  const meanLosses = async (
    encodings: readonly Encoding[],
    counts: (word: number) => boolean,
  ): Promise<readonly number[]> => {
    const program = await openLoss();
    const losses = new Array<number>(encodings.length).fill(Number.NaN);
    for await (const [{ indices, length }, answer] of program.answers(batchesOf(encodings), stop)) {
      const values = answer.losses.data as Float32Array;
      for (const [row, index] of indices.entries()) {
        const { wordIds } = encodings[index]!;
        const own = values.subarray(row * length, (row + 1) * length).filter((_, t) => counts(wordIds[t]!));
        losses[index] = own.reduce((sum, loss) => sum + loss, 0) / Math.max(1, own.length);
      }
    }
    return losses;
  };

  return {
    maxLength,
    topCandidates,

    async unmaskedCandidates(asked, { topK: k }) {
      const encodings = asked.map(encodingOf);
      const found = await topCandidates(encodings, { k, signal: stop });
      return asked.map((input, i) =>
        wordCandidates(input, { encoding: encodings[i]!, candidates: found[i]! }),
      );
    },

    maskToken: tokenizer.tokenOf(tokenizer.maskId),

    async maskedCandidates(asked, { topK: askedK }) {
      const k = Math.min(askedK, config.vocabSize);
      const program = await masks(k)();
      const found = asked.map((): PieceCandidates => ({ ids: [], logProbs: [] }));
      const read = asked.flatMap((input, at) => {
        const encoding = encodingOf(input);
        return encoding.ids.includes(tokenizer.maskId) ? [{ at, encoding }] : []; // else the mask was cut off
      });
      const batches = batchesOf(read.map(({ encoding }) => encoding));
      for await (const [{ indices }, { values, indices: best }] of program.answers(batches, stop)) {
        for (const [row, index] of indices.entries()) {
          const own = [row * k, (row + 1) * k] as const;
          found[read[index]!.at] = {
            ids: Int32Array.from((best.data as BigInt64Array).subarray(...own), Number),
            logProbs: (values.data as Float32Array).slice(...own),
          };
        }
      }
      return found;
    },

    loss: (sequences) => meanLosses(sequences.map(bareEncoding), () => true),
    textLoss: (texts) => {
      const encodings = texts.map((text) => tokenizer.encode(text, { maxLength, wholeWords: true }));
      return meanLosses(encodings, (word) => word >= 0);
    },

    isContinuation: tokenizer.isContinuation,
    isSpecial: (id) => tokenizer.specialIds.has(id) || unusedToken.test(tokenizer.tokenOf(id)),
    textOf: tokenizer.textOf,
    identity: once(() => ({
      id: 'masked language model',
      settings: { maxLength, device },
      parts: { model: modelIdentity(model, runtime) }, // its weights never change
    })),

    async release() {
      for (const { made } of [...tops.made(), ...masks.made(), openLoss]) {
        const program = await made()?.catch(() => undefined); // what failed has nothing to release
        await program?.release();
      }
    },
  };
}

const tokens = multiplyDims('batch', 'length');

/**
 * The state of each row's one token with an id: Σ_t h_t · max(0, 1 − |id_t − id|), which is exact, for all other terms are 0.
 * Shapes: ids int64 `[R, T]`, hidden `[R, T, H]` → `[R, H]`.
 */
function stateAt(id: number, { ids, hidden }: { readonly ids: Value; readonly hidden: Value }): Value {
  const distance = abs(subtract(cast(ids, 'float32'), scalar(id)));
  const isThere = relu(subtract(scalar(1), distance));
  const [rows, length] = ids.shape;
  return reduceSum(multiply(hidden, reshape(isThere, [rows!, length!, 1])), { axes: [1] });
}

/** Candidates by word instead of by token. */
function wordCandidates(
  { words, context }: MaskedLmText,
  { encoding, candidates }: { readonly encoding: Encoding; readonly candidates: TopCandidates },
): readonly WordCandidates[] {
  const { ids, wordIds, textIds } = encoding;
  const asked = context === undefined ? 0 : 1;
  const k = candidates.ids.length / ids.length;
  const found = words.map(() => ({ pieces: [] as number[], candidates: [] as PieceCandidates[] }));
  for (const [position, word] of wordIds.entries()) {
    if (word < 0 || textIds[position] !== asked) continue;
    const own = [position * k, (position + 1) * k] as const;
    found[word]!.pieces.push(ids[position]!);
    found[word]!.candidates.push({
      ids: candidates.ids.subarray(...own),
      logProbs: candidates.logProbs.subarray(...own),
    });
  }
  return found;
}

/** A sequence of tokens as it is, no special ones around it. */
const bareEncoding = (ids: readonly number[]): Encoding => ({
  ids,
  typeIds: ids.map(() => 0),
  wordIds: ids.map(() => -1),
  textIds: ids.map(() => 0),
  truncated: false,
});
