import { sanitize } from '../../base/sanitize.ts';
import { writeFilesAtomically } from '../../checkpoints/atomic-file.ts';
import { loadTexts, type UnlabelledText } from '../../data/load-texts.ts';
import { predictedClass } from '../../inference/classification-metrics.ts';
import { type Classifier, createClassifier, probabilitiesOf } from '../../inference/classifier.ts';
import { loadClassifier } from '../../inference/load-classifier.ts';
import type { Run } from '../command-table.ts';
import type { CommandIo } from '../io.ts';
import { modelAccess, runtimeOf } from '../model-access.ts';
import { columnsOf } from '../options/data.ts';
import type { predictSpec } from '../options/predict.ts';
import { sayTo } from '../say.ts';
import type { OptionsOf } from '../spec.ts';
import { stdinLines } from '../stdin-lines.ts';

type Options = OptionsOf<typeof predictSpec>;

/** Texts asked at once: bounds what is held, and answers show as they come. */
const textsAtOnce = 1024;

/** Classifies texts and writes a JSON object for each, in their order. */
export const run: Run<typeof predictSpec> = async (options, io) => {
  const model = await loadClassifier(options.model, modelAccess(io));
  const classifier = await createClassifier(model, {
    ...runtimeOf(options),
    maxLength: options.maxSeqLength,
    maxRows: options.perDeviceEvalBatchSize,
  });
  const answered: string[] = [];
  const emit =
    options.outputFile === undefined
      ? (lines: readonly string[]) => io.stdout.write(lines.join(''))
      : (lines: readonly string[]) => answered.push(...lines);
  for await (const texts of textsOf(options, io)) {
    for (let start = 0; start < texts.length; start += textsAtOnce) {
      emit(await answer(texts.slice(start, start + textsAtOnce), { classifier, signal: io.signal }));
    }
  }
  if (options.outputFile !== undefined)
    writeFilesAtomically([{ path: options.outputFile, chunks: answered }]);
};

async function* textsOf(options: Options, io: CommandIo): AsyncGenerator<readonly UnlabelledText[]> {
  if (options.text !== undefined) {
    yield options.text.map((text) => ({ text }));
  } else if (options.testFile !== undefined) {
    const { texts, columns } = loadTexts(options.testFile, columnsOf(options));
    const names = [columns.text, ...(columns.textPair === undefined ? [] : [columns.textPair])];
    sayTo(io)(
      `${options.testFile}: ${texts.length} texts from ${names.map((name) => `"${name}"`).join(' and ')}.`,
    );
    yield texts;
  } else {
    for await (const lines of stdinLines(io.stdin)) yield lines.map((text) => ({ text }));
  }
}

/** A line for each text: what was asked, the likeliest label, and what the model gives each label. */
async function answer(
  texts: readonly UnlabelledText[],
  { classifier, signal }: { readonly classifier: Classifier; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { labels } = classifier;
  const byLabel = (values: ArrayLike<number>) =>
    Object.fromEntries(labels.map((label, i) => [label, values[i]!] as const));
  const encodings = texts.map(classifier.encode);
  const rows = await classifier.logitsOf(encodings, { signal });
  return rows.map((logits, i) => {
    const result = {
      ...texts[i]!,
      label: labels[predictedClass(logits)]!,
      probabilities: byLabel(probabilitiesOf(logits)),
      logits: byLabel(logits),
      ...(encodings[i]!.truncated && { truncated: true }),
    };
    // Escapes of JSON and of `sanitize` are the same: what a terminal would obey is written \u…., and still reads back.
    return `${sanitize(JSON.stringify(result))}\n`;
  });
}
