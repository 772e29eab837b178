import { attackMetrics } from '../attacks/metrics.ts';
import { bertAttack } from '../attacks/recipes/bert-attack.ts';
import { attackMany } from '../attacks/search/attack-many.ts';
import { toRecord } from '../attacks/to-record.ts';
import type { Example } from '../data/dataset.ts';
import { createClassifier, victimOf } from '../inference/classifier.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import { createMaskedLm } from '../inference/masked-lm.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';

/** Validation texts attacked at each evaluation: enough to rank checkpoints, few enough to wait for. */
export const attackedAtEvaluation = 50;

/**
 * Prepares the share of the first validation texts that stay right under the default BERT-Attack. The model's weights
 * are read at each call.
 */
export async function createAttackAccuracy(
  model: PretrainedModel,
  p: {
    readonly maskedLm: PretrainedModel;
    readonly examples: readonly Example[];
    readonly maxLength: number;
    readonly runtime: RuntimeOptions;
  },
): Promise<() => Promise<number>> {
  const { maxLength, runtime } = p;
  const classifier = await createClassifier(model, { ...runtime, maxLength });
  const { tokenizer } = model;
  const victim = victimOf(classifier, { unkToken: tokenizer.tokenOf(tokenizer.unkId) });
  const filler = createMaskedLm(p.maskedLm, { ...runtime, maxLength });
  const recipe = bertAttack();
  const examples = p.examples.slice(0, attackedAtEvaluation);
  return async () => {
    const records = [];
    for await (const ended of attackMany(examples, { victim, filler, recipe })) {
      records.push(toRecord(ended, { labels: victim.labels, recipe }));
    }
    return attackMetrics(records).attAcc.value;
  };
}
