import type { Logits, VictimInput } from '../victim.ts';

/** Rows of inputs asked before, the most recently used of them. */
export interface RowMemo {
  get(key: string): Logits | undefined;
  set(key: string, row: Logits): void;
}

/** What tells inputs apart. */
export const keyOf = ({ text, textPair, draw }: VictimInput): string => {
  const key = textPair === undefined ? text : `${text}\u0000${textPair}`;
  return draw === undefined ? key : `${key}\u0000\u0000${draw}`;
};

/**
 * A memo that forgets the least recently used rows once its texts hold more than `capacity` characters together:
 * a bound on memory that holds for short and for very long texts.
 */
export function createRowMemo(capacity: number): RowMemo {
  const rows = new Map<string, Logits>(); // oldest use first
  let characters = 0;
  const forget = (key: string) => {
    if (rows.delete(key)) characters -= key.length;
  };
  return {
    get: (key) => {
      const row = rows.get(key);
      if (row !== undefined) {
        rows.delete(key);
        rows.set(key, row);
      }
      return row;
    },
    set: (key, row) => {
      forget(key);
      rows.set(key, row);
      characters += key.length;
      for (const oldest of rows.keys()) {
        if (characters <= capacity) break;
        forget(oldest);
      }
    },
  };
}
