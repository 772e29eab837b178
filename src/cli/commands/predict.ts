import { quotedExcerpt } from '../../base/excerpt.ts';
import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { sanitize } from '../../base/sanitize.ts';
import { openTexts, type UnlabelledText, type UnlabelledTexts } from '../../data/open-texts.ts';
import { predictedClass } from '../../evaluation/classification-metrics.ts';
import { openGrowingFile } from '../../files/growing-file.ts';
import { columnsOf } from '../../options/data.ts';
import { requireOtherFile } from '../../options/file-options.ts';
import { predictSpec } from '../../options/predict.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { resolveDataFile } from '../../pretrained/resolve-data-file.ts';
import type { ProgressDisplay } from '../../runs/hooks.ts';
import { inputKindOf } from '../../runs/input-kind.ts';
import { checkInputKind } from '../../runs/trained-model.ts';
import { stdinLines } from '../args/stdin-lines.ts';
import type { Run } from '../command.ts';
import { modelAccess } from '../inputs/model-access.ts';
import { askedRows, type OpenedVictim, openVictim, requireOneText } from '../inputs/open-victim.ts';
import type { CommandIo } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof predictSpec>;

/** Texts asked at once: bounds what is held, and answers show as they come. */
const textsAtOnce = 1024;

/** Classifies texts and writes a JSON object for each, in their order. What is answered is kept, should it not end well. */
export const run: Run<typeof predictSpec> = async (options, io) => {
  const { outputFile } = options;
  if (outputFile === undefined) return answerAll(options, io, (lines) => io.stdout.write(lines.join('')));
  requireOtherFile(predictSpec, options, 'outputFile');
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
  const opened = await openVictim(
    { ...options, batchSize: options.perDeviceEvalBatchSize },
    { io, say: sayTo(io), workerProcesses: options.text === undefined },
  );
  const asked = await textsOf(options, io);
  let progress: ProgressDisplay | undefined;
  let done = 0;
  try {
    for await (const texts of asked.texts) {
      const { source } = asked;
      const kind = inputKindOf(texts[0] ?? {});
      if (texts.length > 0 && opened.model !== undefined) checkInputKind(opened.model, { source, kind });
      requireOneText(opened, { source, kind });
      if (showsProgress(options, io))
        progress ??= createProgress(io, { label: 'Predicting', total: asked.total, unit: 'text' });
      for (let start = 0; start < texts.length; start += textsAtOnce) {
        const onProgress = (more: number) => progress?.update(done + more);
        const some = texts.slice(start, start + textsAtOnce);
        emit(await answer(some, { opened, signal: io.signal, onProgress }));
        done += some.length;
        progress?.update(done);
      }
    }
  } finally {
    progress?.finish();
  }
}

/** Of a file, and of standard input where someone looks on; never among answers on a terminal. */
function showsProgress({ text, testFile, outputFile }: Options, { stdout, stderr }: CommandIo): boolean {
  if (text !== undefined || (outputFile === undefined && stdout.isTTY === true)) return false;
  return testFile !== undefined || stderr.isTTY === true;
}

/** Texts to classify, some at a time, and where they come from. */
interface Asked {
  readonly source: string;
  readonly texts: AsyncIterable<readonly UnlabelledText[]> | Iterable<readonly UnlabelledText[]>;
  /** How many there are; 0 where nobody knows. */
  readonly total: number;
}

async function textsOf({ text, testFile, ...options }: Options, io: CommandIo): Promise<Asked> {
  if (text !== undefined)
    return { source: 'the command line', texts: [text.map((one) => ({ text: one }))], total: text.length };
  if (testFile === undefined) return { source: 'standard input', texts: linesOf(io), total: 0 };
  const path = await resolveDataFile(testFile, modelAccess(io));
  const { count, columns, remarks, read } = await openTexts(path, columnsOf(options));
  for (const line of [`${testFile}: ${count} texts, ${sourceOf(columns)}.`, ...remarks]) sayTo(io)(line);
  return { source: testFile, texts: read(), total: count };
}

async function* linesOf(io: CommandIo): AsyncGenerator<readonly UnlabelledText[]> {
  for await (const lines of stdinLines(io.stdin, io)) yield lines.map((text) => ({ text }));
}

const sourceOf = (columns: UnlabelledTexts['columns']): string =>
  columns === undefined
    ? 'one a line, without a header'
    : `from ${[columns.text, columns.textPair ?? []]
        .flat()
        .map((name) => quotedExcerpt(name))
        .join(' and ')}`;

/** A line for each text: what was asked, the likeliest label, and what the model gives each label; of a decision the label alone. */
async function answer(
  texts: readonly UnlabelledText[],
  {
    opened,
    ...asking
  }: {
    readonly opened: OpenedVictim;
    readonly signal: AbortSignal;
    readonly onProgress: (done: number) => void;
  },
): Promise<readonly string[]> {
  const { labels, answers } = opened.victim;
  const byLabel = (values: ArrayLike<number>) =>
    Object.fromEntries(labels.map((label, i) => [label, values[i]!] as const));
  const { rows, truncated } = await askedRows(opened, texts, asking);
  return rows.map((logits, i) => {
    const result = {
      ...texts[i]!,
      label: labels[predictedClass(logits)]!,
      ...(answers !== 'decisions' && {
        probabilities: byLabel(probabilitiesOf(logits)),
        logits: byLabel(logits), // of a victim that answers probabilities, their logarithms
      }),
      ...(truncated[i] && { truncated: true }),
    };
    // Escapes of JSON and of `sanitize` are the same: what a terminal would obey is written \u…., and still reads back.
    return `${sanitize(JSON.stringify(result))}\n`;
  });
}
