import { escapeMarkdown } from '../base/escape-markdown.ts';

import { outcomeOf } from '../evaluation/outcome.ts';
import { isSignificant } from '../evaluation/paired-comparison.ts';
import { attAccWithin, robustnessCurve } from '../evaluation/robustness-curves.ts';
import { settingsLine } from '../runs/settings-line.ts';
import { points, pointsInterval } from './comparison.ts';
import { comparisonLines } from './comparison-lines.ts';
import { blockTitle, type Lab, type LabBlock, type LabCell, labOf } from './lab.ts';
import { markdownTable } from './markdown-table.ts';
import { modelOf, type ReportInput, type ReportRow, recordsOf, searchedRows } from './report-input.ts';
import { formatEstimate, formatMeasure, formatPValue, intervalsSaid, resultColumns } from './result-row.ts';
import { renderTable } from './results-table.ts';
import { modelWarnings } from './row-warnings.ts';
import { transferMatrix } from './transfer-matrix.ts';

/**
 * The figures of a report as Markdown, for a README or a page of results: the table, or of several attacks a matrix for each profile;
 * the paired comparisons; Att Acc over queries and over words changed; the transfer matrix; calibration; all settings. The same
 * input gives the same bytes.
 * @param lab what the rows make, where the caller has it already
 */
export function renderMarkdown(input: ReportInput, lab = labOf(input)): string {
  const { title, rows, remarks = [] } = input;
  const searched = searchedRows(rows);
  const sections = [
    `# ${escapeMarkdown(title)}`,
    ...remarks.map((remark) => `> ${escapeMarkdown(remark)}`),
    ...(lab === undefined ? plain(searched) : labSections(lab, searched)),
    ...curves(searched),
    ...transfer(rows),
    ...calibrations(searched),
    ...(lab === undefined ? [] : settings(searched)),
  ];
  return `${sections.join('\n\n')}\n`;
}

const plain = (rows: readonly ReportRow[]): readonly string[] => [
  renderTable(rows, { format: 'markdown' }).trimEnd(),
  ...comparisonLines(rows).map((line) => `- ${escapeMarkdown(line)}`),
];

function labSections(lab: Lab, rows: readonly ReportRow[]): readonly string[] {
  const tests = lab.comparisons.compared.length;
  const baseline = escapeMarkdown(lab.models[0]!);
  const untested = lab.comparisons.left.map(
    ({ row, against, why }) =>
      `- ${escapeMarkdown(`${row.name} is not tested against ${against.name}: ${why}.`)}`,
  );
  return [
    ...modelWarnings(rows).map((warning) => `> ${escapeMarkdown(warning)}`),
    `Accuracy under attack (Att Acc), of all texts. ${intervalsSaid} Beneath it, against ${baseline} example by example on the texts that ` +
      'both had right before the attack: the difference in points with its bootstrap interval, and the p-value of the exact McNemar test, ' +
      `corrected for all ${tests} comparisons (Holm); **bold** where the data tell the two apart. Worst case: a text counts only if it survives ` +
      'every attack under the profile. A text in which an attack could change nothing, or ran out of queries, was not shown to hold and ' +
      'does not count either.',
    ...lab.blocks.flatMap((block) => [
      `## ${escapeMarkdown(blockTitle(block))}`,
      matrix(lab, block),
      measures(block),
    ]),
    ...(untested.length > 0 ? [untested.join('\n')] : []),
  ];
}

function matrix({ models }: Lab, { lines }: LabBlock): string {
  const cleanOf = (column: number) =>
    lines.map(({ cells }) => cells[column]).find((cell) => cell !== undefined);
  const before = models.map((_, column) => {
    const cell = cleanOf(column);
    return cell === undefined ? '–' : formatEstimate(cell.row.metrics.oriAcc, 'percent');
  });
  return markdownTable(['Attack', ...models.map(escapeMarkdown)], {
    rows: [
      ['no attack', ...before],
      ...lines.map(({ attack, cells }) => [escapeMarkdown(attack), ...cells.map(attAccCell)]),
    ],
  });
}

function attAccCell(cell: LabCell | undefined): string {
  if (cell === undefined) return '–';
  const attAcc = formatEstimate(cell.row.metrics.attAcc, 'percent');
  if (cell.compared === undefined) return attAcc;
  const { comparison } = cell.compared;
  const said = `${points(comparison.difference.value)} ${pointsInterval(comparison.difference)}, p ${formatPValue(comparison.adjustedP)}`;
  const shown = said.replaceAll('<', '\\<');
  return `${attAcc}<br>${isSignificant(comparison) ? `**${shown}**` : shown}`;
}

