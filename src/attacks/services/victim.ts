import { checkedRows } from '../check-answers.ts';
import type { Logits, Probabilities, Victim, VictimInput } from '../victim.ts';
import { logitsOf, watchSaturation } from './logits.ts';
import { keyOf, type RowMemo } from './row-memo.ts';
import type { Service } from './service.ts';

/**
 * The victim's rows, as logits. Each distinct input of a call is asked once, those in the memo not at all, the others sorted by length
 * (then by text, so that the order does not depend on who asked).
 */
export function victimService(victim: Victim, p: { readonly memo: RowMemo } & Remarks): Service<'victim'> {
  const watch =
    victim.answers === 'logits' || victim.answers === 'decisions' ? () => {} : watchSaturation(p.onRemark);
  return {
    answer: (inputs) => rowsOf(inputs, { victim, memo: p.memo, watch }),
    cost: () => 1,
    characters: ({ text, textPair }) => text.length + (textPair?.length ?? 0),
  };
}

/** Who is told, once, what a reader of the results should know of the victim. */
export interface Remarks {
  readonly onRemark?: ((remark: string) => void) | undefined;
}

async function rowsOf(
  inputs: readonly VictimInput[],
  {
    victim,
    memo,
    watch,
  }: {
    readonly victim: Victim;
    readonly memo: RowMemo;
    readonly watch: (rows: readonly Probabilities[]) => void;
  },
): Promise<readonly Logits[]> {
  const keys = inputs.map(keyOf);
  const known = new Map<string, Logits>();
  const missing = new Map<string, VictimInput>();
  keys.forEach((key, i) => {
    const row = memo.get(key);
    if (row === undefined) missing.set(key, inputs[i]!);
    else known.set(key, row);
  });
  if (missing.size > 0) {
    const entries = [...missing].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
    const asked = entries.map(([, input]) => input);
    const rows = checkedRows(await victim.classify(asked), { asked, victim });
    watch(rows);
    entries.forEach(([key], i) => {
      const row = logitsOf(rows[i]!, victim.answers);
      memo.set(key, row);
      known.set(key, row);
    });
  }
  return keys.map((key) => known.get(key)!);
}
