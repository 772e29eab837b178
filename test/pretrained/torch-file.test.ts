import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';
import { readTorchFile } from '../../src/pretrained/torch-file.ts';
import { temporaryFolder } from './folders.ts';

// Written by oracles/make_torch_fixture.py (torch 2.15.0): the values are those of the script.
const fixture = (name: string) =>
  new URL(`../fixtures/checkpoints/torch-${name}.bin`, import.meta.url).pathname;
const reals = [1, -2, 0.5, -0.25, 3, 100];
const signed = [1, -2, 3, -4, 5, 100];
const expected: Readonly<Record<string, { shape: number[]; values: number[] }>> = {
  ...Object.fromEntries(['f64', 'f32', 'f16', 'bf16'].map((n) => [n, { shape: [2, 3], values: reals }])),
  ...Object.fromEntries(['i64', 'i32', 'i16', 'i8'].map((n) => [n, { shape: [2, 3], values: signed }])),
  u8: { shape: [2, 3], values: [1, 2, 3, 4, 5, 200] },
  bool: { shape: [2, 3], values: [1, 0, 1, 1, 0, 0] },
  transposed: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  whole: { shape: [8], values: [0, 1, 2, 3, 4, 5, 6, 7] },
  part: { shape: [2, 2], values: [2, 3, 4, 5] },
  parameter: { shape: [1], values: [7] },
  scalar: { shape: [], values: [9] },
  empty: { shape: [0, 3], values: [] },
};

/** A file with these bytes, which goes away with the test. */
function fileOf(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), 'pytorch_model.bin');
  writeFileSync(path, bytes);
  return path;
}

describe('readTorchFile', () => {
  it.each(['zip', 'legacy'])('reads every element type, view and parameter of a %s file', (form) => {
    const tensors = readTorchFile(fixture(form));
    const read = [...tensors].map(([name, tensor]) => {
      const { shape, data } = tensor.read();
      expect(tensor.shape).toEqual(shape);
      return [name, { shape: [...shape], values: [...data] }] as const;
    });
    expect(Object.fromEntries(read)).toEqual(expected);
  });

  it.each([
    ['code', 'unsupported', /asks to load posix\.system: only tensors are read .* nothing in it is ever run/],
    ['training', 'unsupported', /its entry "model" is no tensor \(a training checkpoint/],
  ])('refuses a file of %s, by name', (name, code, message) => {
    expect(() => readTorchFile(fixture(name))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['zip', 0.5, /not a whole zip file: the directory at its end is missing.*cut short/],
    ['legacy', 0.95, /truncated/],
    ['legacy', 0.3, /a name does not end/],
    ['legacy', 0.05, /it is cut short, at byte/],
    ['zip', 0, /truncated/],
  ] as const)('says that a %s file is cut short at %f of its length', (form, share, message) => {
    const bytes = readFileSync(fixture(form));
    expect(() => readTorchFile(fileOf(bytes.subarray(0, share * bytes.length)))).toThrow(message);
  });

  it('refuses a pickle whose tensor reaches beyond its storage', () => {
    const text = readFileSync(fixture('legacy')).toString('latin1');
    const storageAndOffset = 'K\u0006N'; // the first storage: 6 elements, no view
    const at = text.indexOf(storageAndOffset);
    expect(at).toBeGreaterThan(0);
    const bytes = Buffer.from(text, 'latin1');
    bytes[at + 1] = 5;
    expect(() => readTorchFile(fileOf(bytes))).toThrow(/reaches beyond its storage|described in two ways/);
  });

  it.each(['zip', 'legacy'])('answers any damage to a %s file by a VdaError or by tensors', (form) => {
    const whole = readFileSync(fixture(form));
    const path = fileOf(whole);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(whole.length), (changes, end) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        writeFileSync(path, end % 4 === 0 ? bytes.subarray(0, end) : bytes);
        try {
          for (const tensor of readTorchFile(path).values()) tensor.read();
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(VdaError);
          expect((thrown as VdaError).message.length).toBeLessThan(600);
        }
      }),
      { numRuns: 150 },
    );
  });
});
