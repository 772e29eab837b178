import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdFolder } from '../../files/folder-lock.ts';
import type { demoSpec } from '../../options/demo.ts';
import { resolveOptions } from '../../options/resolve.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { trainSpec } from '../../options/train.ts';
import { renderTable } from '../../report/results-table.ts';
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
import { givenOf } from './train.ts';

type Options = OptionsOf<typeof demoSpec>;

const asset = (name: string): string => fileURLToPath(new URL(`../../../assets/${name}`, import.meta.url));

/** VDA over substitutes that keep the meaning; chosen on MR's validation texts, docs/results.md says how. */
const vda = [
  ...['--vda', '--mlm', asset('model')],
  ...['--candidate-filter', 'related', '--temperature', '3', '--lambda', '4'],
];

/** The two models that are compared: the same training, without and with VDA. */
const models = [
  { name: 'BERT', folder: 'bert', method: [] },
  { name: 'BERT + VDA substitutes', folder: 'bert-vda', method: vda },
] as const;

/** The attacks on each: one whose filters the training with VDA knows, and one of which it knows nothing. */
const attacks = [
  { recipe: 'bert-attack', folder: 'attack', called: '' },
  { recipe: 'deepwordbug', folder: 'misspelt', called: ', misspelt' },
] as const;

/**
 * Runs the main job on what comes with vda, as the commands a user would type: train without and with VDA, attack
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
  for (const model of models) {
    const folder = join(options.outputDir, model.folder);
    const training = trainArguments(options, { ...model, folder });
    if (existsSync(join(folder, 'model.safetensors'))) {
      const given = givenOf(optionsOfTraining(training), { access: modelAccess(io) });
      const { identity } = await prepareTraining(given);
      checkSameRun(folder, identity);
    } else await perform(training);
    for (const attack of attacks) await perform(attackArguments(options, { model: folder, attack }));
  }
  const { file, rows } = await writeReport({
    file: join(options.outputDir, 'report.html'),
    title: 'Fine-tuning without and with virtual data augmentation',
    rows: attacks.flatMap((attack) =>
      models.map(({ name, folder }) => ({
        name: `${name}${attack.called}`,
        trainFolder: join(options.outputDir, folder),
        attackFolder: attackFolder(join(options.outputDir, folder), attack),
      })),
    ),
    command: `vda ${quoted(io.argv)}`,
  });
  const { columns } = io.stdout;
  io.stdout.write(fitted(`\n${renderTable(rows, { format: 'text', columns })}\nReport: ${file}\n`, columns));
};

type Attack = (typeof attacks)[number];

const attackFolder = (modelFolder: string, { folder }: Pick<Attack, 'folder'>): string =>
  `${modelFolder}-${folder}`;

const machineArguments = ({ numThreads }: Options): readonly string[] =>
  numThreads === undefined ? [] : ['--num-threads', String(numThreads)];

/** What `vda train` makes of its arguments. */
const optionsOfTraining = ([, ...argv]: readonly string[]) =>
  resolveOptions(trainSpec, { flags: parseFlags(trainSpec, argv).values }).options;

/** Learning rate, epochs and dropout were chosen on the dev split, without VDA; docs/results.md says how. */
const trainArguments = (
  options: Options,
  { folder, method }: { readonly folder: string; readonly method: readonly string[] },
): readonly string[] => [
  'train',
  ...['--model', asset('model'), '--train-file', asset('reviews/train.jsonl')],
  ...['--validation-file', asset('reviews/dev.jsonl'), '--output-dir', folder],
  ...['--learning-rate', '2e-4', '--num-train-epochs', '8', '--per-device-train-batch-size', '16'],
  ...['--dropout', '0.2', '--seed', String(options.seed)],
  ...['--load-best-model-at-end', '--save-total-limit', '1'],
  ...method,
  ...machineArguments(options),
  ...(lastCheckpoint(folder) === undefined ? [] : ['--resume-from-checkpoint', 'last']),
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
