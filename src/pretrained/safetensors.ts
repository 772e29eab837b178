import { fstatSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { parseJson } from '../base/parse-json.ts';
import { readShape } from '../base/read-shape.ts';
import { sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { readBytes, truncated, withFile } from '../files/file-bytes.ts';
import { encodeF16 } from './half.ts';
import { bytesOf, float32Decoders, type StoredDType } from './stored-dtypes.ts';

/** Where one tensor lies in its file. */
export interface StoredEntry {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** Position of the first byte, counted from the start of the file. */
  readonly start: number;
  readonly bytes: number;
}

/** The checked header of a file; tensors are read when asked for. */
export interface SafetensorsFile {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** Axes of a tensor. No model has a tenth as many. */
const mostAxes = 32;

const headerEntry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(mostAxes),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());

/** No header of a real model comes near this; the format's own limit is the same. */
const largestHeader = 100_000_000;

/**
 * Reads and checks the header of a safetensors file: every tensor inside the file, of the size its shape says, none
 * overlapping another.
 *
 * @throws VdaError `not-found` when there is no file; `bad-input` when it is truncated or its header is wrong;
 *   `unsupported` for an element type outside {@link StoredDType}
 */
export function readSafetensors(path: string): SafetensorsFile {
  return withFile(path, (file) => {
    const total = fstatSync(file).size;
    if (total < 8) throw truncated({ path, what: 'the 8-byte header length', expected: 8, got: total });
    const prefix = Buffer.from(readBytes(file, { path, start: 0, bytes: 8 }));
    const headerLength = Number(prefix.readBigUInt64LE(0));
    if (headerLength > largestHeader) {
      throw badHeader(path, `it claims ${headerLength} bytes of header, more than ${largestHeader}`);
    }
    const dataStart = 8 + headerLength;
    if (dataStart > total) throw truncated({ path, what: 'the header', expected: dataStart, got: total });
    const header = parseHeader(path, readBytes(file, { path, start: 8, bytes: headerLength }));
    const { __metadata__: rawMetadata = {}, ...rawEntries } = header;
    const metadata = metadataSchema.safeParse(rawMetadata);
    if (!metadata.success) throw badHeader(path, '__metadata__ must map strings to strings');
    const entries = new Map<string, StoredEntry>();
    for (const [name, raw] of Object.entries(rawEntries))
      entries.set(name, checkEntry(raw, { path, name, dataStart }));
    checkLayout(entries, { path, dataStart, total });
    return { path, metadata: metadata.data, entries };
  });
}

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

function parseHeader(path: string, bytes: Uint8Array): Record<string, unknown> {
  let json: unknown;
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw badHeader(path, `it is not JSON (${messageOf(thrown)})`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badHeader(path, 'its header is not a JSON object');
  return json as Record<string, unknown>;
}

function checkEntry(
  raw: unknown,
  { path, name, dataStart }: { readonly path: string; readonly name: string; readonly dataStart: number },
): StoredEntry {
  const parsed = readShape(headerEntry, raw);
  if (!parsed.ok) throw badHeader(path, `the entry of tensor ${excerpt(name)} is wrong: ${parsed.problem}`);
  const { dtype, shape, data_offsets } = parsed.value;
  if (!isStoredDType(dtype)) {
    throw new VdaError(
      'unsupported',
      `${path}: tensor ${excerpt(name)} has element type ${excerpt(dtype)}; this version reads ${Object.keys(bytesOf).join(', ')}. ` +
        'Save the checkpoint in one of these.',
    );
  }
  const bytes = data_offsets[1] - data_offsets[0];
  const expected = sizeOf(shape) * bytesOf[dtype];
  if (bytes !== expected) {
    throw badHeader(
      path,
      `tensor ${excerpt(name)}, ${dtype} [${excerpt(shape.join(', '))}], needs ${expected} bytes but has ${bytes}`,
    );
  }
  return { dtype, shape, start: dataStart + data_offsets[0], bytes };
}

/** Tensors must tile the data section: overlaps and holes are ways to smuggle bytes, and the format forbids them. */
function checkLayout(
  entries: ReadonlyMap<string, StoredEntry>,
  { path, dataStart, total }: { readonly path: string; readonly dataStart: number; readonly total: number },
): void {
  let end = dataStart;
  for (const [name, { start, bytes }] of [...entries].sort(
    ([, a], [, b]) => a.start - b.start || a.bytes - b.bytes,
  )) {
    if (start !== end) {
      const where = `${start - dataStart} where ${end - dataStart} was expected`;
      throw badHeader(path, `the bytes of tensor ${excerpt(name)} start at offset ${where}`);
    }
    end = start + bytes;
  }
  if (end > total) throw truncated({ path, what: 'the tensors', expected: end, got: total });
  if (end < total) throw badHeader(path, `${total - end} bytes after the last tensor belong to none`);
}

const isStoredDType = (name: string): name is StoredDType => Object.hasOwn(bytesOf, name);

function readStored(file: SafetensorsFile, name: string) {
  const entry = file.entries.get(name);
  if (entry === undefined) throw new VdaError('not-found', `${file.path} has no tensor named ${name}.`);
  const { path } = file;
  return { entry, bytes: withFile(path, (handle) => readBytes(handle, { path, ...entry })) };
}

const badHeader = (path: string, why: string) =>
  new VdaError('bad-input', `${path} is not a valid safetensors file: ${why}. Fetch or save the file again.`);
