import { philoxFourBlocks, transposeWords, word0, word1, word2, word3 } from './philox';

// Column j of row r looks at one 16-bit lane: half j mod 2 (low first) of word ⌊j/2⌋ mod 4 of the Philox block with
// counter (⌊j/8⌋, c1 + r, c2, c3). It is kept when the lane is at least threshold16. Four blocks make 32 columns.

/** Writes the first `count` < 16 bytes of `bytes`. */
function storeBytes(out: usize, bytes: v128, count: u32): void {
  if (count & 8) {
    v128.store64_lane(out, bytes, 0);
    bytes = v128.shuffle<i64>(bytes, bytes, 1, 1);
    out += 8;
  }
  if (count & 4) {
    v128.store32_lane(out, bytes, 0);
    bytes = i64x2.shr_u(bytes, 32);
    out += 4;
  }
  if (count & 2) {
    v128.store16_lane(out, bytes, 0);
    bytes = i64x2.shr_u(bytes, 16);
    out += 2;
  }
  if (count & 1) v128.store8_lane(out, bytes, 0);
}

/** out[r, j] ← 1 where kept, else 0; out is uint8 [rows, cols]. */
export function dropoutMaskU8(
  out: usize, rows: u32, cols: u32, threshold16: u32, key0: u32, key1: u32, c1: u32, c2: u32, c3: u32,
): void {
  const threshold = i16x8.splat(<i16>threshold16);
  const one = i8x16.splat(1);
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < cols; column += 32) {
      philoxFourBlocks(column >> 3, c1 + row, c2, c3, key0, key1);
      transposeWords();
      const first = v128.and(
        i8x16.narrow_i16x8_s(i16x8.ge_u(word0, threshold), i16x8.ge_u(word1, threshold)), one);
      const second = v128.and(
        i8x16.narrow_i16x8_s(i16x8.ge_u(word2, threshold), i16x8.ge_u(word3, threshold)), one);
      const left = cols - column;
      if (left >= 32) {
        v128.store(out, first);
        v128.store(out, second, 16);
        out += 32;
      } else if (left >= 16) {
        v128.store(out, first);
        storeBytes(out + 16, second, left - 16);
        out += left;
      } else {
        storeBytes(out, first, left);
        out += left;
      }
    }
  }
}
