import { VdaError } from './error.ts';

let halfTable: Uint32Array | undefined;

/** Bits of the float32 that equals each half-precision number, indexed by the half's 16 bits. */
function tableOfHalves(): Uint32Array {
  if (halfTable !== undefined) return halfTable;
  const table = new Uint32Array(65536);
  const asFloat = new Float32Array(table.buffer);
  for (let half = 0; half < 65536; half++) {
    const sign = half & 0x8000 ? 0x80000000 : 0;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      asFloat[half] = fraction * 2 ** -24; // subnormal in half, normal in single
      table[half]! |= sign;
    } else if (exponent === 31) {
      table[half] = sign | 0x7f800000 | (fraction << 13);
    } else {
      table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    }
  }
  halfTable = table;
  return table;
}

/** IEEE 754 binary16 to float32, exactly. */
export function decodeF16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = tableOfHalves();
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i]!]!;
  return new Float32Array(bits.buffer);
}

/** bfloat16 (the upper half of a float32) to float32, exactly. */
export function decodeBF16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/**
 * float32 to IEEE 754 binary16, round to nearest, ties to even. NaN and infinities stay what they are.
 * @param what names the values in the error
 * @throws VdaError `unsupported` when a finite value rounds beyond ±65504, the largest half
 */
export function encodeF16(values: Float32Array, what: string): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      out[i] = sign | 0x7c00 | (magnitude > 0x7f800000 ? 0x200 : 0);
    } else if (magnitude >= 0x477ff000) {
      throw new VdaError(
        'unsupported',
        `Cannot save ${what} in half precision: element ${i} is ${values[i]}, the largest half is 65504. Save as F32.`,
      );
    } else if (magnitude >= 0x38800000) {
      // Dropping 13 bits: 0x0fff plus the lowest kept bit rounds ties to even; a carry moves into the exponent.
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else {
      out[i] = sign | roundHalfToEven(Math.abs(values[i]!) * 2 ** 24);
    }
  }
  return out;
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
