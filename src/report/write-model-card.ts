import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { isFolder } from '../files/paths.ts';
import type { ModelCardInput } from './model-card.ts';

/**
 * Writes the model card of a saved classifier, `README.md` in its folder, with the `model-index` that the Hugging Face hub reads:
 * accuracy, and for each attack in `rows` what it left of it.
 * @returns the file
 * @throws VdaError `not-found` where there is no such folder
 */
export async function writeModelCard(folder: string, input: ModelCardInput): Promise<string> {
  const { modelCard } = await import('./model-card.ts'); // and with it a YAML writer, which few programs want
  if (!isFolder(folder)) {
    throw new VdaError(
      'not-found',
      `There is no folder ${folder}: a model card is written beside the classifier that it describes.`,
    );
  }
  const path = join(folder, 'README.md');
  writeFilesAtomically([{ path, chunks: [modelCard(input)] }]);
  return path;
}
