import { VdaError } from '../base/error.ts';

// TypeScript ships the types of WebAssembly's JavaScript API only together with the browser's DOM; this is the part
// that vda uses.

/** An unshared linear memory. Its buffer is replaced when the memory grows, so vda never grows one. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

type WasmModule = object;

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WasmApi {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => WasmInstance;
}

/** Bytes in one page of a WebAssembly memory. */
export const pageBytes = 65_536;

/** The runtime's WebAssembly, as Node and every browser since 2017 have it. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/**
 * The most bytes of one memory: 4 GiB less one page. Leaving the last page out keeps every end address below 2³², so
 * the kernels' 32-bit address arithmetic cannot wrap.
 */
export const maxMemoryBytes = 65_535 * pageBytes;

/**
 * A memory of so many bytes, rounded up to whole pages. The system hands out pages when they are first touched, so
 * spare capacity costs nothing.
 * @param p.bytes at most {@link maxMemoryBytes}
 * @param p.owner who asks, for the message
 * @param p.advice what to do where the system does not give that much, in sentences
 * @throws VdaError `unsupported` when the system does not
 */
export function reserveMemory(p: {
  readonly bytes: number;
  readonly owner: string;
  readonly advice: string;
}): WasmMemory {
  const pages = Math.max(1, Math.ceil(p.bytes / pageBytes));
  try {
    return new webAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new VdaError(
      'unsupported',
      `${p.owner}: the system did not give ${Math.round((pages * pageBytes) / 2 ** 20)} MiB of memory in one block. ${p.advice}`,
      { cause },
    );
  }
}
