import { checkSettings, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { gatherReport, type ReportOptions } from './gather-report.ts';
import { type Lab, labOf } from './lab.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderReport } from './render-report.ts';
import type { ReportRow } from './report-input.ts';

/** What a report says, for the terminal: `renderTable(summary.rows, { format: 'text' })`. */
export interface ReportSummary {
  /** The page. */
  readonly file: string;
  /** The rows of its table. */
  readonly rows: readonly ReportRow[];
  /** Of models that several attacks were made on: what survives all of them. */
  readonly worstCases: readonly ReportRow[];
  /** Of models that met several attacks each. */
  readonly lab?: Lab;
  /** The figures as Markdown; see {@link renderMarkdown}. */
  readonly markdown: string;
}

const optionRules = {
  file: { kind: 'text' },
  title: { kind: 'text' },
  command: { kind: 'text', optional: true },
  examplesShown: { kind: 'integer', min: 0, optional: true },
  remarks: { kind: 'texts', optional: true },
} as const satisfies SettingRules;

const rowRules = {
  name: { kind: 'text' },
  attackFolder: { kind: 'text' },
  trainFolder: { kind: 'text', optional: true },
  preset: { kind: 'text', optional: true },
} as const satisfies SettingRules;

function checkOptions(options: ReportOptions): void {
  const owner = 'writeReport';
  checkSettings(owner, options, { rules: optionRules });
  const { rows } = options;
  const expected = 'a list of at least one { name, attackFolder }';
  requireArgument(Array.isArray(rows) && rows.length > 0, { owner, name: 'rows', expected, got: rows });
  for (const [i, row] of rows.entries()) checkSettings(`${owner}, row ${i}`, row, { rules: rowRules });
}

/**
 * Writes the report, one HTML file, from run folders ({@link gatherReport}, {@link renderReport}). A report that was there before is
 * replaced once the new one is complete.
 *
 * @throws VdaError `usage` for an option out of range, and for one attack given twice under a name; `not-found` for a folder without an
 *   attack or a training; `bad-input` where a file in one is not what it should be, or rows were attacked on different test sets
 */
export async function writeReport(options: ReportOptions): Promise<ReportSummary> {
  checkOptions(options);
  const { file } = options;
  const input = gatherReport(options);
  const lab = labOf(input);
  const page = await renderReport(input, lab);
  writeFilesAtomically([{ path: file, chunks: [page] }]);
  return {
    ...{ file, rows: input.rows, worstCases: input.worstCases ?? [], ...(lab && { lab }) },
    markdown: renderMarkdown(input, lab),
  };
}
