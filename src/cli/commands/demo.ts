import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdFolder } from '../../files/folder-lock.ts';
import type { demoSpec } from '../../options/demo.ts';
import { resolveOptions } from '../../options/resolve.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { trainSpec } from '../../options/train.ts';
import { comparisonLines } from '../../report/comparison-lines.ts';
import type { ReportRow } from '../../report/report-input.ts';
import { formatEstimate } from '../../report/result-row.ts';
import { textTable } from '../../report/text-table.ts';
import { writeReport } from '../../report/write-report.ts';
import { lastCheckpoint } from '../../runs/checkpoint.ts';
import { checkSameRun } from '../../runs/run-folder.ts';
import { prepareTraining } from '../../training/prepare-training.ts';
import { parseFlags } from '../args/parse-flags.ts';
import type { Run } from '../command.ts';
import { modelAccess } from '../inputs/model-access.ts';
import { withoutArray } from '../inputs/shard.ts';
import { fitted } from '../terminal/fitted.ts';
import type { Io } from '../terminal/io.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';
import { demoAccuracy } from './demo-accuracy.ts';
import { demoModels, robust } from './demo-models.ts';
import { nextCommands } from './demo-next.ts';
import { givenOf } from './train.ts';

type Options = OptionsOf<typeof demoSpec>;

const asset = (name: string): string => fileURLToPath(new URL(`../../../assets/${name}`, import.meta.url));

/** The attacks on each: words in place of words, and one letter in a word. */
const attacks = [
  { recipe: 'bert-attack', folder: 'attack' },
  { recipe: 'deepwordbug', folder: 'misspelt' },
] as const;

/**
 * Runs the main job on what comes with vda, as the commands a user would type: train plainly and robustly, measure and attack
 * both, and put the report together. A step that is done already is not done again, one that was stopped goes on.
 * @throws VdaError `conflict` where a folder holds the models of other options
 */
export const run: Run<typeof demoSpec> = (options, io) =>
  holdFolder(options.outputDir, { work: 'a demo' }, () => demo(options, io));

const demo: Run<typeof demoSpec> = async (options, io) => {
  const say = sayTo(io);
  const quiet: Io = { ...io, stdout: { write: () => true }, env: withoutArray(io.env) };
  const perform = async (argv: readonly string[]) => {
    io.stderr.write('\n');
    say(`$ vda ${quoted(argv)}`);
    await io.perform(argv, quiet);
  };
  say(
    `Trains two classifiers of reviews, plainly and with ${robust.name}, measures both on the test reviews and attacks each in two ways: minutes on two cores, without a network.`,
  );
  for (const model of demoModels) {
    const folder = join(options.outputDir, model.folder);
    const training = trainArguments(options, { ...model, folder });
    if (existsSync(join(folder, 'model.safetensors'))) {
      const given = await givenOf(optionsOfTraining(training), { access: modelAccess(io) });
      const { identity } = await prepareTraining(given);
      checkSameRun(folder, identity);
    } else await perform(training);
    if (!existsSync(join(evaluationFolder(folder), 'eval.json')))
      await perform(evaluationArguments(options, folder));
    say(`${model.name}: ${accuracyOf(folder)}`);
    for (const attack of attacks) await perform(attackArguments(options, { model: folder, attack }));
  }
  const { file, rows, worstCases } = await writeReport({
    file: join(options.outputDir, 'report.html'),
    title: `Plain fine-tuning and ${robust.name} under two attacks`,
    rows: attacks.flatMap((attack) =>
      demoModels.map(({ name, folder }) => ({
        name,
        trainFolder: join(options.outputDir, folder),
        attackFolder: attackFolder(join(options.outputDir, folder), attack),
      })),
    ),
    remarks: [robust.caveat],
    command: `vda ${quoted(io.argv)}`,
  });
  const shown = [
    '',
    ...table(rows, io.stdout.columns),
    '',
    ...comparisonLines([...rows, ...worstCases]),
    '',
    ...demoModels.map(({ name, folder }) => `${name}: ${accuracyOf(join(options.outputDir, folder))}`),
    robust.caveat,
    '',
    `Report: ${file}`,
    '',
    'Next, with texts of your own (TSV, CSV or JSON Lines, a text and a label in each row):',
    '',
    ...nextCommands({
      model: shortPath(asset('model')),
      trained: join(options.outputDir, robust.folder),
      ...robust,
    }).map((argv) => `  vda ${quoted(argv)}`),
    '',
  ];
  io.stdout.write(fitted(shown.join('\n'), io.stdout.columns));
};

