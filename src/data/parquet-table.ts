import zlib from 'node:zlib';
import { messageOf, VdaError } from '../base/error.ts';
import { contentHash } from '../files/content-hash.ts';
import type { TableFile } from './table-file.ts';
import { readBytes } from './text-file.ts';

/** Whether a file's name says that it is a Parquet file. */
export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/**
 * Reads a Parquet file: its columns of texts, numbers and truth values; lists, records and bytes are left out. Rows are counted
 * from 1, as lines of a text file are. Where the file says which names its class numbers stand for, as those of Hugging Face data sets do
 * (`ClassLabel`), labels are names. Compressed by Snappy, gzip or Brotli; by Zstandard with a Node that has it (22.15).
 *
 * @throws VdaError `not-found`; `bad-input` for what is no such file, or is compressed otherwise
 */
export async function readParquet(path: string): Promise<TableFile> {
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const bytes = readBytes(path);
  try {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const metadata = parquetMetadata(file);
    const { children: all } = parquetSchema(metadata);
    const columns = all
      .filter(({ element, children }) => children.length === 0 && isScalar(element))
      .map(({ element }) => element.name);
    const records = await parquetReadObjects({ ...{ file, metadata, columns, compressors } });
    const names = classNames(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value);
    const shown = (column: string, value: unknown): string | undefined =>
      value === null || value === undefined ? undefined : (names[column]?.[Number(value)] ?? String(value));
    const rows = records.map((record, i) => ({
      line: i + 1,
      fields: columns.map((column) => shown(column, record[column])),
    }));
    const otherColumns = all.map(({ element }) => element.name).filter((name) => !columns.includes(name));
    return { columns, otherColumns, rows, sha256: contentHash(bytes), remarks: [] };
  } catch (thrown) {
    const codec = /unsupported compression codec: (\w+)/.exec(messageOf(thrown))?.[1];
    if (codec !== undefined) throw compressedOtherwise(path, codec);
    throw new VdaError(
      'bad-input',
      `${path} cannot be read as a Parquet file: ${messageOf(thrown)}. Fetch it again, or write it as JSON Lines, for example ` +
        'with pandas: read_parquet("FILE").to_json("FILE.jsonl", orient="records", lines=True).',
      { cause: thrown },
    );
  }
}

function compressedOtherwise(path: string, codec: string): VdaError {
  const newer =
    codec === 'ZSTD'
      ? `Node reads it from version 22.15 on, this is ${process.version}. Else write`
      : 'Write';
  return new VdaError(
    'bad-input',
    `${path} is a Parquet file compressed by ${codec}, which is not read here. ${newer} it anew, for example with pandas: ` +
      'read_parquet("FILE").to_parquet("NEW", compression="snappy").',
  );
}

/** Texts, numbers and truth values, of which a row has one. */
const isScalar = (element: {
  readonly type?: string;
  readonly repetition_type?: string;
  readonly converted_type?: string;
  readonly logical_type?: { readonly type: string };
}): boolean =>
  element.repetition_type !== 'REPEATED' &&
  (element.type === 'BYTE_ARRAY'
    ? element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING'
    : /^(BOOLEAN|INT32|INT64|FLOAT|DOUBLE)$/.test(element.type ?? ''));

const zstd = (zlib as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdDecompressSync;

const compressors = {
  GZIP: (bytes: Uint8Array): Uint8Array => zlib.gunzipSync(bytes),
  BROTLI: (bytes: Uint8Array): Uint8Array => zlib.brotliDecompressSync(bytes),
  ...(zstd && { ZSTD: (bytes: Uint8Array): Uint8Array => zstd(bytes) }),
};

/** Names of classes by column, from what `datasets` writes beside the schema; none where it is something else. */
function classNames(metadata: string | undefined): Readonly<Record<string, readonly string[]>> {
  try {
    const features: unknown = JSON.parse(metadata ?? '{}')?.info?.features;
    return Object.fromEntries(
      Object.entries(features ?? {}).flatMap(([column, feature]: [string, unknown]) => {
        const { _type: type, names } = feature as { readonly _type?: unknown; readonly names?: unknown };
        const isNamed =
          type === 'ClassLabel' && Array.isArray(names) && names.every((one) => typeof one === 'string');
        return isNamed ? [[column, names]] : [];
      }),
    );
  } catch {
    return {};
  }
}
