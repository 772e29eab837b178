import { join } from 'node:path';
import { probabilitiesOf } from '../../base/probabilities-of.ts';
import { sanitize } from '../../base/sanitize.ts';
import { type Calibration, calibration } from '../../evaluation/calibration.ts';
import {
  type ClassificationMetrics,
  classificationMetrics,
  predictedClass,
} from '../../evaluation/classification-metrics.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import type { evalSpec } from '../../options/eval.ts';
import { inputKindOf } from '../../runs/input-kind.ts';
import { checkOutputFolder } from '../../runs/run-folder.ts';
import { recordOf } from '../../runs/run-record.ts';
import { checkInputKind } from '../../runs/trained-model.ts';
import type { Run } from '../command.ts';
import { overrideRemarks, setReader, setRemarks } from '../inputs/load-sets.ts';
import { modelAccess } from '../inputs/model-access.ts';
import { askedRows, openVictim, requireOneText } from '../inputs/open-victim.ts';
import { aligned } from '../terminal/aligned.ts';
import { createProgress } from '../terminal/progress.ts';
import { sayTo } from '../terminal/say.ts';

/** Asks a classifier all texts and prints how often it is right. */
export const run: Run<typeof evalSpec> = async (options, io) => {
  const say = sayTo(io);
  if (options.outputDir !== undefined) checkOutputFolder(options.outputDir, 'eval');
  const opened = await openVictim({ ...options, batchSize: options.perDeviceEvalBatchSize }, { io, say });
  const { victim, model, classifier } = opened;
  const { labels } = victim;
  const data = (await setReader(options, modelAccess(io))('test', { labels }))!; // the options are checked to name it
  const remarks = [...opened.remarks, ...overrideRemarks(options, io.given), ...setRemarks({ test: data })];
  for (const remark of remarks) say(remark);
  const asked = { source: data.path, kind: inputKindOf(data.columns) };
  if (model !== undefined) checkInputKind(model, asked);
  requireOneText(opened, asked);

  const progress = createProgress(io, { label: 'Evaluating', total: data.examples.length, unit: 'text' });
  const asking = { signal: io.signal, onProgress: progress.update };
  const { rows, truncated } = await askedRows(opened, data.examples, asking).finally(progress.finish);
  const cut = truncated.filter(Boolean).length;
  if (cut > 0) say(`${cut} texts were cut to ${classifier!.maxLength} pieces (--max-seq-length).`);
  const classes = data.examples.map(({ label }) => label);
  const decides = victim.answers === 'decisions'; // a label alone says nothing of how sure it is
  const calibrated = decides ? undefined : calibration(rows, classes);
  const measured = classificationMetrics(rows, { classes, labels });
  const metrics = {
    ...measured,
    ...(decides && { loss: null }),
    ...(calibrated && { calibration: calibrated }),
  };
  if (metrics.problem) say(`Mind: ${metrics.problem.remark}.`);

  io.stdout.write(options.json ? json(metrics) : figures(metrics)); // first: they stay, should a file not be written
  if (options.outputDir !== undefined) {
    const record = recordOf({ command: 'eval', options, data: { testFile: data.sha256 } });
    const lines = data.examples.map((example, i) => {
      const { id, label } = example;
      const probabilities = probabilitiesOf(rows[i]!);
      return { id, label: labels[label], prediction: labels[predictedClass(rows[i]!)], probabilities };
    });
    const files = [
      { path: join(options.outputDir, 'run.json'), chunks: [json(record)] },
      {
        path: join(options.outputDir, 'predictions.jsonl'),
        chunks: lines.map((line) => `${JSON.stringify(line)}\n`),
      },
      { path: join(options.outputDir, 'eval.json'), chunks: [json(metrics)] },
    ];
    holdFolder(options.outputDir, { work: 'an evaluation' }, () => writeFilesAtomically(files));
  }
};

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const percent = (fraction: number): string =>
  Number.isFinite(fraction) ? `${(100 * fraction).toFixed(1)} %` : '–';

/** Of a victim that answers decisions there is neither a loss nor a calibration. */
type Measured = Omit<ClassificationMetrics, 'loss'> & {
  readonly loss: number | null;
  readonly calibration?: Calibration;
};

function figures(metrics: Measured): string {
  const { accuracy, loss, macroF1, examples, classes, confusion } = metrics;
  const right = Math.round(accuracy.value * examples);
  const interval = `[${(100 * accuracy.low).toFixed(1)}, ${(100 * accuracy.high).toFixed(1)}]`;
  const names = classes.map(({ label }) => sanitize(label));
  return [
    `Accuracy  ${percent(accuracy.value)} ${interval}  (${right} of ${examples}; in brackets: 95 % interval)`,
    ...(loss === null ? [] : [`Loss      ${loss.toFixed(4)} nats`]),
    `Macro F1  ${percent(macroF1)}`,
    ...(metrics.calibration ? calibrationLines(metrics.calibration) : []),
    '',
    ...aligned([
      ['Class', 'Precision', 'Recall', 'F1', 'Examples'],
      ...classes.map(({ precision, recall, f1, examples: count }, c) => [
        names[c]!,
        ...[precision, recall.value, f1].map(percent),
        String(count),
      ]),
    ]),
    '',
    'Examples by true class (row) and prediction (column)',
    ...aligned([['', ...names], ...confusion.map((row, c) => [names[c]!, ...row.map(String)])]),
    '',
  ].join('\n');
}

function calibrationLines({
  confidence,
  ece,
  temperature,
  lossAtTemperature,
}: Calibration): readonly string[] {
  const best =
    temperature === null
      ? 'none: the logits are no better than chance'
      : temperature === 0
        ? 'none: every text is right'
        : `${temperature.toPrecision(4)} (loss there ${lossAtTemperature.toFixed(4)} nats)`;
  return [
    `Confidence  ${percent(confidence)} on average; ECE ${percent(ece)} (15 bins)`,
    `Temperature that fits these texts  ${best}`,
  ];
}
