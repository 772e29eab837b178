import { checkSettings } from '../../base/setting-rules.ts';
import { createRowMemo, keyOf } from '../services/row-memo.ts';
import type { Logits, Probabilities, Victim } from '../victim.ts';
import { decorated } from './decorate.ts';

/**
 * A victim that remembers its rows: for several attacks on one model, each of which remembers only its own. Least recently used
 * rows are forgotten first. Queries are counted all the same: they are what a search asks, not what a model works out.
 *
 * @param options.memory most characters of texts whose rows are remembered. Default 2²⁵
 * @throws VdaError `usage` for a number out of range
 */
export function withCache(victim: Victim, { memory = 2 ** 25 }: { readonly memory?: number } = {}): Victim {
  checkSettings('withCache', { memory }, { rules: { memory: { kind: 'integer', min: 0 } } });
  const memo = createRowMemo(memory);
  return decorated(victim, {
    classify: async (inputs) => {
      const known = new Map<string, Logits | Probabilities>();
      for (const input of inputs) {
        const row = memo.get(keyOf(input));
        if (row !== undefined) known.set(keyOf(input), row);
      }
      const missing = inputs.filter((input) => !known.has(keyOf(input)));
      if (missing.length > 0) {
        const rows = await victim.classify(missing);
        for (const [i, input] of missing.entries()) {
          memo.set(keyOf(input), rows[i]!);
          known.set(keyOf(input), rows[i]!);
        }
      }
      return inputs.map((input) => known.get(keyOf(input))!);
    },
  });
}
