/** What a file is that is no UTF-8 text, and what can be done with it. */
interface Foreign {
  /** With its article: `a Parquet file`. */
  readonly what: string;
  readonly remedy: string;
}

const pandas = (reader: string) =>
  `Write it as JSON Lines, for example with pandas: read_${reader}("FILE").to_json("FILE.jsonl", orient="records", lines=True).`;
const unpack = 'Unpack it first (of compressed files gzip alone is read).';
const spreadsheet = 'Save the sheet as CSV in UTF-8.';
const toUtf8 = (encoding: string) => `Convert it: iconv -f ${encoding} -t UTF-8 old > new.`;

/** By the first bytes, as Latin-1; the longer mark before one that it begins with. */
const marks: readonly (readonly [string, Foreign])[] = [
  [
    'PAR1',
    {
      what: 'a Parquet file',
      remedy: 'Name it .parquet, by which it is known; programs read it by openDataset.',
    },
  ],
  ['ARROW1', { what: 'an Arrow (Feather) file', remedy: pandas('feather') }],
  ['FEA1', { what: 'a Feather file', remedy: pandas('feather') }],
  [
    '\xff\xff\xff\xff',
    {
      what: 'an Arrow stream, as Hugging Face datasets keeps them',
      remedy: 'Write it with Dataset.to_json.',
    },
  ],
  ['PK\x03\x04', { what: 'a zip archive or a spreadsheet', remedy: `${unpack} ${spreadsheet}` }],
  ['\xd0\xcf\x11\xe0', { what: 'an old Excel file', remedy: spreadsheet }],
  ['\xff\xfe\x00\x00', { what: 'text in UTF-32', remedy: toUtf8('UTF-32') }],
  ['\x00\x00\xfe\xff', { what: 'text in UTF-32', remedy: toUtf8('UTF-32') }],
  [
    '\xff\xfe',
    { what: 'text in UTF-16, "Unicode text" to older Windows programs', remedy: toUtf8('UTF-16') },
  ],
  ['\xfe\xff', { what: 'text in UTF-16', remedy: toUtf8('UTF-16') }],
  ['\x1f\x8b', { what: 'gzip within gzip', remedy: 'It was compressed twice: gunzip it once.' }],
  ['BZh', { what: 'compressed by bzip2', remedy: unpack }],
  ['\xfd7zXZ', { what: 'compressed by xz', remedy: unpack }],
  ['\x28\xb5\x2f\xfd', { what: 'compressed by zstd', remedy: unpack }],
  ['7z\xbc\xaf', { what: 'a 7z archive', remedy: unpack }],
  ['Rar!\x1a', { what: 'a rar archive', remedy: unpack }],
  ['SQLite format 3\0', { what: 'an SQLite database', remedy: 'Export the table as CSV.' }],
  ['%PDF-', { what: 'a PDF', remedy: 'Take the texts out of it.' }],
  ['\x89HDF', { what: 'an HDF5 file', remedy: pandas('hdf') }],
  ['\x93NUMPY', { what: 'a NumPy array', remedy: 'Write its texts one a line.' }],
  [
    'version https://git-lfs.github.com/spec/',
    {
      what: 'a Git LFS pointer, which stands for a file that was not fetched',
      remedy: 'Fetch it: git lfs pull.',
    },
  ],
];

/** Bytes that are looked at. */
const head = 1024;

/**
 * What a file is, where its bytes show that it is no text in UTF-8: other encodings, archives, tables of other programs,
 * a Git LFS pointer, a web page in its place. Nothing for what may be text.
 * @param bytes its beginning, decompressed
 */
export function foreignKind(bytes: Uint8Array): Foreign | undefined {
  const start = Buffer.from(bytes.subarray(0, head)).toString('latin1');
  const found = marks.find(([mark]) => start.startsWith(mark))?.[1];
  if (found !== undefined)
    return found.what.endsWith('bzip2') && !/^BZh\d1AY&SY/.test(start) ? undefined : found;
  if (start.slice(257, 262) === 'ustar') return { what: 'a tar archive', remedy: unpack };
  if (/^(\xef\xbb\xbf)?\s*(<!doctype html|<html[\s>])/i.test(start)) {
    return { what: 'a web page (HTML), not the data', remedy: 'Fetch the file itself.' };
  }
  const zeros = (parity: number) =>
    Array.from(start).filter((character, i) => i % 2 === parity && character === '\0').length;
  const [even, odd] = [zeros(0), zeros(1)];
  const many = Math.max(4, start.length / 8); // Latin letters in UTF-16 have a zero byte each
  if (odd > many && even < odd / 8)
    return { what: 'text in UTF-16 without a mark', remedy: toUtf8('UTF-16LE') };
  if (even > many && odd < even / 8)
    return { what: 'text in UTF-16 without a mark', remedy: toUtf8('UTF-16BE') };
  return undefined;
}
