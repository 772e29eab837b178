import { checkedRows } from '../check-answers.ts';
import type { Probabilities, Victim, VictimInput } from '../victim.ts';
import { keyOf, type RowMemo } from './row-memo.ts';
import type { Service } from './service.ts';

/**
 * The victim's rows. Each distinct input of a call is asked once, those in the memo not at all, the others sorted by length
 * (then by text, so that the order does not depend on who asked).
 */
export const victimService = (victim: Victim, memo: RowMemo): Service<'victim'> => ({
  answer: (inputs) => rowsOf(inputs, { victim, memo }),
  cost: () => 1,
  characters: ({ text, textPair }) => text.length + (textPair?.length ?? 0),
});

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
