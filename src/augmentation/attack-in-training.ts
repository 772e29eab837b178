import type { RecipeName } from '../attacks/recipes/index.ts';
import type { AttackRecord } from '../attacks/record.ts';
import { attackMany } from '../attacks/search/attack-many.ts';
import { toRecord } from '../attacks/to-record.ts';
import { remarkOnUnspaced } from '../attacks/unspaced-texts.ts';
import type { Dataset, Example } from '../data/dataset.ts';
import { drawExamples } from '../data/draw-examples.ts';
import { attackAccuracy } from '../evaluation/metrics.ts';
import { createClassifier } from '../inference/create-classifier.ts';
import { createMaskedLm } from '../inference/masked-lm.ts';
import { victimOf } from '../inference/victim-of.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { attackIdentity } from '../runs/attack-run.ts';
import type { Identity } from '../runs/identity.ts';
import { loadRecipe } from '../runs/lexica/load-recipe.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { nodeRuntime } from '../runtime/node/node-runtime.ts';

/** Validation texts attacked at each evaluation: enough to rank checkpoints, few enough to wait for. */
export const attackedAtEvaluation = 50;

/** An attack on a model, with its defaults. */
export interface Attack {
  /** Attacks texts; records by ascending id. The signal is looked at as each text ends; once aborted, its reason is thrown. */
  on(
    examples: readonly Example[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly AttackRecord[]>;
  /** What decides an attack on texts, the model's weights as they are now included. */
  identityOn(examples: readonly Example[]): Identity;
}

/** Prepares an attack on a model, with its defaults. */
export async function createAttack(
  model: PretrainedModel,
  p: {
    readonly recipe: RecipeName;
    /** Needed where the attack asks it. */
    readonly maskedLm?: PretrainedModel | undefined;
    readonly maxLength: number;
    readonly runtime: RuntimeOptions;
    /** The model is in training: its weights are read at each call. */
    readonly weightsChange: boolean;
  },
): Promise<{ readonly attack: Attack; release(): Promise<void> }> {
  const { maxLength, weightsChange } = p;
  const runtime = { ...p.runtime, runtime: nodeRuntime };
  const classifier = await createClassifier(model, { ...runtime, maxLength, weightsChange });
  const victim = victimOf(classifier);
  const maskedLm = p.maskedLm && createMaskedLm(p.maskedLm, { ...runtime, maxLength });
  const recipe = loadRecipe(p.recipe);
  return {
    attack: {
      on: async (examples, { signal } = {}) => {
        remarkOnUnspaced(examples); // throws where an attack says nothing
        const records: AttackRecord[] = [];
        for await (const ended of attackMany(examples, { victim, maskedLm, recipe })) {
          signal?.throwIfAborted();
          records.push(toRecord(ended, { labels: victim.labels, recipe }));
        }
        return records.sort((a, b) => a.id - b.id);
      },
      identityOn: (examples) => attackIdentity(examples, { recipe, victim, maskedLm }),
    },
    release: async () => {
      await maskedLm?.release();
      await classifier.release();
    },
  };
}

/** Robust accuracy on {@link attackedAtEvaluation} texts drawn from these, under an attack: the same at each call. */
export function attackAccuracyOn(validation: Dataset, attack: Attack): () => Promise<number> {
  const examples = drawExamples(validation, { count: attackedAtEvaluation });
  return async () => attackAccuracy(await attack.on(examples)).value;
}
