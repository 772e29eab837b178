import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBF16, decodeF16, encodeF16 } from '../../src/base/half.ts';

const every16Bits = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** The definition of binary16, written out: (−1)^s · 2^(e−15) · 1.f, or 2^−14 · 0.f where e = 0. */
function definitionOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0
    ? sign * 2 ** -14 * (fraction / 1024)
    : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

describe('half precision', () => {
  it('decodes every one of the 65536 halves by its definition', () => {
    const decoded = decodeF16(every16Bits);
    expect(decoded.findIndex((value, i) => !Object.is(value, definitionOfHalf(i)))).toBe(-1);
  });

  it('encodes every half that is a number back to the same bits', () => {
    const numbers = every16Bits.filter((half) => !Number.isNaN(definitionOfHalf(half)));
    const encoded = encodeF16(decodeF16(numbers), 'x');
    expect(encoded.findIndex((half, i) => half !== numbers[i])).toBe(-1);
  });

  it('encodes to the nearest half, the even one of two as near', () => {
    const value = fc.float({
      noNaN: true,
      noDefaultInfinity: true,
      min: Math.fround(-65504),
      max: Math.fround(65504),
    });
    fc.assert(
      fc.property(value, (x) => {
        const half = encodeF16(Float32Array.of(x), 'x')[0]!;
        const error = Math.abs(definitionOfHalf(half) - x);
        return [half - 1, half + 1].every((neighbour) => {
          if ((neighbour & 0x8000) !== (half & 0x8000) || (neighbour & 0x7c00) === 0x7c00) return true;
          const other = Math.abs(definitionOfHalf(neighbour) - x);
          return other > error || (other === error && half % 2 === 0);
        });
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it.each([
    [1 + 2 ** -11, 0x3c00], // half-way between 1 and 1 + 2⁻¹⁰: even is 1
    [1 + 3 * 2 ** -11, 0x3c02], // half-way between 1 + 2⁻¹⁰ and 1 + 2·2⁻¹⁰: even is the upper
    [2 ** -25, 0x0000], // half the smallest subnormal: even is 0
    [2 ** -25 * 1.5, 0x0001],
    [65519, 0x7bff],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
  ])('encodes %d', (value, bits) => {
    expect(encodeF16(Float32Array.of(value), 'x')[0]).toBe(bits);
  });

  it('refuses a value beyond the largest half, naming tensor and value', () => {
    expect(() => encodeF16(Float32Array.of(0, 65520), 'tensor w')).toThrow(/tensor w.*element 1 is 65520/);
  });

  it('decodes bfloat16 as the upper half of a float32', () => {
    // 0x3f80 = 1, 0xc049 = −3.140625, 0x0001 = 2⁻¹³³ (subnormal), 0x7f80 = ∞
    const decoded = decodeBF16(Uint16Array.of(0x3f80, 0xc049, 0x0001, 0x7f80));
    expect([...decoded]).toEqual([1, -3.140625, 2 ** -133, Number.POSITIVE_INFINITY]);
  });
});
