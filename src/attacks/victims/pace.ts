import { type Wait, waitFor } from './decorate.ts';

/** How many texts may be asked in a time, by which clock. */
export interface PaceOptions {
  /** Texts that may be asked in any one second, on average. */
  readonly textsPerSecond: number;
  /** Milliseconds since any fixed moment. Default: the clock of the process. */
  readonly now?: () => number;
  /** Default: a timer. */
  readonly wait?: Wait;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves when so many more texts may be asked: each caller waits until those before have had their time. */
export function paced({ textsPerSecond, wait = waitFor, signal, ...p }: PaceOptions) {
  const { now = () => performance.now() } = p;
  let free = Number.NEGATIVE_INFINITY;
  return async (texts: number): Promise<void> => {
    const begin = Math.max(now(), free);
    free = begin + (1000 * texts) / textsPerSecond;
    const pause = begin - now();
    if (pause > 0) await wait(pause, signal);
  };
}
