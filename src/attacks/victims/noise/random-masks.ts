import { sample } from '../../../base/random.ts';
import { checkSettings } from '../../../base/setting-rules.ts';
import type { WordNoise } from '../with-smoothing.ts';

/**
 * Hides words behind the mask token: ⌊ρ·n + ½⌋ of n words, each set of so many as likely as any other. One word at least stays.
 *
 * Source: RanMASK (Zeng et al. 2021, arXiv:2105.03743), §3. Departure: the last word is never hidden, where ρ is so near to 1.
 * @param options.rate ρ, from 0 to below 1
 * @param options.maskToken what stands for a hidden word in the victim's texts
 * @throws VdaError `usage` for a rate out of range, and where there is no mask token
 */
export function randomMasks(options: { readonly rate: number; readonly maskToken: string }): WordNoise {
  checkSettings('randomMasks', options, { rules });
  const { rate, maskToken } = options;
  return {
    part: { id: 'random-masks', version: 1, settings: { rate, maskToken } },
    draw: (words, stream) => {
      const most = Math.max(0, words.length - 1);
      const hidden = new Set(sample(words.length, Math.min(most, Math.round(rate * words.length)), stream));
      return words.map((word, i) => (hidden.has(i) ? maskToken : word));
    },
  };
}

const rules = { rate: { kind: 'number', min: 0, below: 1 }, maskToken: { kind: 'text' } } as const;
