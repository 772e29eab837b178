import type { Logits, Probabilities, Victim } from '../victim.ts';
import { decorated, type Wait, waitFor } from './decorate.ts';

export interface RateLimitOptions {
  /** Texts that may be asked in any one second, on average. */
  readonly textsPerSecond: number;
  /** Most texts in a call. Default: no limit. */
  readonly batch?: number;
  /** Milliseconds since any fixed moment. Default: the clock of the process. */
  readonly now?: () => number;
  /** Default: a timer. */
  readonly wait?: Wait;
}

/** A victim that is asked no faster than its service allows: each call waits until those before it have had their time. */
export function withRateLimit(victim: Victim, options: RateLimitOptions): Victim {
  const { textsPerSecond, batch = Number.POSITIVE_INFINITY, wait = waitFor } = options;
  const { now = () => performance.now() } = options;
  let free = Number.NEGATIVE_INFINITY;
  return decorated(victim, {
    classify: async (inputs) => {
      const rows: (Logits | Probabilities)[] = [];
      for (let start = 0; start < inputs.length; start += batch) {
        const part = inputs.slice(start, start + batch);
        const begin = Math.max(now(), free);
        free = begin + (1000 * part.length) / textsPerSecond;
        const pause = begin - now();
        if (pause > 0) await wait(pause);
        rows.push(...(await victim.classify(part)));
      }
      return rows;
    },
  });
}
