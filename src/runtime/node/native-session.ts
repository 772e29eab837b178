import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../base/error.ts';
import { arrayOf, sizeOf, type Tensor } from '../../base/tensor.ts';
import { onnxTypeOf } from '../../graph/ops/cast.ts';
import type { Output, Session } from '../runtime.ts';
import { type Arguments, loadOrtCApi, type OrtCApi, type Pointer } from './ort-c-api.ts';

let loading: Promise<OrtCApi> | undefined;

const load = (): Promise<OrtCApi> => {
  loading ??= loadOrtCApi();
  return loading;
};

/** ONNX Runtime's C interface, opened with the first call; undefined where this platform has none. */
export const nativeRuntime = (): Promise<OrtCApi | undefined> => load().catch(() => undefined);

/** Why {@link nativeRuntime} has none; undefined where it has. */
export const nativeFailure = (): Promise<string | undefined> => load().then(() => undefined, messageOf);

/**
 * Opens a session on the CPU through the C interface. One that is dropped without a release goes with its JavaScript
 * object, as those of the Node binding do.
 */
export function openNativeSession(
  ort: OrtCApi,
  p: { readonly model: Uint8Array; readonly numThreads?: number | undefined },
): Session {
  let session: Pointer | undefined = ort.createSession({
    model: p.model,
    intraOpNumThreads: p.numThreads ?? 0,
  });
  const token = {};
  const release = releaseOf(ort, session);
  const opened: Session = {
    run: async (inputs, outputs) => {
      await setImmediate(); // a run holds the thread: signals and timers have their turn before it
      if (session === undefined) throw new Error('the session was released');
      return runSession(ort, { session, inputs, outputs });
    },
    release: async () => {
      if (session === undefined) return;
      session = undefined;
      dropped.unregister(token);
      release();
    },
  };
  dropped.register(opened, release, token);
  return opened;
}

const dropped = new FinalizationRegistry<() => void>((release) => release());

/** Apart from the session's own functions: what is called once they are gone must not hold them. */
const releaseOf = (ort: OrtCApi, session: Pointer) => () => ort.releaseSession(session);

function runSession(
  ort: OrtCApi,
  p: {
    readonly session: Pointer;
    readonly inputs: Readonly<Record<string, Tensor>>;
    readonly outputs: Readonly<Record<string, Output>>;
  },
): Readonly<Record<string, Tensor>> {
  const results = Object.fromEntries(
    Object.entries(p.outputs).map(([name, output]) => [name, withData(output)]),
  );
  const views: Pointer[] = [];
  const argumentsOf = (tensors: Readonly<Record<string, Tensor>>): Arguments => {
    const from = views.length;
    for (const { dtype, shape, data } of Object.values(tensors)) {
      const dims = BigInt64Array.from(shape, BigInt);
      views.push(ort.createTensor({ data, shape: dims, elementType: onnxTypeOf[dtype] }));
    }
    return { names: Object.keys(tensors), tensors: BigUint64Array.from(views.slice(from)) };
  };
  try {
    ort.run(p.session, { inputs: argumentsOf(p.inputs), outputs: argumentsOf(results) });
  } finally {
    for (const view of views) ort.releaseTensor(view);
  }
  return results;
}

function withData(output: Output): Tensor {
  const { dtype, shape, data } = output;
  return data ? (output as Tensor) : { dtype, shape, data: new arrayOf[dtype](sizeOf(shape)) };
}
