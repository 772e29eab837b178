import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventFileName, openEventLog } from '../../src/runs/tensorboard.ts';
import { crc32c, encodeRecord, scanRecords } from '../../src/runs/tf-record.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vda-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = () => 1_700_000_000_500;
const bytesOf = (path: string) => new Uint8Array(readFileSync(path));

describe('crc32c', () => {
  it('gives the check value of the algorithm', () => {
    // RFC 3720, appendix B.4: 32 zero bytes; the usual check string is from the catalogue of CRC algorithms.
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });
});

describe('scanRecords', () => {
  const records = ['one', '', 'three'].map((text) => encodeRecord(new TextEncoder().encode(text)));
  const file = new Uint8Array(records.flatMap((record) => [...record]));

  it('reads whole records back', () => {
    const { records: read, validBytes } = scanRecords(file);
    expect(read.map((record) => new TextDecoder().decode(record))).toEqual(['one', '', 'three']);
    expect(validBytes).toBe(file.length);
  });

  it('stops before a record that is cut off, wherever the cut', () => {
    const whole = records[0]!.length + records[1]!.length;
    for (let end = whole; end < file.length; end++) {
      expect(scanRecords(file.subarray(0, end)).validBytes).toBe(whole);
    }
  });

  it('stops before a record with a flipped bit, wherever the bit', () => {
    for (let at = records[0]!.length; at < records[0]!.length + records[1]!.length; at++) {
      const damaged = file.slice();
      damaged[at]! ^= 1;
      expect(scanRecords(damaged).validBytes).toBe(records[0]!.length);
    }
  });
});

describe('openEventLog', () => {
  it('writes the bytes that TensorBoard’s own writer does', () => {
    const log = openEventLog({ folder, fromStep: 7, now });
    log.scalars(7, { 'train/loss': 0.25, 'train/lr': 2e-5 });
    log.scalars(2 ** 40, { 'évaluation/accuracy': Number.POSITIVE_INFINITY });
    log.close();
    expect(bytesOf(join(folder, eventFileName))).toEqual(bytesOf('test/fixtures/training/events.tfevents'));
  });

  it('appends after a crash, without the unfinished record', () => {
    const path = join(folder, eventFileName);
    const first = openEventLog({ folder, now });
    first.scalars(1, { loss: 1 });
    first.close();
    const before = bytesOf(path);
    appendFileSync(path, before.subarray(0, before.length - 1).subarray(-20));
    const second = openEventLog({ folder, fromStep: 1, now });
    second.scalars(1, { loss: 2 });
    second.close();
    const after = bytesOf(path);
    expect(after.subarray(0, before.length)).toEqual(before);
    // Two versions, one session start, two scalars; nothing left over.
    expect(scanRecords(after).records.length).toBe(5);
    expect(scanRecords(after).validBytes).toBe(after.length);
  });

  it('makes the folder, and refuses to touch another kind of file', () => {
    openEventLog({ folder: join(folder, 'a', 'b'), now }).close();
    writeFileSync(join(folder, eventFileName), 'not events, but somebody’s notes');
    expect(() => openEventLog({ folder, now })).toThrow(/start with an event record/);
    expect(readFileSync(join(folder, eventFileName), 'utf8')).toMatch(/notes/);
  });
});
