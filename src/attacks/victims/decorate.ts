import type { Victim, VictimInput } from '../victim.ts';

/** The victim with another way to ask it; all else it says stays. */
export const decorated = (
  victim: Victim,
  over: Pick<Victim, 'classify'> & Partial<Pick<Victim, 'answers' | 'identity' | 'freshDraws'>>,
): Victim => ({
  labels: victim.labels,
  unkToken: victim.unkToken,
  ...(victim.maskToken !== undefined && { maskToken: victim.maskToken }),
  ...(victim.answers !== undefined && { answers: victim.answers }),
  ...(victim.wordsSeen && {
    wordsSeen: (text: string, context?: string) => victim.wordsSeen!(text, context),
  }),
  ...(victim.wordGradients && {
    wordGradients: (inputs: readonly VictimInput[]) => victim.wordGradients!(inputs),
  }),
  ...(victim.identity && { identity: () => victim.identity!() }),
  ...(victim.freshDraws !== undefined && { freshDraws: victim.freshDraws }),
  ...over,
});

/** Resolves after some milliseconds. @throws the reason of `signal` once it is aborted */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const waitFor: Wait = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
