import { z } from 'zod';
import { argument } from '../base/error.ts';
import { type OnnxDtype, onnxDtypes } from '../inference/onnx-dtypes.ts';
import { asksForWords } from '../training/attacks-of-training.ts';
import { columnOptions, fileLabelsOption, path, readingMaxSeqLength, testFile } from './data.ts';
import { modelOption, numThreads } from './model.ts';
import { oneRecipe } from './recipes.ts';
import { type CommandSpec, choice, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { usageError } from './usage-error.ts';

/** Element types of exported models, by name. */
export const dtypeSummaries = Object.fromEntries(
  Object.entries(onnxDtypes).map(([name, { file, summary }]) => [name, `${summary} (${file})`]),
) as Readonly<Record<OnnxDtype, string>>;

const group = 'Export';

const schema = z.strictObject({
  model: modelOption('Classifier to export.', path()),
  dtype: option(
    z
      .array(choice(dtypeSummaries))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'a name stands there twice; each is one file.')
      .default(['fp32', 'fp16', 'q8']),
    {
      description:
        'Element types, a file each, by the names of transformers.js and where it looks for them; vda list dtypes says what each one is.',
      group,
      knownAs: ['dtypes', 'precision', 'quantize', 'quantization', 'weight-type'],
      valuesElsewhere: {
        ...{ float32: 'fp32', f32: 'fp32', full: 'fp32', float16: 'fp16', f16: 'fp16', half: 'fp16' },
        ...{ int8: 'q8', quantized: 'q8', quint8: 'uint8', qint8: 'q8' },
      },
    },
  ),
  outputDir: option(path().optional(), {
    description:
      'Folder to write to: onnx/, and where it is not the folder of --model, configuration and tokenizer too. By default the folder of --model.',
    group: 'Output',
    value: 'DIR',
    knownAs: ['output', 'out-dir', 'save-dir'],
  }),
  testFile: testFile(
    'Labelled texts: each file is asked about them, and how far it is from the model in float32 is written beside it (onnx/export.json).',
    path().optional(),
  ),
  ...columnOptions,
  labels: fileLabelsOption,
  maxSeqLength: readingMaxSeqLength,
  recipe: option(choice(oneRecipe).optional(), {
    description:
      'Attack each file on texts of --test-file, so that its accuracy under attack stands beside it too; vda list attacks says what each one is.',
    group: 'Attack',
    knownAs: ['attack', 'attack-recipe'],
  }),
  numExamples: option(z.int().min(1).default(100), {
    description: 'Texts to attack, drawn as by vda attack.',
    group: 'Attack',
    unit: 'texts',
  }),
  mlm: option(path().optional(), {
    description:
      'Masked language model that proposes words to the attack. By default the model that the classifier was fine-tuned from.',
    group: 'Attack',
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  json: option(z.boolean().default(false), { description: 'Print JSON.', group: 'Output' }),
  numThreads,
});

/** `vda export`: options, help and rules. */
export const exportSpec: CommandSpec<typeof schema> = {
  name: 'export',
  summary: summaries.export,
  schema,
  positional: 'model',
  examples: [
    { what: 'For transformers.js, wherever it runs:', command: 'vda export ./runs/vda' },
    {
      what: 'Quantised alone, with what that costs on labelled texts:',
      command: 'vda export ./runs/vda --dtype q8 --test-file test.tsv',
    },
    {
      what: 'A model of the hub, and what an attack does to each file:',
      command:
        'vda export textattack/bert-base-uncased-SST-2 --output-dir web/sst2 --test-file test.tsv --recipe deepwordbug',
    },
  ],
  check(options, given) {
    const { testFile, recipe } = options;
    const ofTexts = [...Object.keys(columnOptions), 'labels', 'maxSeqLength', 'recipe', 'numThreads'];
    const without = (keys: readonly string[], needed: string) =>
      keys
        .filter((key) => given.has(key))
        .map((key) => `${argument(key)} has no effect without ${argument(needed)}.`);
    const problems = [
      ...(testFile === undefined ? without(ofTexts, 'testFile') : []),
      ...(recipe === undefined ? without(['numExamples', 'mlm'], 'recipe') : []),
      ...(recipe !== undefined && given.has('mlm') && !asksForWords(recipe)
        ? [`${argument('mlm')} has no effect with ${argument('recipe')} ${recipe}.`]
        : []),
    ];
    if (problems.length > 0) throw usageError('export', problems);
  },
};
