import { type Wait, waitFor } from './decorate.ts';

/** What came of one attempt: the answer, or why there is none yet. */
export type Attempt<T> =
  | { readonly answer: T }
  | {
      /** A failure that may pass, in a few words. */
      readonly passing: string;
      /** Milliseconds that the service asks to be left alone. */
      readonly retryAfter?: number | undefined;
    };

export interface PatienceOptions {
  /** Attempts before the failure counts. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as long before each further one, a minute at most. Default 1000. */
  readonly delay?: number;
  /** Told why there is a pause, before it. */
  readonly onPause?: (pause: { readonly reason: string; readonly milliseconds: number }) => void;
  /** Ends a pause at once. */
  readonly signal?: AbortSignal | undefined;
  /** Default: a timer. */
  readonly wait?: Wait;
}

/** Longest pause between two attempts that nobody asked for. */
const longestPause = 60_000;

/**
 * Repeats an attempt until there is an answer (exponential back-off, `Retry-After` heard).
 * @returns the last failure where all attempts failed
 * @throws what an attempt throws; the reason of `signal`
 */
export async function untilAnswered<T>(
  attempt: () => Promise<Attempt<T>>,
  options: PatienceOptions,
): Promise<Attempt<T>> {
  const { attempts, delay = 1000, onPause, signal, wait = waitFor } = options;
  for (let made = 1; ; made++) {
    signal?.throwIfAborted();
    const result = await attempt();
    if ('answer' in result || made >= attempts) return result;
    const milliseconds = Math.max(Math.min(delay * 2 ** (made - 1), longestPause), result.retryAfter ?? 0);
    onPause?.({ reason: result.passing, milliseconds });
    await wait(milliseconds, signal);
  }
}
