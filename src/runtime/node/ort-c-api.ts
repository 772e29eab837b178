import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { LibraryHandle } from 'koffi';

/** An address in this process's memory. */
export type Pointer = bigint;

/**
 * ONNX Runtime's C interface (`OrtApi` in onnxruntime_c_api.h), as far as sessions use it. Functions throw what ONNX
 * Runtime says where a call fails.
 */
export interface OrtCApi {
  /** @param p.intraOpNumThreads threads inside an operator; ONNX Runtime's own choice where it is 0 */
  createSession(p: { readonly model: Uint8Array; readonly intraOpNumThreads: number }): Pointer;
  /** A view of host memory as a tensor: nothing is copied, and the memory must outlive it. */
  createTensor(p: {
    readonly data: ArrayBufferView;
    readonly shape: BigInt64Array;
    /** ONNXTensorElementDataType, whose numbers for numbers are those of TensorProto. */
    readonly elementType: number;
  }): Pointer;
  /** Writes the outputs into the tensors given for them. */
  run(session: Pointer, p: { readonly inputs: Arguments; readonly outputs: Arguments }): void;
  releaseTensor(tensor: Pointer): void;
  releaseSession(session: Pointer): void;
}

/** Tensors by name, in the same order. */
export interface Arguments {
  readonly names: readonly string[];
  /** Pointers. */
  readonly tensors: BigUint64Array;
}

/** The functions by their place in `OrtApi`, which only grows at its end, with the types of their parameters. */
const functions = {
  GetErrorMessage: [2, 'const char *', ['void *']],
  CreateEnv: [3, 'void *', ['int', 'const char *', 'out']],
  CreateSessionFromArray: [8, 'void *', ['void *', 'void *', 'size_t', 'void *', 'out']],
  Run: [
    9,
    'void *',
    ['void *', 'void *', 'const char **', 'void *', 'size_t', 'const char **', 'size_t', 'void *'],
  ],
  CreateSessionOptions: [10, 'void *', ['out']],
  DisableMemPattern: [17, 'void *', ['void *']],
  SetSessionLogSeverityLevel: [22, 'void *', ['void *', 'int']],
  SetSessionGraphOptimizationLevel: [23, 'void *', ['void *', 'int']],
  SetIntraOpNumThreads: [24, 'void *', ['void *', 'int']],
  CreateTensorWithDataAsOrtValue: [
    49,
    'void *',
    ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'out'],
  ],
  CreateCpuMemoryInfo: [69, 'void *', ['int', 'int', 'out']],
  ReleaseStatus: [93, 'void', ['void *']],
  ReleaseSession: [95, 'void', ['void *']],
  ReleaseValue: [96, 'void', ['void *']],
  ReleaseSessionOptions: [100, 'void', ['void *']],
} as const;

const tableLength = 1 + Math.max(...Object.values(functions).map(([place]) => place));
const fatal = 4; // ORT_LOGGING_LEVEL_FATAL: what goes wrong is thrown
const enableAll = 99; // ORT_ENABLE_ALL
const arenaAllocator = 1; // OrtArenaAllocator
const defaultMemory = 0; // OrtMemTypeDefault

/** File of the library that onnxruntime-node brings, by platform. */
const libraryNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

type Koffi = typeof import('koffi');

/** The library, once it is open: koffi closes one that nothing refers to, under the functions found in it. */
let library: LibraryHandle | undefined;

/** Opens the library beside onnxruntime-node's binding. @throws Error where this platform has none, or none of koffi's. */
export async function loadOrtCApi(): Promise<OrtCApi> {
  const koffi = await import('koffi');
  const call = callables(koffi);
  const created = (name: keyof typeof functions, ...args: unknown[]): Pointer => {
    const out: [Pointer | null] = [null];
    check(call[name](...args, out));
    return out[0]!;
  };
  const check = (status: unknown): void => {
    if (!status) return;
    const message = call.GetErrorMessage(status) as string;
    call.ReleaseStatus(status);
    throw new Error(message);
  };

  const environment = created('CreateEnv', fatal, 'vda');
  const memory = created('CreateCpuMemoryInfo', arenaAllocator, defaultMemory);

  return {
    createSession: ({ model, intraOpNumThreads }) => {
      const options = created('CreateSessionOptions');
      try {
        // Shapes change from batch to batch, so a memory plan made for one of them would be thrown away.
        check(call.DisableMemPattern(options));
        check(call.SetSessionLogSeverityLevel(options, fatal));
        check(call.SetSessionGraphOptimizationLevel(options, enableAll));
        check(call.SetIntraOpNumThreads(options, intraOpNumThreads));
        return created('CreateSessionFromArray', environment, model, model.byteLength, options);
      } finally {
        call.ReleaseSessionOptions(options);
      }
    },
    createTensor: ({ data, shape, elementType }) => {
      const bytes = [koffi.address(data), data.byteLength];
      return created('CreateTensorWithDataAsOrtValue', memory, ...bytes, shape, shape.length, elementType);
    },
    run: (session, { inputs, outputs }) => {
      const fed = [inputs.names, inputs.tensors, inputs.names.length];
      const written = [outputs.names, outputs.names.length, outputs.tensors];
      check(call.Run(session, null, ...fed, ...written));
    },
    releaseTensor: call.ReleaseValue,
    releaseSession: call.ReleaseSession,
  };
}

/** The functions as JavaScript ones. */
function callables(koffi: Koffi): Record<keyof typeof functions, (...args: unknown[]) => unknown> {
  const { call, decode, load, out, pointer, proto } = koffi;
  const binding = createRequire(import.meta.url).resolve('onnxruntime-node');
  const name = libraryNames[process.platform];
  if (!name) throw new Error(`onnxruntime-node brings no library for ${process.platform}`);
  library = load(join(dirname(binding), '../bin/napi-v6', process.platform, process.arch, name));
  // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t version); … }
  const [getApi] = decode(library.func('void *OrtGetApiBase()')(), 'void *', 1);
  const table = decode(call(getApi, proto('void *', ['uint32_t']), 1), 'void *', tableLength);
  return Object.fromEntries(
    Object.entries(functions).map(([name, [place, result, parameters]]) => {
      const types = parameters.map((type) => (type === 'out' ? out(pointer('void *')) : type));
      return [name, decode(table[place], proto(result, types))];
    }),
  ) as never;
}
