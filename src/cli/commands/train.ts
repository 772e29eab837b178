import { sanitize } from '../../base/sanitize.ts';
import { resolveModel } from '../../checkpoints/resolve-model.ts';
import type { Dataset } from '../../data/dataset.ts';
import { loadDataset } from '../../data/load-dataset.ts';
import { loadClassifier } from '../../inference/load-classifier.ts';
import type { RuntimeOptions } from '../../runtime/compile.ts';
import type { VdaOptions } from '../../strategies/vda-options.ts';
import { createEvaluation } from '../../training/evaluation.ts';
import { fineTune } from '../../training/fine-tune.ts';
import { openRunFolder } from '../../training/run-folder.ts';
import type { TrainOptions } from '../../training/train-options.ts';
import type { Run } from '../command-table.ts';
import { hooksOf } from '../hooks.ts';
import { officialChoices } from '../official-choices.ts';
import type { trainSpec } from '../options/train.ts';
import { methodOf } from '../options/vda.ts';
import { checkpointToResume, resumeArguments } from '../resume.ts';
import { recordOf } from '../run-record.ts';
import type { OptionsOf } from '../spec.ts';

type Options = OptionsOf<typeof trainSpec>;

/** Fine-tunes a classifier, plainly or with VDA, and saves it with its run's record. */
export const run: Run<typeof trainSpec> = async (options, io) => {
  const say = (line: string) => io.stderr.write(`${sanitize(line)}\n`);
  const columns = columnsOf(options);
  const train = loadDataset(options.trainFile, {
    ...columns,
    requireClasses: 2,
    ...(options.labels ? { labels: options.labels } : {}),
  });
  const others = { ...columns, labels: train.labels };
  const validation =
    options.validationFile === undefined ? undefined : loadDataset(options.validationFile, others);
  const test = options.testFile === undefined ? undefined : loadDataset(options.testFile, others);
  for (const [role, data] of Object.entries({ train, validation, test }))
    if (data) sayDataset(say, { role, data });
  if (options.fidelity === 'official') for (const line of officialChoices) say(`official: ${line}`);

  const record = recordOf({ command: 'train', options, data: hashes({ train, validation, test }) });
  const resumeFrom = checkpointToResume(options);
  openRunFolder(options.outputDir, { record, resume: resumeFrom !== undefined });
  const modelFolder = await resolveModel(options.model);
  const runtime = {
    device: options.device,
    ...(options.numThreads === undefined ? {} : { numThreads: options.numThreads }),
  };
  const { configuration } = record;
  const result = await fineTune({
    ...{
      options: trainOptionsOf(options),
      modelFolder,
      train,
      validation,
      runtime,
      configuration,
      resumeFrom,
      say,
    },
    maskedLm: options.mlm ?? modelFolder,
    hooks: hooksOf(io),
  });
  if (result.interrupted) {
    say(`Saved after step ${result.steps}. Go on with: vda ${resumeArguments(io)}`);
    throw io.signal.reason;
  }
  if (result.bestCheckpoint) say(`Best checkpoint: ${result.bestCheckpoint}.`);
  const report = {
    outputDir: options.outputDir,
    steps: result.steps,
    ...prefixed('validation', result.evaluation),
  };
  const onTest = test && (await testOf(options, { examples: test.examples, runtime }));
  io.stdout.write(`${JSON.stringify({ ...report, ...prefixed('test', onTest) })}\n`);
};

/** What the run's loop needs, from what the command line gives. */
export function trainOptionsOf(options: Options): TrainOptions {
  const method = methodOf(options);
  const officialCode = options.fidelity === 'official';
  const vda: VdaOptions | undefined = method.vda ? { ...options, officialCode } : undefined;
  return { ...options, decayAll: officialCode, vda };
}

/** Accuracy and loss of the saved model, loaded as anybody would. */
const testOf = async (
  options: Options,
  { examples, runtime }: { readonly examples: Dataset['examples']; readonly runtime: RuntimeOptions },
) => {
  const evaluate = await createEvaluation(await loadClassifier(options.outputDir), {
    ...{ examples, runtime, maxLength: options.maxSeqLength, batchSize: options.perDeviceEvalBatchSize },
  });
  return evaluate();
};

const columnsOf = ({ textColumn, textPairColumn, labelColumn }: Options) => ({
  ...(textColumn === undefined ? {} : { textColumn }),
  ...(textPairColumn === undefined ? {} : { textPairColumn }),
  ...(labelColumn === undefined ? {} : { labelColumn }),
});

function sayDataset(
  say: (line: string) => void,
  { role, data }: { readonly role: string; readonly data: Dataset },
): void {
  const { text, textPair, label } = data.columns;
  const counts = data.labels.map((name, i) => `${name} ${data.examples.filter((e) => e.label === i).length}`);
  const texts = textPair === undefined ? `text "${text}"` : `texts "${text}" and "${textPair}"`;
  say(
    `${role}: ${data.examples.length} examples of ${data.path}; ${texts}, label "${label}" (${counts.join(', ')}).`,
  );
  for (const warning of data.warnings) say(`${role}: ${warning}`);
}

const hashes = (sets: Readonly<Record<string, Dataset | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sets).flatMap(([role, data]) => (data ? [[role, data.sha256]] : [])));

const prefixed = (prefix: string, values: object | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [
      `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
