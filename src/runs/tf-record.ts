/**
 * CRC-32C of the bytes: the polynomial 0x1EDC6F41 (Castagnoli), reflected, from and to all ones.
 * Bit by bit: event files are small, and a table would be state made on import.
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** The checksum as TFRecord stores it: rotated right by 15 bits plus a constant, so that it differs from its CRC. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const headerBytes = 12;
const footerBytes = 4;

/**
 * Frames one record of a TFRecord file: length (uint64), masked CRC of the length (uint32), the data, masked CRC
 * of the data (uint32), all little-endian. Source: TensorFlow, `core/lib/io/record_writer.h`, which describes it.
 */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(headerBytes + data.length + footerBytes);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, headerBytes);
  view.setUint32(headerBytes + data.length, maskedCrc(data), true);
  return record;
}

/** The records of a file up to the first that is cut off or damaged, and how many bytes they take. */
export interface RecordScan {
  readonly records: readonly Uint8Array[];
  readonly validBytes: number;
}

/** Reads records as far as they are whole: a writer that was killed may leave part of one at the end. */
export function scanRecords(file: Uint8Array): RecordScan {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  let start = 0;
  while (start + headerBytes + footerBytes <= file.length) {
    if (view.getUint32(start + 8, true) !== maskedCrc(file.subarray(start, start + 8))) break;
    const dataStart = start + headerBytes;
    const dataEnd = dataStart + Number(view.getBigUint64(start, true));
    if (dataEnd + footerBytes > file.length) break;
    const data = file.subarray(dataStart, dataEnd);
    if (view.getUint32(dataEnd, true) !== maskedCrc(data)) break;
    records.push(data);
    start = dataEnd + footerBytes;
  }
  return { records, validBytes: start };
}
