import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { parseJson } from '../base/parse-json.ts';
import { readShape } from '../base/read-shape.ts';
import { sizeOf } from '../base/tensor.ts';
import { truncated } from '../files/truncated.ts';
import { bytesOf, type StoredDType } from './stored-dtypes.ts';

/** Where one tensor lies in its file. */
export interface StoredEntry {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** Position of the first byte, counted from the start of the file. */
  readonly start: number;
  readonly bytes: number;
}

/** What a safetensors file says of itself. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** Bytes that are read piece by piece, of a file or of memory. */
export interface ByteSource {
  /** What messages call it. */
  readonly path: string;
  readonly size: number;
  read(start: number, bytes: number): Uint8Array;
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
 * @throws VdaError `bad-input` when it is truncated or its header is wrong; `unsupported` for an element type outside
 *   {@link StoredDType}
 */
export function readHeader(source: ByteSource): SafetensorsHeader {
  const { path, size: total } = source;
  if (total < 8) throw truncated({ path, what: 'the 8-byte header length', expected: 8, got: total });
  const prefix = source.read(0, 8);
  const headerLength = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (headerLength > largestHeader) {
    throw badHeader(path, `it claims ${headerLength} bytes of header, more than ${largestHeader}`);
  }
  const dataStart = 8 + headerLength;
  if (dataStart > total) throw truncated({ path, what: 'the header', expected: dataStart, got: total });
  const header = parseHeader(path, source.read(8, headerLength));
  const { __metadata__: rawMetadata = {}, ...rawEntries } = header;
  const metadata = metadataSchema.safeParse(rawMetadata);
  if (!metadata.success) throw badHeader(path, '__metadata__ must map strings to strings');
  const entries = new Map<string, StoredEntry>();
  for (const [name, raw] of Object.entries(rawEntries))
    entries.set(name, checkEntry(raw, { path, name, dataStart }));
  checkLayout(entries, { path, dataStart, total });
  return { metadata: metadata.data, entries };
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

const badHeader = (path: string, why: string) =>
  new VdaError('bad-input', `${path} is not a valid safetensors file: ${why}. Fetch or save the file again.`);
