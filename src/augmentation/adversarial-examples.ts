import { existsSync } from 'node:fs';
import type { AttackRecord } from '../attacks/record.ts';
import { VdaError } from '../base/error.ts';
import { once } from '../base/once.ts';
import { type Dataset, type Example, firstFreeId } from '../data/dataset.ts';
import { isFolder } from '../files/paths.ts';
import { readResults } from '../runs/results-file.ts';

/** The texts of an example as an attack left them; of a pair the second was attacked. */
export const attackedTexts = ({
  text,
  textPair,
  adversarialText,
}: AttackRecord): Pick<Example, 'text' | 'textPair'> =>
  textPair === undefined ? { text: adversarialText } : { text, textPair: adversarialText };

/**
 * Training texts with the successes of attacks added, under their true labels: adversarial data augmentation, ADA (Si et
 * al. 2021, arXiv:2012.15699, §3.1, static; Table 5 of VDA). They come after the others, in the order of the files and of the
 * attacked examples, and are numbered on from the highest id, so that VDA treats them as any other text. Successes on texts that
 * are not among those given are added too, and counted in `warnings`: they may be of the test texts.
 *
 * @param files `results.jsonl` of `vda attack` runs on the training texts
 * @throws VdaError `not-found` or `bad-input` for a file that is missing, holds no results, or has other labels
 */
export function withAdversarialExamples(dataset: Dataset, files: readonly string[]): Dataset {
  let augmented = dataset;
  const own = once(() => new Set(dataset.examples.map(textKey)));
  for (const file of files) {
    if (!existsSync(file)) throw new VdaError('not-found', `There are no results of an attack at ${file}.`);
    if (isFolder(file)) {
      throw new VdaError('bad-input', `${file} is a folder; expected a file. Name the results.jsonl in it.`);
    }
    const { records, badLines } = readResults(file);
    if (records.length === 0 || badLines > 0) {
      throw new VdaError(
        'bad-input',
        `${file} ${records.length === 0 ? 'holds no results' : `has lines that are no results, ${badLines} in all`}: expected the results.jsonl of a vda attack that ended. Run the attack again to finish it.`,
      );
    }
    const remarks = foreignRemarks(records, { own: own(), ofDataset: dataset, source: file });
    const more = withSuccesses(augmented, records, file);
    augmented = { ...more, warnings: [...more.warnings, ...remarks] };
  }
  return augmented;
}

const textKey = ({ text, textPair }: Pick<Example, 'text' | 'textPair'>): string =>
  JSON.stringify([text, textPair]);

/** What to say where successes are on other texts than these. */
function foreignRemarks(
  records: readonly AttackRecord[],
  {
    own,
    ofDataset: { examples, path },
    source,
  }: { readonly own: ReadonlySet<string>; readonly ofDataset: Dataset; readonly source: string },
): readonly string[] {
  const successes = records.filter(({ status }) => status === 'success');
  const foreign = successes.filter((record) => !own.has(textKey(record))).length;
  if (foreign === 0) return [];
  return [
    `${source}: ${foreign} of ${successes.length} successes are on texts that are not among the ${examples.length} of ${path}. If they are test texts, figures on those will be too good.`,
  ];
}

/**
 * The texts with those records added in which the attack succeeded.
 * @param source where the records come from, for messages
 * @throws VdaError `bad-input` for a label that the texts do not have
 */
export function withSuccesses(dataset: Dataset, records: readonly AttackRecord[], source: string): Dataset {
  const firstId = firstFreeId(dataset.examples);
  const added = records
    .filter(({ status }) => status === 'success')
    .map((record, i): Example => {
      const label = dataset.labels.indexOf(record.label);
      if (label < 0) {
        throw new VdaError(
          'bad-input',
          `${source} has label "${record.label}", which the training texts do not: ${dataset.labels.join(', ')}. Attack the training texts themselves.`,
        );
      }
      return { ...attackedTexts(record), id: firstId + i, label };
    });
  return { ...dataset, examples: [...dataset.examples, ...added] };
}
