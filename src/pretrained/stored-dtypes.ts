import { decodeBF16, decodeF16 } from '../base/half.ts';

/** Bytes of an element, by type as safetensors calls it. */
export const bytesOf = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** Element types of stored tensors that can be read. */
export type StoredDType = keyof typeof bytesOf;

/** Stored bytes as float32: widened or, for 64-bit types, rounded. */
export const float32Decoders = {
  F64: (data) => Float32Array.from(new Float64Array(data)),
  F32: (data) => new Float32Array(data),
  F16: (data) => decodeF16(new Uint16Array(data)),
  BF16: (data) => decodeBF16(new Uint16Array(data)),
  I64: (data) => Float32Array.from(new BigInt64Array(data), Number),
  I32: (data) => Float32Array.from(new Int32Array(data)),
  I16: (data) => Float32Array.from(new Int16Array(data)),
  I8: (data) => Float32Array.from(new Int8Array(data)),
  U64: (data) => Float32Array.from(new BigUint64Array(data), Number),
  U32: (data) => Float32Array.from(new Uint32Array(data)),
  U16: (data) => Float32Array.from(new Uint16Array(data)),
  U8: (data) => Float32Array.from(new Uint8Array(data)),
  BOOL: (data) => Float32Array.from(new Uint8Array(data)),
} satisfies Record<StoredDType, (data: ArrayBuffer) => Float32Array<ArrayBuffer>>;
