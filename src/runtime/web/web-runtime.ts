import { argument, messageOf, VdaError } from '../../base/error.ts';
import { checkSettings, requireArgument } from '../../base/setting-rules.ts';
import { sha256 } from '../../base/sha256.ts';
import { webDevices } from '../devices.ts';
import { type OrtSession, type OrtTensorConstructor, ortSession, ortSessionOptions } from '../ort-session.ts';
import { type Runtime, runtimeRules, type Session } from '../runtime.ts';

/** What is used of the module `onnxruntime-web`. */
export interface OrtWeb {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: typeof ortSessionOptions & { readonly executionProviders: readonly string[] },
    ): Promise<OrtSession>;
  };
  readonly Tensor: OrtTensorConstructor;
}

/**
 * A browser, by onnxruntime-web, which the caller brings and sets up (`ort.env`: threads, where its files are):
 *
 *     import * as ort from 'onnxruntime-web';
 *     const classifier = await createClassifier(model, { runtime: webRuntime(ort) });
 *
 * Devices are its execution providers. `wasm`, the default, runs every program that asks a model. `webgpu` lacks some
 * operators that programs use (FusedMatMul, OneHot, LogSoftmax): onnxruntime-web gives those to WebAssembly where it can,
 * and nothing of it is tested here. Nothing can be trained, for outputs go into no buffer of the caller.
 *
 * @throws VdaError `usage` when `ort` is not that module
 */
export function webRuntime(ort: OrtWeb): Runtime {
  const isOrt = typeof ort?.Tensor === 'function' && typeof ort.InferenceSession?.create === 'function';
  requireArgument(isOrt, {
    owner: 'webRuntime',
    name: 'ort',
    expected: 'the module onnxruntime-web',
    got: ort,
  });
  return {
    devices: webDevices,
    parallelism: () => 1,
    contentHash: sha256,
    openSession: async (model, { device = 'wasm', numThreads }) => {
      checkSettings('webRuntime', { device }, { rules: runtimeRules(webDevices) });
      if (numThreads !== undefined) {
        throw new VdaError(
          'unsupported',
          `webRuntime: ${argument('numThreads')}: onnxruntime-web has one number of threads for all sessions; set ort.env.wasm.numThreads before the first is opened.`,
        );
      }
      const executionProviders = device === 'wasm' ? ['wasm'] : [device, 'wasm'];
      try {
        const options = { ...ortSessionOptions, executionProviders };
        return intoNoBuffers(ortSession(await ort.InferenceSession.create(model(), options), ort.Tensor));
      } catch (error) {
        throw new VdaError(
          device === 'wasm' ? 'internal' : 'unsupported',
          `onnxruntime-web could not open a program on '${device}': ${messageOf(error)}. ` +
            (device === 'wasm' ? 'Check that the files of ort.env.wasm.wasmPaths are served.' : 'Use wasm.'),
          { cause: error },
        );
      }
    },
  };
}

/** What onnxruntime-web does with a buffer for an output differs from provider to provider. */
const intoNoBuffers = (session: Session): Session => ({
  ...session,
  run: async (inputs, outputs) => {
    if (Object.values(outputs).some(({ data }) => data)) {
      throw new Error('a buffer is given for an output; onnxruntime-web writes into none');
    }
    return session.run(inputs, outputs);
  },
});
