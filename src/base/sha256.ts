/**
 * SHA-256 of a text (as UTF-8) or of bytes, hex, where there is no library for it: browsers have one that must be waited for.
 *
 * Source: FIPS 180-4 §5.1.1 (padding), §5.3.3, §6.2.2.
 */
export function sha256(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const state = Uint32Array.from(initial);
  const whole = bytes.length - (bytes.length % blockBytes);
  for (let start = 0; start < whole; start += blockBytes) compress(state, bytes, start);

  const rest = bytes.length - whole;
  const last = new Uint8Array(rest + 9 > blockBytes ? 2 * blockBytes : blockBytes);
  last.set(bytes.subarray(whole));
  last[rest] = 0x80;
  new DataView(last.buffer).setBigUint64(last.length - 8, BigInt(bytes.length) * 8n);
  for (let start = 0; start < last.length; start += blockBytes) compress(state, last, start);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

const blockBytes = 64;

const primes = ((): readonly number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < 64; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
})();

/** The first 32 bits of the fraction of a root of x: exact, for doubles hold 52 of them. */
const fractionBits = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);

const initial = primes.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));
const constants = Uint32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

type Eight = [number, number, number, number, number, number, number, number];

const schedule = new Uint32Array(64);

/** One block: the message schedule W, then 64 rounds on the working variables a to h. */
function compress(state: Uint32Array, bytes: Uint8Array, start: number): void {
  const w = schedule;
  for (let t = 0; t < 16; t++) {
    const i = start + 4 * t;
    w[t] = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  }
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15]!, w[t - 2]!];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
  }
  let [a, b, c, d, e, f, g, h] = [...state] as Eight;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + constants[t]! + w[t]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = state[i]! + word;
  });
}
