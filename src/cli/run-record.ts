import { createRunRecord, type RunRecord } from '../training/run-folder.ts';
import { installedVersion, vdaVersion } from './versions.ts';

/** The record of a run of this command: options, versions and data hashes. */
export const recordOf = (
  p: Pick<RunRecord, 'command' | 'options' | 'data' | 'inputs' | 'modelFolders'>,
): RunRecord =>
  createRunRecord({
    ...p,
    versions: {
      vda: vdaVersion(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      'onnxruntime-node': installedVersion('onnxruntime-node'),
    },
  });
