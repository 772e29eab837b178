import { argument, VdaError } from '../base/error.ts';
import { checkSettings } from '../base/setting-rules.ts';
import { checkStrategy } from '../strategies/index.ts';
import { parseCandidateSources } from '../strategies/vda/candidate-sources.ts';
import { mixesSubstitutes, vdaRules } from '../strategies/vda/options.ts';
import type { TrainOptions } from './train-options.ts';
import { trainRules } from './train-rules.ts';

/** @throws VdaError `usage` naming every setting that is out of range */
export function checkTrainOptions(owner: string, options: TrainOptions): void {
  checkSettings(owner, options, { rules: trainRules });
  if (options.strategy !== undefined) checkStrategy(owner, options.strategy);
  if (options.vda === undefined) return;
  checkSettings(`${owner}, vda`, options.vda, { rules: vdaRules });
  const { mixture, candidateSources } = options.vda;
  if (candidateSources === undefined) return;
  parseCandidateSources(candidateSources);
  if (!mixesSubstitutes(mixture)) {
    throw new VdaError(
      'usage',
      `${owner}, vda: ${argument('candidateSources')} has no effect with ${argument('mixture')} ${mixture}.`,
    );
  }
}
