import { argument, VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { ModelConfig } from '../models/config.ts';
import { encoderNames } from '../models/encoder-names.ts';
import type { Family } from '../models/family.ts';
import type { StoredWeights } from '../models/match-weights.ts';
import { explainMissing } from '../pretrained/missing-weights.ts';

/**
 * Refuses to train from a checkpoint that lacks parts of its encoder: they would start at random, and the result pass for a
 * fine-tuned model. A head that is not there is usual; its parameters, and others where they are allowed to be missing, are
 * said.
 * @param missing names of parameters that the checkpoint has not
 * @throws VdaError `bad-input` naming tensors, and the prefix they may carry
 */
export function requireEncoder(
  missing: readonly string[],
  p: {
    readonly folder: string;
    readonly family: Family;
    readonly config: ModelConfig;
    readonly found: StoredWeights;
    readonly allowMissing: boolean;
    readonly say: (line: string) => void;
  },
): void {
  const { folder, family, config, found, allowMissing, say } = p;
  const encoder = encoderNames(family, config);
  const lacking = missing.filter((name) => encoder.has(name));
  if (lacking.length > 0 && !allowMissing) {
    const why = explainMissing(lacking, { folder, found: found.keys(), config, family, of: 'the encoder' });
    throw new VdaError('bad-input', `${why} Only with ${argument('allowMissing')} do they start at random.`);
  }
  if (missing.length > 0)
    say(`New parameters, at random: ${excerptList(missing, { quote: false, most: 400 })}.`);
}
