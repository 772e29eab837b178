import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../../base/error.ts';
import type { Estimate } from '../../base/statistics.ts';
import type { Dataset } from '../../data/dataset.ts';
import { classificationMetrics } from '../../evaluation/classification-metrics.ts';
import { type DifferenceOfAnswers, differenceOfAnswers } from '../../evaluation/difference-of-answers.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { contentHash } from '../../files/content-hash.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { readJsonFile } from '../../files/json-file.ts';
import { isFolder, isSamePath } from '../../files/paths.ts';
import { createClassifier } from '../../inference/create-classifier.ts';
import { exportObstacle, exportOnnx } from '../../inference/export-onnx.ts';
import { type OnnxDtype, onnxDtypes } from '../../inference/onnx-dtypes.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import type { exportSpec } from '../../options/export.ts';
import { kebabCase } from '../../options/names.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import { attackFiles } from '../../runs/attack-run.ts';
import { inputKindOf } from '../../runs/input-kind.ts';
import { recordOf } from '../../runs/run-record.ts';
import { baseModelOf, checkInputKind } from '../../runs/trained-model.ts';
import { loadOnnxClassifier } from '../../runs/victims/onnx.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import { asksForWords } from '../../training/attacks-of-training.ts';
import type { Run } from '../command.ts';
import { setReader, setRemarks } from '../inputs/load-sets.ts';
import { modelAccess } from '../inputs/model-access.ts';
import { readingLength } from '../inputs/reading-length.ts';
import { withoutArray } from '../inputs/shard.ts';
import { aligned } from '../terminal/aligned.ts';
import { formatBytes } from '../terminal/format.ts';
import type { CommandIo } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof exportSpec>;

/** What is said of an exported file; of its answers where there are texts, of an attack where there is one. */
interface ExportedFile extends Partial<DifferenceOfAnswers> {
  readonly dtype: OnnxDtype;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly accuracy?: Estimate;
  readonly attack?: Attacked;
}

/** What is said of the attacks, in a folder beside the files. */
const attacksFolder = 'onnx-attacks';
const recordFile = 'onnx/export.json';

/** Writes a classifier as ONNX files, and what became of its answers on the way. */
export const run: Run<typeof exportSpec> = async (options, io) => {
  const say = sayTo(io);
  const model = await loadClassifier(options.model, modelAccess(io));
  const folder = outputFolder(options);
  for (const dtype of options.dtype) {
    const obstacle = exportObstacle(model, { dtype });
    if (obstacle !== undefined)
      throw new VdaError('unsupported', `${options.model} cannot be exported: ${obstacle}.`);
  }
  const { testFile, recipe } = options;
  const mlm = recipe !== undefined && asksForWords(recipe) ? (options.mlm ?? baseModelOf(model)) : undefined;
  const data = testFile === undefined ? undefined : await loadTexts(model, { options, io });
  await holdFolder(folder, { work: 'an export' }, async () => {
    writeModelFiles(folder, { model, say });
    const written = options.dtype.map((dtype) => write(dtype, { model, folder, io }));
    const measured = data ? await measure(written, { data, model, folder, options, io }) : written;
    const hashes = data ? { testFile: data.sha256 } : {};
    const keep = (files: readonly ExportedFile[]) => {
      const record = { ...recordOf({ command: 'export', options, data: hashes }), files };
      writeFilesAtomically([{ path: join(folder, recordFile), chunks: [json(record)] }]);
      return record;
    };
    let record = keep(measured); // what is known of the files, should an attack not end
    if (recipe !== undefined) record = keep(await attackEach(measured, { mlm, model, folder, options, io }));
    io.stdout.write(options.json ? json(record) : table(record.files));
  });
};

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** @throws VdaError `usage` where the model is none of the user's folders */
function outputFolder({ model, outputDir }: Options): string {
  if (outputDir !== undefined || isFolder(model)) return outputDir ?? model;
  throw new VdaError(
    'usage',
    `vda export: --output-dir is required, for ${model} is a model of the hub, whose copies others read too.`,
  );
}

