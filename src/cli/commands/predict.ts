import { VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { sanitize } from '../../base/sanitize.ts';
import { loadTexts, type UnlabelledText, type UnlabelledTexts } from '../../data/load-texts.ts';
import { predictedClass } from '../../evaluation/classification-metrics.ts';
import { openGrowingFile } from '../../files/growing-file.ts';
import { isSamePath } from '../../files/paths.ts';
import { type Classifier, createClassifier } from '../../inference/classifier.ts';
import { columnsOf } from '../../options/data.ts';
import type { predictSpec } from '../../options/predict.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import { inputKindOf } from '../../runs/input-kind.ts';
import { checkInputKind } from '../../runs/trained-model.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import { stdinLines } from '../args/stdin-lines.ts';
import type { Run } from '../command.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { readingLength } from '../inputs/reading-length.ts';
import { answering } from '../inputs/smoothed-victim.ts';
import type { CommandIo } from '../terminal/io.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof predictSpec>;

/** Texts asked at once: bounds what is held, and answers show as they come. */
const textsAtOnce = 1024;

/** Classifies texts and writes a JSON object for each, in their order. What is answered is kept, should it not end well. */
export const run: Run<typeof predictSpec> = async (options, io) => {
  const { outputFile, testFile } = options;
  if (outputFile === undefined) return answerAll(options, io, (lines) => io.stdout.write(lines.join('')));
  if (testFile !== undefined && isSamePath(outputFile, testFile)) {
    throw new VdaError(
      'usage',
      `--output-file ${outputFile} is the file of --test-file, which the answers would replace. Name another.`,
    );
  }
  const file = openGrowingFile(outputFile);
  try {
    await answerAll(options, io, (lines) => file.append(lines.join('')));
    file.finish();
  } catch (thrown) {
    const kept = file.leave();
    if (kept !== undefined) sayTo(io)(`The answers so far are in ${kept}.`);
    throw thrown;
  }
};

async function answerAll(
  options: Options,
  io: CommandIo,
  emit: (lines: readonly string[]) => void,
): Promise<void> {
  const model = await loadClassifier(options.model, modelAccess(io));
  const classifier = await createClassifier(model, {
    ...runtimeOf(options),
    runtime: nodeRuntime,
    maxLength: readingLength(options, { given: io.given, model }).maxLength,
    maxRows: options.perDeviceEvalBatchSize,
    workerProcesses: options.text === undefined,
    onRemark: sayTo(io),
  });
  const logitsOf = answering(classifier, { options, tokenizer: model.tokenizer });
  for await (const { source, texts } of textsOf(options, io)) {
    const kind = inputKindOf(texts[0] ?? {});
    if (texts.length > 0) checkInputKind(model, { source, kind });
    for (let start = 0; start < texts.length; start += textsAtOnce) {
      emit(
        await answer(texts.slice(start, start + textsAtOnce), { classifier, logitsOf, signal: io.signal }),
      );
    }
  }
}

/** Texts to classify, and where they come from. */
interface Asked {
  readonly source: string;
  readonly texts: readonly UnlabelledText[];
}

async function* textsOf(options: Options, io: CommandIo): AsyncGenerator<Asked> {
  if (options.text !== undefined) {
    yield { source: 'the command line', texts: options.text.map((text) => ({ text })) };
  } else if (options.testFile !== undefined) {
    const { texts, columns, remarks } = loadTexts(options.testFile, columnsOf(options));
    for (const line of [`${options.testFile}: ${texts.length} texts, ${sourceOf(columns)}.`, ...remarks])
      sayTo(io)(line);
    yield { source: options.testFile, texts };
  } else {
    for await (const lines of stdinLines(io.stdin, io))
      yield { source: 'standard input', texts: lines.map((text) => ({ text })) };
  }
}

const sourceOf = (columns: UnlabelledTexts['columns']): string =>
  columns === undefined
    ? 'one a line, without a header'
    : `from ${[columns.text, columns.textPair ?? []]
        .flat()
        .map((name) => quotedExcerpt(name))
        .join(' and ')}`;

/** A line for each text: what was asked, the likeliest label, and what the model gives each label. */
async function answer(
  texts: readonly UnlabelledText[],
  p: {
    readonly classifier: Classifier;
    readonly logitsOf: ReturnType<typeof answering>;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const { classifier, logitsOf, signal } = p;
  const { labels } = classifier;
  const byLabel = (values: ArrayLike<number>) =>
    Object.fromEntries(labels.map((label, i) => [label, values[i]!] as const));
  const encodings = texts.map(classifier.encode);
  const rows = await logitsOf({ inputs: texts, encodings }, { signal });
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
