import { messageOf, VdaError } from '../../base/error.ts';
import { excerptList } from '../../base/excerpt.ts';
import { nextTurn } from '../../base/next-turn.ts';
import type { Runtime, RuntimeOptions, Session } from '../../runtime/runtime.ts';
import type { PaddedBatch } from '../../text/pad-encodings.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import type { AnsweringClassifier } from '../classifier.ts';
import { classifierOver } from '../classifier-over.ts';

export interface OnnxClassifierOptions extends RuntimeOptions {
  readonly runtime: Runtime;
  /** What people call it, for errors. */
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly labels: readonly string[];
  /** Tokens that a text is cut to, special ones included. */
  readonly maxLength: number;
  /** Most texts in a batch; no influence on results. Default 64. */
  readonly maxRows?: number;
}

/** Inputs that exports of classifiers have, and what they are fed with. */
const feeds = {
  input_ids: 'ids',
  attention_mask: 'attentionMask',
  token_type_ids: 'typeIds',
} as const satisfies Record<string, keyof PaddedBatch>;

/**
 * A classifier in an ONNX model, as vda, optimum and transformers.js have them: int64 inputs `input_ids`, `attention_mask` and
 * perhaps `token_type_ids` `[batch, length]`, output `logits` `[batch, C]`, float32. One that quantises its activations by what is in
 * the batch (`DynamicQuantizeLinear`) is asked one text at a time, so that an answer does not depend on the others.
 *
 * @throws VdaError `bad-input` for what is no such model
 */
export async function openOnnxClassifier(
  bytes: Uint8Array,
  options: OnnxClassifierOptions,
): Promise<AnsweringClassifier> {
  const { runtime, name, tokenizer, labels, maxLength, maxRows, device, numThreads } = options;
  const running = { ...(device && { device }), ...(numThreads && { numThreads }) };
  const refuse = (reason: string, cause?: unknown) =>
    new VdaError('bad-input', `${name} cannot be used as a classifier: ${reason}.`, { cause });
  const { inputs, quantizesByBatch, session } = await open(bytes, { runtime, ...running }).catch((thrown) => {
    throw refuse(messageOf(thrown), thrown);
  });
  const logitsOf = async (batch: PaddedBatch) => {
    const rows = batch.ids.shape[0]!;
    const fed = Object.fromEntries(inputs.map((input) => [input, batch[feeds[input]]]));
    try {
      const { logits } = await session.run(fed, {
        logits: { dtype: 'float32', shape: [rows, labels.length] },
      });
      return { logits: logits! };
    } catch (thrown) {
      const expected = `its logits should be float32, one for each of the labels ${excerptList(labels)}`;
      throw refuse(`${messageOf(thrown)}; ${expected}`, thrown);
    }
  };
  const rows = quantizesByBatch ? 1 : maxRows; // else an answer would depend on what it is asked with
  await logitsOf(tokenTriple); // what does not fit is said before the attack, not at each of its texts
  return classifierOver({
    ...{ labels, maxLength, tokenizer, ...(rows !== undefined && { maxRows: rows }) },
    async *answers(batches, signal) {
      for (const batch of batches) {
        await nextTurn();
        signal?.throwIfAborted();
        yield [batch, await logitsOf(batch.inputs)] as const;
      }
    },
    identity: () => ({
      id: 'onnx classifier',
      version: 1,
      settings: {
        ...{ maxLength, labels, device: device ?? runtime.devices[0] },
        ...(quantizesByBatch && { maxRows: 1 }),
      },
      content: {
        model: runtime.contentHash(bytes),
        ...Object.fromEntries(
          Object.entries(tokenizer.files).map(([file, text]) => [file, runtime.contentHash(text)]),
        ),
      },
    }),
    release: () => session.release(),
  });
}

async function open(
  bytes: Uint8Array,
  { runtime, ...running }: RuntimeOptions & { readonly runtime: Runtime },
): Promise<{
  readonly inputs: readonly (keyof typeof feeds)[];
  readonly quantizesByBatch: boolean;
  readonly session: Session;
}> {
  const { modelNames } = await import('../../onnx/model-names.ts'); // with the library comes no protobuf before it is needed
  const { inputs, outputs, quantizesByBatch } = modelNames(bytes);
  const foreign = inputs.filter((input) => !Object.hasOwn(feeds, input));
  if (foreign.length > 0 || !inputs.includes('input_ids')) {
    throw new Error(
      `its inputs are ${excerptList(inputs)}; expected ${excerptList(Object.keys(feeds))}, the last two if it likes`,
    );
  }
  if (!outputs.includes('logits'))
    throw new Error(`its outputs are ${excerptList(outputs)}; expected "logits"`);
  const session = await runtime.openSession(() => bytes, running);
  return { inputs: inputs as readonly (keyof typeof feeds)[], quantizesByBatch, session };
}

const int64 = (values: readonly number[]) => ({
  dtype: 'int64' as const,
  shape: [1, values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** A batch that every model can read. */
const tokenTriple: PaddedBatch = {
  ids: int64([0, 0, 0]),
  typeIds: int64([0, 0, 0]),
  attentionMask: int64([1, 1, 1]),
};
