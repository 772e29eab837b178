import { wordsOf } from './words.ts';

/** A run of words that both texts share, or that one text has in place of the other's. */
export interface DiffPiece {
  readonly kind: 'same' | 'changed';
  /** Words of the first text. */
  readonly before: readonly string[];
  /** Words of the second text. */
  readonly after: readonly string[];
}

/** Above this many word pairs the middle is not aligned but shown as one change. */
const largestTable = 4_000_000;

/**
 * What changed between two texts, word by word. Texts of as many words are compared position by position, as word
 * substitution
 * leaves them; others by a longest common subsequence, after their common start and end are set aside.
 *
 * Every word of both texts is in exactly one piece, in order.
 */
export function wordDiff(beforeText: string, afterText: string): readonly DiffPiece[] {
  const before = wordsOf(beforeText);
  const after = wordsOf(afterText);
  if (before.length === after.length) {
    return before.map((word, i) => piece(word === after[i] ? 'same' : 'changed', [word], [after[i]!]));
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (words: readonly string[]) => words.map((word) => piece('same', [word], [word]));
  return [
    ...same(before.slice(0, start)),
    ...align(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

const piece = (kind: DiffPiece['kind'], before: readonly string[], after: readonly string[]): DiffPiece => ({
  kind,
  before,
  after,
});

/** Longest common subsequence by the table of its lengths over suffixes; runs between its words are changes. */
function align(before: readonly string[], after: readonly string[]): readonly DiffPiece[] {
  const width = after.length + 1;
  if (before.length * width > largestTable) return [piece('changed', before, after)];
  const common = new Uint32Array((before.length + 1) * width); // [before from i, after from j]
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const pieces: DiffPiece[] = [];
  let [i, j, fromI, fromJ] = [0, 0, 0, 0];
  const closeChange = () => {
    if (i > fromI || j > fromJ) pieces.push(piece('changed', before.slice(fromI, i), after.slice(fromJ, j)));
  };
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      closeChange();
      pieces.push(piece('same', [before[i]!], [after[j]!]));
      fromI = ++i;
      fromJ = ++j;
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i++;
    else j++;
  }
  i = before.length;
  j = after.length;
  closeChange();
  return pieces;
}
