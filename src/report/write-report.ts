import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import { gatherReport, type ReportOptions } from './gather-report.ts';
import { renderReport } from './render-report.ts';
import type { ReportRow } from './report-input.ts';

/** What a report says, for the terminal: `renderTable(summary.rows, 'text')`. */
export interface ReportSummary {
  /** The page. */
  readonly file: string;
  /** The rows of its table. */
  readonly rows: readonly ReportRow[];
}

/**
 * Writes the report, one HTML file, from run folders; see {@link gatherReport} and {@link renderReport} for what
 * is in it and for the errors thrown. A report that was there before is replaced once the new one is complete.
 */
export async function writeReport(options: ReportOptions): Promise<ReportSummary> {
  const { file } = options;
  const input = gatherReport(options);
  const page = await renderReport(input);
  writeFilesAtomically([{ path: file, chunks: [page] }]);
  return { file, rows: input.rows };
}
