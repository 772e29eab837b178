import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeTinyModel } from '../training/tiny-model.ts';

const rows = [
  ...['good\tpositive', 'a bad film\tnegative', 'great plot\tpositive', 'the cast was awful\tnegative'],
  ...['so lovely\tpositive', 'poor, dull and sad\tnegative', 'a fine joke\tpositive', 'not good\tnegative'],
  ...[
    'nice scene\tpositive',
    'this is bad\tnegative',
    'it was great\tpositive',
    'the score is dull\tnegative',
  ],
];
export const trainingTable = `text\tlabel\n${rows.join('\n')}\n`;

/** A tiny masked LM and a table of twelve labelled texts, in a folder; by default one that goes with the test. */
export function tinyTraining(folder = temporaryFolder()) {
  mkdirSync(join(folder, 'model'));
  const model = writeTinyModel(join(folder, 'model'));
  const trainFile = join(folder, 'train.tsv');
  writeFileSync(trainFile, trainingTable);
  /** The arguments of a run of 12 steps into `folder/<name>`. */
  const argv = (name: string, ...more: readonly string[]): string[] => [
    ...['train', '--model', model, '--train-file', trainFile, '--output-dir', join(folder, name)],
    ...['--per-device-train-batch-size', '4', '--num-train-epochs', '4', '--num-threads', '1'],
    ...['--learning-rate', '1e-3', ...more],
  ];
  return { folder, model, trainFile, argv };
}
