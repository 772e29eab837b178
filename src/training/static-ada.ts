import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { readResults, resultLine } from '../attacks/results-file.ts';
import { VdaError } from '../base/error.ts';
import { randomKey, randomStream, sample } from '../base/random.ts';
import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import { labelNames } from '../checkpoints/config.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadClassifier } from '../inference/load-classifier.ts';
import type { PretrainedModel } from '../inference/load-pretrained.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { withSuccesses } from './adversarial-examples.ts';
import { createAttack } from './attack-in-training.ts';

/**
 * Static adversarial data augmentation (Si et al. 2021, arXiv:2012.15699, §3.1; Table 5 of VDA): before training, `count`
 * training texts drawn at random are attacked with another classifier, such as the same one trained without, and those that
 * fool it are trained on too, under their true labels, in every epoch.
 *
 * What was found is kept in `folder`, so that a run that goes on sees the same texts.
 * @returns the training texts with those that fooled it
 * @throws VdaError `bad-input` where the classifier has other classes, and what loading and attacking throw
 */
export async function withStaticAdversaries(
  train: Dataset,
  p: {
    /** Folder or hub name of the classifier that is attacked. */
    readonly model: string;
    readonly maskedLm: () => Promise<PretrainedModel>;
    readonly count: number;
    readonly seed: number;
    readonly maxLength: number;
    readonly folder: string;
    readonly runtime: RuntimeOptions;
    readonly say: (line: string) => void;
  },
): Promise<Dataset> {
  const path = join(p.folder, 'static.jsonl');
  const records = existsSync(path) ? readResults(path).records : await attackTexts(train, p);
  if (!existsSync(path)) writeFilesAtomically([{ path, chunks: records.map(resultLine) }]);
  const augmented = withSuccesses(train, records, path);
  p.say(
    `${augmented.examples.length - train.examples.length} of ${records.length} training texts fool ${p.model} and are added.`,
  );
  return augmented;
}

async function attackTexts(
  { examples, labels }: Dataset,
  p: Omit<Parameters<typeof withStaticAdversaries>[1], 'folder'>,
): Promise<readonly AttackRecord[]> {
  const classifier = await loadClassifier(p.model);
  const classes = labelNames(classifier.config);
  if (classes.join('\n') !== labels.join('\n')) {
    throw new VdaError(
      'bad-input',
      `--ada-model ${p.model} has the classes ${classes.join(', ')}, the training texts ${labels.join(', ')}. Give a classifier of the same texts.`,
    );
  }
  const { maxLength, runtime } = p;
  const { attack, release } = await createAttack(classifier, {
    maskedLm: await p.maskedLm(),
    maxLength,
    runtime,
    weightsChange: false,
  });
  const stream = randomStream(randomKey(p.seed, 'static ada'), { a: 0, b: 0 });
  const drawn = sample(examples.length, p.count, stream).map((i) => examples[i]!);
  p.say(`Attacking ${p.model} with ${drawn.length} training texts …`);
  const records = await attack(drawn);
  await release();
  return records;
}
