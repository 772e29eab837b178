import { fstatSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { readBytes } from '../files/file-bytes.ts';

/** Where the bytes of a zip file's entry lie: entries that are not compressed can be read in place. */
export interface ZipEntry {
  readonly start: number;
  readonly bytes: number;
}

const longestDirectory = 2 ** 26;
const endLength = 22;
const longestComment = 0xffff;

/**
 * The entries of a zip file that are stored as they are, as `torch.save` writes them, found by the directory at its end
 * (with the 64-bit fields that large files have).
 *
 * Source: PKWARE APPNOTE 6.3.10, §4.3.
 * @throws VdaError `bad-input` when the directory is missing, cut short or points outside the file; `unsupported` for
 *   entries that are compressed or encrypted
 */
export function zipEntries(file: number, path: string): ReadonlyMap<string, ZipEntry> {
  const size = fstatSync(file).size;
  const wrong = (why: string) =>
    new VdaError(
      'bad-input',
      `${path} is not a whole zip file: ${why}. The download or copy was probably cut short: fetch the file again.`,
    );
  const read = (start: number, bytes: number): DataView => {
    if (!(start >= 0 && start + bytes <= size)) throw wrong(`it has no bytes ${start} to ${start + bytes}`);
    return new DataView(readBytes(file, { path, start, bytes }).buffer);
  };

  const directory = directoryOf({ size, read, wrong });
  if (directory.bytes > longestDirectory) throw wrong(`its directory claims ${directory.bytes} bytes`);
  const view = read(directory.start, directory.bytes);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < view.byteLength; ) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50)
      throw wrong('its directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((i) => view.getUint16(at + i, true));
    const next = at + 46 + nameLength! + extraLength! + commentLength!;
    if (next > view.byteLength) throw wrong('its directory is damaged');
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
    const extra = new DataView(view.buffer, at + 46 + nameLength!, extraLength);
    const [bytes, , header] = wide(
      extra,
      [24, 20, 42].map((i) => view.getUint32(at + i, true)),
    );
    if ((view.getUint16(at + 8, true) & 1) !== 0 || view.getUint16(at + 10, true) !== 0) {
      throw new VdaError(
        'unsupported',
        `${path}: the entry ${name.slice(0, 80)} is compressed or encrypted; torch.save writes neither.`,
      );
    }
    const local = read(header!, 30);
    if (local.getUint32(0, true) !== 0x04034b50)
      throw wrong(`its entry ${name.slice(0, 80)} is not where its directory says`);
    const start = header! + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (start + bytes! > size) throw wrong(`its entry ${name.slice(0, 80)} ends after the file`);
    entries.set(name, { start, bytes: bytes! });
    at = next;
  }
  return entries;
}

function directoryOf(p: {
  readonly size: number;
  readonly read: (start: number, bytes: number) => DataView;
  readonly wrong: (why: string) => VdaError;
}): ZipEntry {
  const { size, read, wrong } = p;
  const from = Math.max(0, size - endLength - longestComment);
  const tail = read(from, size - from);
  let end = tail.byteLength - endLength;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw wrong('the directory at its end is missing');
  const locator = from + end - 20;
  if (locator >= 0) {
    const found = read(locator, 20);
    if (found.getUint32(0, true) === 0x07064b50) {
      const wideEnd = read(Number(found.getBigUint64(8, true)), 56);
      if (wideEnd.getUint32(0, true) !== 0x06064b50) throw wrong('the directory at its end is damaged');
      return { start: Number(wideEnd.getBigUint64(48, true)), bytes: Number(wideEnd.getBigUint64(40, true)) };
    }
  }
  return { start: tail.getUint32(end + 16, true), bytes: tail.getUint32(end + 12, true) };
}

/** Fields of 32 bits with those that are full replaced, in order, by the 64-bit ones of the extra field of id 1. */
function wide(extra: DataView, fields: readonly number[]): readonly number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return fields.map((field) => {
      if (field !== 0xffffffff || next + 8 > extra.byteLength) return field;
      next += 8;
      return Number(extra.getBigUint64(next - 8, true));
    });
  }
  return fields;
}
