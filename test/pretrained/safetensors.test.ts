import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../src/base/error.ts';
import { float32Tensor, int64Tensor, type Tensor, tensor } from '../../src/base/tensor.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { temporaryFolder } from './folders.ts';

const fixture = join(import.meta.dirname, '../fixtures/checkpoints/dtypes.safetensors');

/** A file with this header and this many bytes of data, whatever they say. */
function handMade(header: unknown, dataBytes: number): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(temporaryFolder(), 'x.safetensors');
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}
function messageFrom(run: () => unknown): string {
  try {
    run();
    return 'nothing was thrown';
  } catch (thrown) {
    return messageOf(thrown);
  }
}

const entry = (dtype: string, shape: number[], from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('readSafetensors', () => {
  it('reads every element type as the Python library wrote it', () => {
    const file = readSafetensors(fixture);
    // The values oracles/make_safetensors_fixture.py wrote, exact in each type.
    const expected: Record<string, number[]> = {
      bf16: [1, -2, 0.5, -0.25, 3, 100],
      bool: [1, 0, 1, 1, 0, 0],
      f16: [1, -2, 0.5, -0.25, 3, 100],
      f32: [1, -2, 0.5, -0.25, 3, 100],
      f64: [1, -2, 0.5, -0.25, 3, 100],
      i16: [1, -2, 3, -4, 5, 100],
      i32: [1, -2, 3, -4, 5, 100],
      i64: [1, -2, 3, -4, 5, 100],
      i8: [1, -2, 3, -4, 5, 100],
      u8: [1, 2, 3, 4, 5, 200],
    };
    expect([...file.entries.keys()].sort()).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      expect([name, readFloat32(file, name)]).toEqual([name, float32Tensor([2, 3], values)]);
    }
    expect(file.metadata).toEqual({ format: 'pt', made_by: 'oracle' });
  });

  it('names a folder that stands where the file should', () => {
    const folder = temporaryFolder();
    expect(() => readSafetensors(folder)).toThrow(`Cannot open ${folder}: expected a file, got a folder.`);
  });

  it('says what is wrong with a file that is not there', () => {
    expect(() => readSafetensors('/nowhere/x.safetensors')).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: expect.stringContaining('/nowhere/x.safetensors'),
      }),
    );
  });

  it('says where a truncated file ends and where it should, at every length', () => {
    const path = join(temporaryFolder(), 'cut.safetensors');
    copyFileSync(fixture, path);
    const size = statSync(path).size;
    const silent: number[] = [];
    for (let length = size - 1; length >= 0; length--) {
      truncateSync(path, length);
      const expected = new RegExp(`truncated: .* should end at byte \\d+, .* ${length} bytes`);
      if (!expected.test(messageFrom(() => readSafetensors(path)))) silent.push(length);
    }
    expect(silent).toEqual([]);
  });

  it.each([
    ['a header that is not JSON', '{"a":', 0, /not JSON/],
    ['a header that is a list', [], 0, /not a JSON object/],
    ['a negative offset', { a: entry('F32', [1], -4, 0) }, 4, /tensor a is wrong/],
    ['an unknown field', { a: { ...entry('F32', [1], 0, 4), extra: 1 } }, 4, /tensor a is wrong/],
    [
      'a size that is not the shape’s',
      { a: entry('F32', [2], 0, 4) },
      4,
      /tensor a.*needs 8 bytes but has 4/,
    ],
    [
      'overlapping tensors',
      { a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) },
      8,
      /tensor b start at offset 4/,
    ],
    ['a hole', { a: entry('F32', [1], 4, 8) }, 8, /tensor a start at offset 4 where 0/],
    ['bytes that belong to no tensor', { a: entry('F32', [1], 0, 4) }, 6, /2 bytes after the last tensor/],
    ['metadata that is not text', { __metadata__: { step: 1 } }, 0, /__metadata__/],
    ['an unknown element type', { a: entry('F4', [1], 0, 4) }, 4, /tensor a has element type F4.*F64, F32/],
  ])('refuses %s', (_, header, bytes, message) => {
    expect(() => readSafetensors(handMade(header, bytes))).toThrow(message);
  });

  it('refuses a header length beyond the limit without allocating it', () => {
    const path = join(temporaryFolder(), 'x.safetensors');
    writeFileSync(path, Buffer.alloc(16, 0xff));
    expect(() => readSafetensors(path)).toThrow(/bytes of header, more than/);
  });

  it('names a tensor that is not in the file', () => {
    expect(() => readFloat32(readSafetensors(fixture), 'w')).toThrow(/no tensor named w/);
  });
});

describe('writeSafetensors', () => {
  it('writes the bytes that the Python library writes for the same tensors', () => {
    const f32 = float32Tensor([2, 3], [1, -2, 0.5, -0.25, 3, 100]);
    const folder = temporaryFolder();
    const path = join(folder, 'x.safetensors');
    writeSafetensors(path, new Map([['f32', f32]]));
    expect(readFileSync(path)).toEqual(readFileSync(join(fixture, '../f32.safetensors')));
    writeSafetensors(path, new Map([['f16', f32]]), { dtype: 'F16' });
    expect(readFileSync(path)).toEqual(readFileSync(join(fixture, '../f16.safetensors')));
    expect(readdirSync(folder)).toEqual(['x.safetensors']);
  });

  it('writes the same bytes whatever the order of the tensors, data aligned to 8', () => {
    const folder = temporaryFolder();
    const tensors: [string, Tensor][] = [
      ['b', float32Tensor([3], [1, 2, 3])],
      ['a', int64Tensor([], [7])],
      ['ab', tensor('uint8', [1], Uint8Array.of(9))],
    ];
    writeSafetensors(join(folder, '1'), new Map(tensors), { metadata: { z: '1', a: '2' } });
    writeSafetensors(join(folder, '2'), new Map(tensors.toReversed()), { metadata: { a: '2', z: '1' } });
    const bytes = readFileSync(join(folder, '1'));
    expect(readFileSync(join(folder, '2'))).toEqual(bytes);
    expect(bytes.readBigUInt64LE(0) % 8n).toBe(0n);
  });

  it('gives back what was written, for any names and shapes', () => {
    const path = join(temporaryFolder(), 'x');
    const anyTensor = fc
      .array(fc.nat(3), { maxLength: 3 })
      .chain((shape) =>
        fc
          .array(fc.float({ noNaN: true }), { minLength: size(shape), maxLength: size(shape) })
          .map((values) => float32Tensor(shape, values)),
      );
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.startsWith('__'));
    fc.assert(
      fc.property(fc.dictionary(name, anyTensor), (tensors) => {
        writeSafetensors(path, new Map(Object.entries(tensors)));
        const file = readSafetensors(path);
        const back = Object.fromEntries([...file.entries.keys()].map((key) => [key, readFloat32(file, key)]));
        expect(back).toEqual({ ...tensors });
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
