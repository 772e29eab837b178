import type { Probabilities, Victim, VictimInput } from '../ports.ts';
import { checkedRows, isModelAtFault } from './check-answers.ts';
import { keyOf, type RowMemo } from './row-memo.ts';

/** Row of each input, in order, or what was thrown on the way to it. */
export type Answers = { readonly rows: readonly Probabilities[] } | { readonly thrown: unknown };

/**
 * Classifies the inputs of many askers in one call: each distinct input once, those in the memo not at all,
 * the others sorted by length (then by text, so that the order does not depend on who asked). When the call
 * fails, each asker's inputs are asked on their own, so that one bad text spoils one example only.
 *
 * @param groups the inputs of each asker
 * @returns one answer an asker
 * @throws WrongAnswer, or VdaError `diverged`, when the victim itself is at fault
 */
export async function askVictim(
  groups: readonly (readonly VictimInput[])[],
  { victim, memo }: { readonly victim: Victim; readonly memo: RowMemo },
): Promise<readonly Answers[]> {
  try {
    const rows = await rowsOf(groups.flat(), { victim, memo });
    const remaining = rows[Symbol.iterator]();
    return groups.map((group) => ({ rows: group.map(() => remaining.next().value!) }));
  } catch (thrown) {
    if (isModelAtFault(thrown)) throw thrown;
    if (groups.length === 1) return [{ thrown }];
    const answers: Answers[] = [];
    for (const group of groups) answers.push(...(await askVictim([group], { victim, memo })));
    return answers;
  }
}

async function rowsOf(
  inputs: readonly VictimInput[],
  { victim, memo }: { readonly victim: Victim; readonly memo: RowMemo },
): Promise<readonly Probabilities[]> {
  const keys = inputs.map(keyOf);
  const known = new Map<string, Probabilities>();
  const missing = new Map<string, VictimInput>();
  keys.forEach((key, i) => {
    const row = memo.get(key);
    if (row === undefined) missing.set(key, inputs[i]!);
    else known.set(key, row);
  });
  if (missing.size > 0) {
    const entries = [...missing].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
    const asked = entries.map(([, input]) => input);
    const rows = checkedRows(await victim.classify(asked), { asked, labels: victim.labels });
    entries.forEach(([key], i) => {
      const row = rows[i]!;
      memo.set(key, row);
      known.set(key, row);
    });
  }
  return keys.map((key) => known.get(key)!);
}
