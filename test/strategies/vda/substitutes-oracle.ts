import { readFileSync } from 'node:fs';
import type { StrategyChoice } from '../../../src/strategies/index.ts';
import type { VdaFeedSources } from '../../../src/strategies/vda/feed-sources.ts';
import type { VdaOptions } from '../../../src/strategies/vda/options.ts';
import type { ExpectedStep } from '../expect-step.ts';

interface Case extends ExpectedStep {
  readonly strategy: StrategyChoice['name'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly vda: VdaOptions;
}

/** What oracles/adversarial_step.py worked out for the batch of oracles/vda_step.py. */
export const oracle: {
  readonly step: number;
  readonly substitutes: Readonly<Record<string, readonly number[]>>;
  readonly frequencies: Readonly<Record<string, number>>;
  readonly cases: Readonly<Record<string, Case>>;
} = JSON.parse(readFileSync(new URL('../../fixtures/strategies/adversarial.json', import.meta.url), 'utf8'));

/** Its substitutes and frequencies of tokens. */
export const substitutes: Pick<VdaFeedSources, 'substitutesOf' | 'frequencyOf'> = {
  substitutesOf: (_, ids) => Array.from(ids, (id) => oracle.substitutes[id] ?? []),
  frequencyOf: (id) => oracle.frequencies[id] ?? 0,
};
