import { functionWords } from '../../attacks/constraints/stop-words.ts';
import type { AttackRecipe } from '../../attacks/recipe.ts';
import { withAdversarialExamples } from '../../augmentation/adversarial-examples.ts';
import { variantsOf } from '../../augmentation/variants.ts';
import { VdaError } from '../../base/error.ts';
import type { Dataset } from '../../data/dataset.ts';
import { openDataset } from '../../data/open-dataset.ts';
import { checkDatasetFile, writeDataset } from '../../data/write-dataset.ts';
import { createMaskedLm } from '../../inference/masked-lm.ts';
import { augmentSpec } from '../../options/augment.ts';
import { columnsOf } from '../../options/data.ts';
import { requireOtherFile } from '../../options/file-options.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadMaskedLm } from '../../pretrained/load-masked-lm.ts';
import { resolveDataFile } from '../../pretrained/resolve-data-file.ts';
import { loadRecipe } from '../../runs/lexica/load-recipe.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Run } from '../command.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import type { CommandIo } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof augmentSpec>;

/** Writes texts and their variants to a data file. */
export const run: Run<typeof augmentSpec> = async (options, io) => {
  const say = sayTo(io);
  const { inputFile, outputFile, excludeOriginal } = options;
  requireOtherFile(augmentSpec, options, 'outputFile');
  const data = await openDataset(await resolveDataFile(inputFile, modelAccess(io)), columnsOf(options));
  checkDatasetFile(outputFile, data); // variants may take hours, and hold a line's end where their texts do
  for (const warning of data.warnings) say(warning);
  const made =
    options.method === 'adversarial' ? fromResults(data, options, say) : await varied(data, options, io);
  const examples = data.examples.flatMap((example) => [
    ...(excludeOriginal ? [] : [example]),
    ...(made.get(example.id) ?? []),
  ]);
  const loose = made.get(unplaced) ?? [];
  const count = [...made.values()].reduce((sum, { length }) => sum + length, 0);
  if (count === 0) {
    throw new VdaError(
      'bad-input',
      `${inputFile}: no variant could be made of its ${data.examples.length} texts.`,
    );
  }
  writeDataset(outputFile, { ...data, examples: [...examples, ...loose] });
  const originals = excludeOriginal ? 'without the texts themselves' : `beside ${data.examples.length} texts`;
  io.stdout.write(`${count} variants, ${originals}: ${outputFile}\n`);
};

/** In the place of an id: results do not say of which line of the file they are. */
const unplaced = -1;

function fromResults(data: Dataset, { results = [] }: Options, say: (line: string) => void) {
  const { examples, warnings } = withAdversarialExamples(data, results);
  for (const warning of warnings.slice(data.warnings.length)) say(warning);
  return new Map([[unplaced, examples.slice(data.examples.length)]]);
}

async function varied(data: Dataset, options: Options, io: CommandIo) {
  const { pctWordsToSwap: wordsToSwap, transformationsPerExample: perExample, seed } = options;
  const { examples, labels } = data;
  const maskedLm =
    options.mlm === undefined
      ? undefined
      : createMaskedLm(await loadMaskedLm(options.mlm, modelAccess(io)), {
          ...{ ...runtimeOf(options), runtime: nodeRuntime, signal: io.signal },
          ...(options.maxSeqLength !== undefined && { maxLength: options.maxSeqLength }),
        });
  const total = examples.length * perExample;
  const progress = createProgress(io, { label: 'Varying', total, unit: 'text' });
  return variantsOf(examples, {
    ...{ recipe: recipeOf(options), maskedLm, labels, wordsToSwap, perExample, seed },
    onProgress: (done) => progress.update(done),
    signal: io.signal,
  }).finally(progress.finish);
}

/** The attack whose words a method takes; how many may change is for the method to say. */
function recipeOf({ method }: Options): AttackRecipe {
  const meaning = { antonyms: 'wordnet', stopWords: functionWords };
  if (method === 'misspellings') return loadRecipe('deepwordbug');
  if (method === 'synonyms') return loadRecipe('pwws', meaning);
  return loadRecipe('bert-attack', { maxChangeRate: 1, ...meaning });
}
