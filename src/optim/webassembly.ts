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
