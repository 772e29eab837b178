import { createHash } from 'node:crypto';

/** SHA-256 of a text or of bytes, hex. */
export const contentHash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** SHA-256 of many pieces of text, hex; what is between two pieces counts. */
export function contentHashOf(pieces: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(`${piece}\n`);
  return hash.digest('hex');
}
