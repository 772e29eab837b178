import type { Victim } from '../victim.ts';

/** The victim with another way to ask it; all else it says stays. */
export const decorated = (
  victim: Victim,
  over: Pick<Victim, 'classify'> & Partial<Pick<Victim, 'identity'>>,
): Victim => ({
  labels: victim.labels,
  unkToken: victim.unkToken,
  ...(victim.maskToken !== undefined && { maskToken: victim.maskToken }),
  ...(victim.wordsSeen && {
    wordsSeen: (text: string, context?: string) => victim.wordsSeen!(text, context),
  }),
  ...(victim.identity && { identity: () => victim.identity!() }),
  ...over,
});

/** Resolves after some milliseconds. */
export type Wait = (milliseconds: number) => Promise<void>;

export const waitFor: Wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