async function loadTexts(
  model: PretrainedModel,
  { options, io }: { readonly options: Options; readonly io: CommandIo },
): Promise<Dataset> {
  const read = setReader(options, modelAccess(io));
  const data = (await read('test', { labels: Object.values(model.config.id2label) }))!; // the options name it
  for (const remark of setRemarks({ test: data })) sayTo(io)(remark);
  checkInputKind(model, { source: data.path, kind: inputKindOf(data.columns) });
  return data;
}

/** What a file needs beside it to be asked: configuration and tokenizer. @throws VdaError `conflict` where they are another model's */
function writeModelFiles(
  folder: string,
  { model, say }: { readonly model: PretrainedModel; readonly say: (line: string) => void },
): void {
  if (isSamePath(folder, model.folder)) return;
  const config = readFileSync(join(model.folder, 'config.json'), 'utf8');
  const there = join(folder, 'config.json');
  if (existsSync(there) && readFileSync(there, 'utf8') !== config) {
    throw new VdaError(
      'conflict',
      `${folder} holds another model: its config.json is not that of ${model.folder}. Choose another --output-dir.`,
    );
  }
  const texts = { ...model.tokenizer.files, 'config.json': config };
  writeFilesAtomically(
    Object.entries(texts).map(([name, text]) => ({ path: join(folder, name), chunks: [text] })),
  );
  say(`${folder}: ${Object.keys(texts).sort().join(', ')}.`);
}

function write(
  dtype: OnnxDtype,
  { model, folder, io }: { readonly model: PretrainedModel; readonly folder: string; readonly io: CommandIo },
): ExportedFile {
  io.signal.throwIfAborted();
  const { file } = onnxDtypes[dtype];
  const bytes = exportOnnx(model, { dtype });
  writeFilesAtomically([{ path: join(folder, file), chunks: [bytes] }]);
  sayTo(io)(`${join(folder, file)}: ${dtype}, ${formatBytes(bytes.length)}.`);
  return { dtype, file, bytes: bytes.length, sha256: contentHash(bytes) };
}

interface Measuring {
  readonly model: PretrainedModel;
  readonly folder: string;
  readonly options: Options;
  readonly io: CommandIo;
}

const lengthOf = ({ options, io, model }: Measuring): number =>
  readingLength(options, { given: io.given, model }).maxLength;

/** Asks each file, and the model itself, about all texts. */
async function measure(
  files: readonly ExportedFile[],
  p: Measuring & { readonly data: Dataset },
): Promise<readonly ExportedFile[]> {
  const { model, folder, options, io, data } = p;
  const { examples, labels } = data;
  const running = { maxLength: lengthOf(p), ...(options.numThreads && { numThreads: options.numThreads }) };
  const classes = examples.map(({ label }) => label);
  const total = (files.length + 1) * examples.length;
  const progress = createProgress(io, { label: 'Asking', total, unit: 'text' });
  let before = 0;
  const ask = async (classifier: Awaited<ReturnType<typeof loadOnnxClassifier>>['classifier']) => {
    try {
      const onProgress = (done: number) => progress.update(before + done);
      return await classifier.logits(examples, { signal: io.signal, onProgress });
    } finally {
      before += examples.length;
      await classifier.release();
    }
  };
  try {
    const reference = await ask(await createClassifier(model, { ...running, runtime: nodeRuntime }));
    const measured: ExportedFile[] = [];
    for (const one of files) {
      const { classifier } = await loadOnnxClassifier(join(folder, one.file), {
        ...running,
        tokenizer: folder,
      });
      const rows = await ask(classifier);
      const { accuracy } = classificationMetrics(rows, { classes, labels });
      measured.push({ ...one, accuracy, ...differenceOfAnswers(rows, reference) });
    }
    return measured;
  } finally {
    progress.finish();
  }
}

/** JSON has no NaN: what few texts cannot say is null. */
const figure = z.number().nullable();
const estimate = z.object({ value: figure, low: figure, high: figure });
const summary = z.object({ metrics: z.object({ attAcc: estimate, oriAcc: estimate, qNum: estimate }) });

