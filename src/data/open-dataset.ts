import type { Dataset } from './dataset.ts';
import { checkLoading, datasetOfTable, type LoadDatasetOptions, loadDataset } from './load-dataset.ts';
import { isParquet, readParquet } from './parquet-table.ts';

/**
 * Reads labelled texts or pairs of any format: Parquet ({@link readParquet}), and what {@link loadDataset} reads.
 * @throws VdaError `not-found`, `usage` or `bad-input`, with the line (of Parquet the row) of what is wrong
 */
export async function openDataset(path: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  checkLoading('openDataset', { path, options });
  if (!isParquet(path)) return loadDataset(path, options);
  return datasetOfTable(await readParquet(path), { path, ...options });
}
