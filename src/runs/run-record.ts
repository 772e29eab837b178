import type { RunRecord } from './run-folder.ts';
import { installedVersion, vdaVersion } from './versions.ts';

/** The record of a run of this command: options, versions, data hashes and, where something was made, what decided it. */
export const recordOf = (
  p: Pick<RunRecord, 'command' | 'options' | 'data' | 'inputs' | 'modelFolders' | 'identity'>,
): RunRecord => ({
  ...p,
  versions: {
    vda: vdaVersion(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    'onnxruntime-node': installedVersion('onnxruntime-node'),
  },
});