/** The other measures, a line for each model under each attack; of a worst case, whose queries are those of all attacks, no effort. */
function measures({ lines }: LabBlock): string {
  const columns = resultColumns.filter(({ key }) => key !== 'oriAcc' && key !== 'attAcc');
  const rows = lines.flatMap(({ attack, cells }) =>
    cells.flatMap((cell) => {
      if (cell === undefined) return [];
      const { metrics, worstOf } = cell.row;
      const { outOfQueries, nothingToChange, errors, timeouts } = metrics;
      return [
        [
          escapeMarkdown(`${attack}, ${modelOf(cell.row)}`),
          ...columns.map(({ key, unit }) =>
            worstOf !== undefined && key !== 'successRate' ? '–' : formatEstimate(metrics[key], unit),
          ),
          ...[outOfQueries, nothingToChange, errors + timeouts].map(String),
        ],
      ];
    }),
  );
  const heads = ['Attack, model', ...columns.map(({ header }) => header)];
  return markdownTable([...heads, 'Out of queries', 'Nothing to change', 'Cut short'], { rows });
}

const limits = {
  queries: [10, 20, 50, 100, 200, 500, 1000],
  changed: [1, 2, 3, 4, 5, 8],
} as const;

/** Att Acc within limits on the attack, as far as some attack went. */
function curves(rows: readonly ReportRow[]): readonly string[] {
  const table = (over: keyof typeof limits, title: string): readonly string[] => {
    const each = rows.map((row) => ({
      row,
      steps: robustnessCurve(
        recordsOf(row).map((record) => outcomeOf(record, row.metrics.robustEndings)),
        over,
      ),
    }));
    const most = Math.max(0, ...each.map(({ steps }) => steps.at(-1)!.limit));
    const shown = limits[over].filter((_, i) => i === 0 || limits[over][i - 1]! < most);
    const lines = each.map(({ row, steps }) => [
      escapeMarkdown(row.name),
      ...[...shown, Number.POSITIVE_INFINITY].map((limit) =>
        formatMeasure(attAccWithin(steps, limit), 'percent'),
      ),
    ]);
    return [
      `### ${title}`,
      markdownTable(['Att Acc within', ...shown.map(String), 'no limit'], { rows: lines }),
    ];
  };
  if (rows.every((row) => recordsOf(row).length === 0)) return [];
  return [
    '## By effort',
    ...table('queries', 'Queries allowed'),
    ...table('changed', 'Words that may change'),
  ];
}

function transfer(rows: readonly ReportRow[]): readonly string[] {
  const found = transferMatrix(rows);
  if (found === undefined) return [];
  const { models, lines } = found;
  const body = lines.map(({ texts, cells }) => [
    escapeMarkdown(texts),
    ...cells.map((rates) => rates.map((rate) => formatEstimate(rate, 'percent')).join('<br>') || '–'),
  ]);
  return [
    '## Transfer',
    'Of the texts that an attack found against one model (rows), how many fool another (columns), among those whose original it has right.',
    markdownTable(['Texts of', ...models.map(escapeMarkdown)], { rows: body }),
  ];
}

/** How sure each model is before any attack. */
function calibrations(rows: readonly ReportRow[]): readonly string[] {
  const models = new Map(rows.toReversed().map((row) => [modelOf(row), row]));
  const lines = [...models]
    .reverse()
    .flatMap(([model, { calibrations: found = [] }]) =>
      found.map(({ confidence, accuracy, ece, temperature, loss }) => [
        escapeMarkdown(model),
        ...[confidence, accuracy, ece].map((value) => formatMeasure(value, 'percent')),
        temperature === null ? 'none' : temperature.toPrecision(3),
        loss.toFixed(3),
      ]),
    );
  if (lines.length === 0) return [];
  const heads = ['Model', 'Mean confidence', 'Right', 'ECE', 'Best temperature', 'Loss'];
  return [
    '## Calibration',
    'Before the attack, on the attacked texts.',
    markdownTable(heads, { rows: lines }),
  ];
}

/** All settings, a line for each attack. */
function settings(rows: readonly ReportRow[]): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const { name, provenance } of rows) {
    const line = provenance === undefined ? 'not recorded' : settingsLine(provenance);
    lines.set(line, [...(lines.get(line) ?? []), name]);
  }
  return [
    '## Settings',
    [...lines].map(([line, names]) => `- ${escapeMarkdown(`${names.join('; ')}: ${line}.`)}`).join('\n'),
  ];
}
