import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Logits, Probabilities, Victim } from '../victim.ts';
import { decorated } from './decorate.ts';
import { type PaceOptions, paced } from './pace.ts';

/** How fast a service may be asked. */
export interface RateLimitOptions extends PaceOptions {
  /** Most texts in a call. Default: no limit. */
  readonly batch?: number;
}

const rules = {
  textsPerSecond: { kind: 'number', above: 0 },
  batch: { kind: 'integer', min: 1, optional: true },
} as const satisfies SettingRules;

/**
 * A victim that is asked no faster than its service allows: each call waits until those before it have had their time.
 *
 * @throws VdaError `usage` for numbers out of range
 */
export function withRateLimit(victim: Victim, options: RateLimitOptions): Victim {
  checkSettings('withRateLimit', options, { rules });
  const { batch = Number.POSITIVE_INFINITY, ...pace } = options;
  const turn = paced(pace);
  return decorated(victim, {
    classify: async (inputs) => {
      const rows: (Logits | Probabilities)[] = [];
      for (let start = 0; start < inputs.length; start += batch) {
        const part = inputs.slice(start, start + batch);
        await turn(part.length);
        rows.push(...(await victim.classify(part)));
      }
      return rows;
    },
  });
}
