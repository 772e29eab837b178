/** A neighbouring pair of symbols and how often it stands in the corpus. */
export interface SymbolPair {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** Words as runs of symbols, with the counts of all neighbouring pairs kept up to date. Changes in place. */
export interface MergeCorpus {
  /** The most frequent pair (ties: smaller left id, then smaller right id), or undefined when none is left. */
  best(): SymbolPair | undefined;
  /** Replaces a pair by the symbol `id` wherever it stands, from left to right. */
  merge(pair: SymbolPair, id: number): void;
}

/** Binary heap of pair keys with the count each had when it was put in; larger counts, then smaller keys, first. */
const pairHeap = () => {
  const keys: number[] = [];
  const counts: number[] = [];
  const before = (i: number, j: number): boolean =>
    counts[i]! > counts[j]! || (counts[i] === counts[j] && keys[i]! < keys[j]!);
  const swap = (i: number, j: number): void => {
    [keys[i], keys[j]] = [keys[j]!, keys[i]!];
    [counts[i], counts[j]] = [counts[j]!, counts[i]!];
  };
  return {
    push: (key: number, count: number): void => {
      let at = keys.push(key) - 1;
      counts.push(count);
      while (at > 0 && before(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    pop: (): { key: number; count: number } | undefined => {
      if (keys.length === 0) return undefined;
      swap(0, keys.length - 1);
      const top = { key: keys.pop()!, count: counts.pop()! };
      let at = 0;
      for (;;) {
        let first = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          if (child < keys.length && before(child, first)) first = child;
        }
        if (first === at) return top;
        swap(at, first);
        at = first;
      }
    },
  };
};

/**
 * Indexes a corpus for byte-pair-style merging.
 *
 * The heap may hold old counts: a pair's count falls without the heap being told, and is corrected when the
 * pair comes up; a count that rises is put in again. So the top is right once its count agrees.
 *
 * @param words runs of symbol ids, one a distinct word; shortened in place by merges
 * @param options.counts occurrences of each word; `options.symbols` more than the largest id there will ever be
 */
export const mergeCorpus = (
  words: readonly number[][],
  options: { readonly counts: readonly number[]; readonly symbols: number },
): MergeCorpus => {
  const { counts, symbols } = options;
  const pairCounts = new Map<number, number>();
  const wordsWith = new Map<number, number[]>(); // may name words that have lost the pair since
  const heap = pairHeap();

  const note = (key: number, w: number): void => {
    const known = wordsWith.get(key);
    if (known === undefined) wordsWith.set(key, [w]);
    else if (known[known.length - 1] !== w) known.push(w);
  };
  const add = (key: number, count: number): void => {
    pairCounts.set(key, (pairCounts.get(key) ?? 0) + count);
  };
  const holds = (word: readonly number[], left: number, right: number): boolean => {
    for (let i = 1; i < word.length; i++) if (word[i] === right && word[i - 1] === left) return true;
    return false;
  };

  words.forEach((word, w) => {
    for (let i = 1; i < word.length; i++) {
      const key = word[i - 1]! * symbols + word[i]!;
      add(key, counts[w]!);
      note(key, w);
    }
  });
  for (const [key, count] of pairCounts) heap.push(key, count);

  return {
    best: () => {
      for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
        const count = pairCounts.get(top.key) ?? 0;
        if (count === top.count) {
          const right = top.key % symbols;
          return { left: (top.key - right) / symbols, right, count };
        }
        if (count > 0 && count < top.count) heap.push(top.key, count);
      }
      return undefined;
    },
    merge: ({ left, right }, id) => {
      const key = left * symbols + right;
      const risen = new Set<number>();
      for (const w of wordsWith.get(key) ?? []) {
        const word = words[w]!;
        if (!holds(word, left, right)) continue;
        const count = counts[w]!;
        for (let i = 1; i < word.length; i++) add(word[i - 1]! * symbols + word[i]!, -count);
        let length = 0;
        for (let i = 0; i < word.length; i++) {
          const joins = word[i] === left && word[i + 1] === right;
          word[length++] = joins ? id : word[i]!;
          if (joins) i++;
        }
        word.length = length;
        for (let i = 1; i < length; i++) {
          const [a, b] = [word[i - 1]!, word[i]!];
          add(a * symbols + b, count);
          if (a === id || b === id) {
            note(a * symbols + b, w);
            risen.add(a * symbols + b);
          }
        }
      }
      pairCounts.delete(key);
      wordsWith.delete(key);
      for (const pair of risen) heap.push(pair, pairCounts.get(pair)!);
    },
  };
};
