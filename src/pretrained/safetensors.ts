import { fstatSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { encodeF16 } from '../base/half.ts';
import { sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { readBytes, withFile } from '../files/file-bytes.ts';
import { readHeader, type SafetensorsHeader } from './safetensors-header.ts';
import { bytesOf, float32Decoders, type StoredDType } from './stored-dtypes.ts';

/** The checked header of a file; tensors are read when asked for. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly path: string;
}

/**
 * Reads and checks the header of a safetensors file ({@link readHeader}).
 * @throws VdaError `not-found` when there is no file; `bad-input` when it is truncated or its header is wrong;
 *   `unsupported` for an element type outside {@link StoredDType}
 */
export const readSafetensors = (path: string): SafetensorsFile =>
  withFile(path, (file) => ({
    path,
    ...readHeader({
      ...{ path, size: fstatSync(file).size },
      read: (start, bytes) => readBytes(file, { path, start, bytes }),
    }),
  }));

/**
 * Reads one tensor and widens (or, for 64-bit types, rounds) it to float32.
 * @throws VdaError `not-found` when the file has no such tensor
 */
export function readFloat32(file: SafetensorsFile, name: string): Tensor<'float32'> {
  const { entry, bytes } = readStored(file, name);
  return tensor('float32', entry.shape, float32Decoders[entry.dtype](bytes.buffer));
}

const storedAs = {
  float32: 'F32',
  float64: 'F64',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<Tensor['dtype'], StoredDType>;

export interface WriteSafetensorsOptions {
  /** Extra entries of `__metadata__`; `format: 'pt'`, which transformers asks for, is always there. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How float32 tensors are stored. Default `'F32'`; other types are always kept. */
  readonly dtype?: 'F32' | 'F16';
}

/**
 * Writes tensors to a safetensors file, whole or not at all. The bytes depend on the contents only: names sorted by
 * code unit, offsets in that order, the header padded with spaces so that the data starts at a multiple of 8.
 *
 * @throws VdaError `no-space` when the disk is full (the previous file stays); `unsupported` when a value does not fit
 *   in half precision
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  options: WriteSafetensorsOptions = {},
): void {
  writeFilesAtomically([{ path, chunks: safetensorsChunks(tensors, options) }]);
}

/** The bytes of {@link writeSafetensors} in pieces: the header, then each tensor. */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, Tensor>,
  { metadata = {}, dtype = 'F32' }: WriteSafetensorsOptions = {},
): Generator<Uint8Array> {
  const sortedMetadata = Object.fromEntries(Object.entries({ ...metadata, format: 'pt' }).sort(byName));
  const header: Record<string, unknown> = { __metadata__: sortedMetadata };
  const sorted = [...tensors].sort(byName);
  let offset = 0;
  for (const [name, { dtype: hostType, shape }] of sorted) {
    const stored = hostType === 'float32' ? dtype : storedAs[hostType];
    const end = offset + sizeOf(shape) * bytesOf[stored];
    header[name] = { dtype: stored, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const padded = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8), 0);
  json.copy(padded, 8);
  yield padded;
  for (const [name, { data }] of sorted) {
    const stored = dtype === 'F16' && data instanceof Float32Array ? encodeF16(data, `tensor ${name}`) : data;
    yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readStored(file: SafetensorsFile, name: string) {
  const entry = file.entries.get(name);
  if (entry === undefined) throw new VdaError('not-found', `${file.path} has no tensor named ${name}.`);
  const { path } = file;
  return { entry, bytes: withFile(path, (handle) => readBytes(handle, { path, ...entry })) };
}
