import { VdaError } from '../../base/error.ts';
import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { Victim } from '../victim.ts';
import { decorated, type Wait, waitFor } from './decorate.ts';

/** Which failures are tried again, how often and how soon. */
export interface RetryOptions {
  /** Times that a call is made before its failure counts. Default 5. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; twice as long before each further one. Default 1000. */
  readonly delay?: number;
  /** Whether a failure may pass. Default: all but a VdaError, which says that something is wrong. */
  readonly isTransient?: (thrown: unknown) => boolean;
  /** Default: a timer. */
  readonly wait?: Wait;
}

const rules = {
  attempts: { kind: 'integer', min: 1 },
  delay: { kind: 'number', min: 0 },
} as const satisfies SettingRules;

/**
 * A victim whose transient failures, such as those of a network, pause an attack and do not end its examples (exponential
 * backoff). What fails at the last attempt is thrown as it is.
 *
 * @throws VdaError `usage` for numbers out of range
 */
export function withRetry(victim: Victim, options: RetryOptions = {}): Victim {
  const { attempts = 5, delay = 1000, wait = waitFor } = options;
  checkSettings('withRetry', { attempts, delay }, { rules });
  const { isTransient = (thrown: unknown) => !(thrown instanceof VdaError) } = options;
  return decorated(victim, {
    classify: async (inputs) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await victim.classify(inputs);
        } catch (thrown) {
          if (attempt >= attempts || !isTransient(thrown)) throw thrown;
          await wait(delay * 2 ** (attempt - 1));
        }
      }
    },
  });
}
