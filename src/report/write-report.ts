import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import { type GatherOptions, gatherReport } from './gather-report.ts';
import { renderReport } from './render-report.ts';

/**
 * Writes `report.html` from run folders; see {@link gatherReport} and {@link renderReport} for what is in it and
 * for the errors thrown. A report that was there before is replaced once the new one is complete.
 */
export async function writeReport(options: GatherOptions): Promise<void> {
  const page = await renderReport(gatherReport(options));
  writeFilesAtomically([{ path: options.output, chunks: [page] }]);
}