type Attack = (typeof attacks)[number];

/** From here where that leads down, else as it is. */
const shortPath = (path: string): string => {
  const way = relative('', path);
  return way.startsWith('..') ? path : way;
};

const attackFolder = (modelFolder: string, { folder }: Pick<Attack, 'folder'>): string =>
  `${modelFolder}-${folder}`;

const evaluationFolder = (modelFolder: string): string => `${modelFolder}-eval`;

const accuracyOf = (modelFolder: string): string =>
  demoAccuracy({
    predictions: readFileSync(join(evaluationFolder(modelFolder), 'predictions.jsonl'), 'utf8'),
    reviews: readFileSync(asset('reviews/test.jsonl'), 'utf8'),
  });

const rowsUnder = (rows: readonly ReportRow[], recipe: string): readonly ReportRow[] =>
  rows.filter(({ attacked }) => attacked?.attack === recipe);

/** A line for each model: right before, and under each attack. */
function table(rows: readonly ReportRow[], columns: number | undefined): readonly string[] {
  const measured = (row: ReportRow, key: 'oriAcc' | 'attAcc') => formatEstimate(row.metrics[key], 'percent');
  const cells = demoModels.map(({ name }) => {
    const own = attacks.flatMap(({ recipe }) =>
      rowsUnder(rows, recipe).filter((row) => row.attacked?.model === name),
    );
    return [name, measured(own[0]!, 'oriAcc'), ...own.map((row) => measured(row, 'attAcc'))];
  });
  const headers = ['Right', 'before an attack', ...attacks.map(({ recipe }) => `after ${recipe}`)];
  return textTable(headers, { rows: cells, columns });
}

const machineArguments = ({ numThreads }: Options): readonly string[] =>
  numThreads === undefined ? [] : ['--num-threads', String(numThreads)];

/** What `vda train` makes of its arguments. */
const optionsOfTraining = ([, ...argv]: readonly string[]) =>
  resolveOptions(trainSpec, { flags: parseFlags(trainSpec, argv).values }).options;

/** Learning rate, epochs and dropout were chosen on the dev split, of the plain training; docs/results.md says how. */
const trainArguments = (
  options: Options,
  { folder, method }: { readonly folder: string; readonly method: readonly string[] },
): readonly string[] => [
  'train',
  ...['--model', asset('model'), '--train-file', asset('reviews/train.jsonl')],
  ...['--validation-file', asset('reviews/dev.jsonl'), '--output-dir', folder],
  ...['--learning-rate', '2e-4', '--num-train-epochs', '4', '--per-device-train-batch-size', '16'],
  ...['--dropout', '0.1', '--seed', String(options.seed)],
  ...['--load-best-model-at-end', '--save-total-limit', '1'],
  ...method,
  ...machineArguments(options),
  ...(lastCheckpoint(folder) === undefined ? [] : ['--resume-from-checkpoint', 'last']),
];

const evaluationArguments = (options: Options, model: string): readonly string[] => [
  ...['eval', '--model', model, '--test-file', asset('reviews/test.jsonl')],
  ...['--output-dir', evaluationFolder(model), ...machineArguments(options)],
];

const attackArguments = (
  options: Options,
  { model, attack }: { readonly model: string; readonly attack: Attack },
): readonly string[] => [
  ...['attack', '--recipe', attack.recipe, '--model', model, '--test-file', asset('reviews/test.jsonl')],
  ...(attack.recipe === 'bert-attack' ? ['--mlm', asset('model')] : []),
  ...['--num-examples', String(options.numExamples), '--output-dir', attackFolder(model, attack)],
  ...machineArguments(options),
];
