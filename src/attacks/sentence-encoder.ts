import type { Part } from '../base/part.ts';

/** A model that turns texts into vectors of length 1, near each other where the texts mean alike. */
export interface SentenceEncoder {
  /** One vector a text, in order, all of one width. Pure, and independent of what else is asked. */
  encode(texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** As that of a victim. */
  identity?(): Part;
}
