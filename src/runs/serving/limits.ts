import type { SettingRules } from '../../base/setting-rules.ts';

/** What a service takes at most. */
export interface ServingLimits {
  /** Bytes of a request's body; over it 413. */
  readonly maxBodyBytes: number;
  /** Texts of a request; over it 413. */
  readonly maxRequestTexts: number;
  /** Characters (UTF-16 code units) of a text, both texts of a pair together; over it 413. */
  readonly maxTextLength: number;
  /** Texts that wait for the classifier, those of all requests together; over it 503. */
  readonly maxQueuedTexts: number;
  /** Seconds that a client has to send a request (over it 408), to take its answer, and until it asks again. */
  readonly requestTimeout: number;
  /** Seconds that requests under way have once the service is to stop. */
  readonly stopTimeout: number;
}

/** What each is unless told. */
export const defaultLimits: ServingLimits = {
  maxBodyBytes: 2 ** 22,
  maxRequestTexts: 1024,
  maxTextLength: 100_000,
  maxQueuedTexts: 4096,
  requestTimeout: 30,
  stopTimeout: 30,
};

/** What each may be. */
export const limitRules = {
  maxBodyBytes: { kind: 'integer', min: 1, max: 2 ** 28 },
  maxRequestTexts: { kind: 'integer', min: 1 },
  maxTextLength: { kind: 'integer', min: 1 },
  maxQueuedTexts: { kind: 'integer', min: 1 },
  requestTimeout: { kind: 'number', min: 0.1, max: 86_400 },
  stopTimeout: { kind: 'number', min: 0, max: 86_400 },
} as const satisfies SettingRules & Record<keyof ServingLimits, unknown>;