/** What `summary.json` of an attack says, and where it is. */
interface Attacked extends z.output<typeof summary.shape.metrics> {
  readonly recipe: string;
  readonly folder: string;
}

/** Attacks each file, as `vda attack` does; what was attacked already is not attacked again. */
async function attackEach(
  files: readonly ExportedFile[],
  p: Measuring & {
    /** The model that the attack asks for words, where it asks one. */
    readonly mlm: string | undefined;
  },
): Promise<readonly ExportedFile[]> {
  const { folder, options, io, mlm } = p;
  const quiet = { ...io, stdout: { write: () => true }, env: withoutArray(io.env) };
  const recipe = options.recipe!; // whoever calls has looked
  const words = mlm === undefined ? [] : ['--mlm', mlm];
  const columns = (['textColumn', 'textPairColumn', 'labelColumn'] as const).flatMap((key) =>
    options[key] === undefined ? [] : [`--${kebabCase(key)}`, options[key]],
  );
  const attacked: ExportedFile[] = [];
  for (const one of files) {
    const attackFolder = join(folder, attacksFolder, `${one.dtype}-${recipe}`);
    sayTo(io)(`Attacking ${one.file} with ${recipe}.`);
    const attacking = io.perform(
      [
        ...['attack', '--victim', `onnx:${join(folder, one.file)}`, '--victim-tokenizer', folder],
        ...['--recipe', recipe, ...words, '--test-file', options.testFile!, ...columns],
        ...(options.labels ? ['--labels', ...options.labels] : []),
        ...['--num-examples', String(options.numExamples), '--max-seq-length', String(lengthOf(p))],
        ...['--output-dir', attackFolder],
        ...(options.numThreads === undefined ? [] : ['--num-threads', String(options.numThreads)]),
      ],
      quiet,
    );
    await attacking.catch((thrown: unknown) => {
      throw withRemedy(thrown, attackFolder);
    });
    const { metrics } = readJsonFile(join(attackFolder, attackFiles.summary), {
      schema: summary,
      what: 'the summary of an attack',
      remedy: 'Remove the folder and export again.',
    })!; // the attack has just written it
    attacked.push({ ...one, attack: { recipe, ...metrics, folder: attackFolder } });
  }
  return attacked;
}

/** Of an attack on an earlier file, or on other texts, what can be done about it here. */
function withRemedy(thrown: unknown, attackFolder: string): unknown {
  if (!(thrown instanceof VdaError) || thrown.code !== 'conflict') return thrown;
  const remedy = `For vda export that is another --output-dir; or remove ${attackFolder}, if nobody needs that attack any more.`;
  return new VdaError('conflict', `${thrown.marked} ${remedy}`, { cause: thrown });
}

function table(files: readonly ExportedFile[]): string {
  const digits = (value: number | null) => (value === null ? '–' : value.toFixed(1));
  const inPercent = (value: number | null) => digits(value === null ? null : 100 * value);
  const percent = ({ value, low, high }: z.output<typeof estimate>) =>
    `${inPercent(value)} % [${inPercent(low)}, ${inPercent(high)}]`;
  const columns: readonly (readonly [string, (file: ExportedFile) => string | undefined])[] = [
    ['File', ({ file }) => file],
    ['dtype', ({ dtype }) => dtype],
    ['Size', ({ bytes }) => formatBytes(bytes)],
    ['Accuracy', ({ accuracy }) => accuracy && percent(accuracy)],
    ['Labels kept', ({ agreement }) => agreement && `${(100 * agreement.value).toFixed(2)} %`],
    ['Largest difference', ({ largestDifference }) => largestDifference?.toFixed(6)],
    ['Att Acc', ({ attack }) => attack && percent(attack.attAcc)],
    ['Q Num', ({ attack }) => attack && digits(attack.qNum.value)],
  ];
  const said = columns.filter(([, cell]) => cell(files[0]!) !== undefined);
  const rows = [said.map(([head]) => head), ...files.map((file) => said.map(([, cell]) => cell(file)!))];
  return `${aligned(rows).join('\n')}\n`;
}
