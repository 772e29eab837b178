import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RecipeName } from '../attacks/recipes/index.ts';
import type { AttackRecord } from '../attacks/record.ts';
import { argument, VdaError } from '../base/error.ts';
import { randomKey, randomStream, sample } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { labelNames } from '../models/config.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { loadClassifier } from '../pretrained/load-classifier.ts';
import { readStoredAttack, storedAttack } from '../runs/stored-attack.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { withSuccesses } from './adversarial-examples.ts';
import { createAttack } from './attack-in-training.ts';

/**
 * Static adversarial data augmentation (Si et al. 2021, arXiv:2012.15699, §3.1; Table 5 of VDA): before training, `count`
 * training texts drawn at random are attacked with another classifier, such as the same one trained without, and those that
 * fool it are trained on too, under their true labels, in every epoch.
 *
 * What was found is kept in `folder`: a run that goes on sees the same texts, and one that starts anew attacks only where
 * what decides the attack has changed.
 * @returns the training texts with those that fooled it
 * @throws VdaError `bad-input` where the classifier has other classes, and what loading and attacking throw
 */
export async function withStaticAdversaries(
  train: Dataset,
  p: {
    /** Folder or hub name of the classifier that is attacked. */
    readonly model: string;
    readonly recipe: RecipeName;
    /** The model that the attack asks for words, where it asks one. */
    readonly maskedLm: () => Promise<PretrainedModel | undefined>;
    readonly count: number;
    readonly seed: number;
    readonly maxLength: number;
    readonly folder: string;
    /** The run goes on from a checkpoint. */
    readonly resumed: boolean;
    readonly signal?: AbortSignal | undefined;
    readonly runtime: RuntimeOptions;
    readonly say: (line: string) => void;
  },
): Promise<Dataset> {
  const path = join(p.folder, 'static.jsonl');
  const records =
    p.resumed && existsSync(path) ? recordsToGoOnWith(path) : await attackTexts(train, { ...p, path });
  const augmented = withSuccesses(train, records, path);
  p.say(
    `${augmented.examples.length - train.examples.length} of ${records.length} training texts fool ${p.model} and are added.`,
  );
  return augmented;
}

/** A run that goes on must train on the very texts it began with, whatever has become of the other classifier. */
function recordsToGoOnWith(path: string): readonly AttackRecord[] {
  const found = readStoredAttack(path);
  if (found.ok) return found.records;
  throw new VdaError(
    'conflict',
    `${path} ${found.problem}: the run goes on with the adversarial texts that were there. Put the file back, remove it to have the texts attacked again, or start anew.`,
  );
}

async function attackTexts(
  { examples, labels }: Dataset,
  p: Parameters<typeof withStaticAdversaries>[1] & { readonly path: string },
): Promise<readonly AttackRecord[]> {
  const classifier = await loadClassifier(p.model);
  const classes = labelNames(classifier.config);
  if (classes.join('\n') !== labels.join('\n')) {
    throw new VdaError(
      'bad-input',
      `${argument('adaModel')} ${p.model} has the classes ${classes.join(', ')}, the training texts ${labels.join(', ')}. Give a classifier of the same texts.`,
    );
  }
  const { maxLength, runtime, signal } = p;
  const maskedLm = await p.maskedLm();
  const stream = randomStream(randomKey(p.seed, 'static ada'), { a: 0, b: 0 });
  const drawn = sample(examples.length, p.count, stream).map((i) => examples[i]!);
  const { attack, release } = await createAttack(classifier, {
    ...{ recipe: p.recipe, maskedLm, maxLength, runtime },
    weightsChange: false,
  });
  try {
    return await storedAttack(p.path, {
      identity: attack.identityOn(drawn),
      attack: () => {
        p.say(`Attacking ${p.model} with ${drawn.length} training texts …`);
        return attack.on(drawn, { signal });
      },
      say: p.say,
    });
  } finally {
    await release();
  }
}
