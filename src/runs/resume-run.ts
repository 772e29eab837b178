import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argument, VdaError } from '../base/error.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isSamePath } from '../files/paths.ts';
import { readSafetensors } from '../pretrained/safetensors.ts';
import {
  checkpointName,
  copyCheckpoint,
  lastCheckpoint,
  readState,
  type TrainerState,
} from './checkpoint.ts';
import { differencesInWords, type Identity } from './identity.ts';
import { mendMetrics } from './mend-metrics.ts';
import { metricsFile } from './run-folder.ts';
import { attacksFolder } from './stored-attack.ts';

/** A run to go on with: its checkpoint, and the state in it. */
export interface ResumedRun {
  readonly folder: string;
  readonly state: TrainerState;
  /** Where it goes on, and what of the run's files is lost, for the person at the terminal. */
  readonly remarks: readonly string[];
}

/**
 * Opens a checkpoint of a run to go on from. Where it lies in another folder than `outputDir`, what the run needs from
 * beside it is copied: the log up to there, the adversarial texts, and the best checkpoint. So the run ends there as it
 * would have where it began, whatever becomes of the old folder; but for TensorBoard's events, which begin anew.
 * @throws VdaError `bad-input` for a folder that is no checkpoint; `conflict` when it is of another configuration;
 *   `not-found` when the best checkpoint is needed and not there; `no-space`
 */
export function resumeRun(
  folder: string,
  p: {
    readonly outputDir: string;
    readonly identity: Identity;
    /** The run ends with the best checkpoint. */
    readonly endsWithBest: boolean;
  },
): ResumedRun {
  const { outputDir, identity } = p;
  const state = readState(folder);
  if (state.identity?.hash !== identity.hash) {
    const differing = state.identity
      ? differencesInWords(state.identity.parts, identity.parts)
      : 'made by an earlier version of vda, which did not say what it was made of';
    throw new VdaError(
      'conflict',
      `${folder} belongs to a run of another configuration (${differing}). Resume with what it was started with, or start anew.`,
    );
  }
  makeFolder(outputDir);
  const from = dirname(resolve(folder));
  if (p.endsWithBest) bringBest(folder, { from, outputDir, state });
  if (!isSamePath(from, outputDir)) {
    const log = join(from, metricsFile);
    if (existsSync(log)) {
      const lines = readFileSync(log).subarray(0, state.metrics_bytes);
      writeFilesAtomically([{ path: join(outputDir, metricsFile), chunks: [lines] }]);
    }
    const attacks = join(from, attacksFolder);
    if (existsSync(attacks)) cpSync(attacks, join(outputDir, attacksFolder), { recursive: true });
  }
  const lost = mendMetrics(join(outputDir, metricsFile), {
    keepBytes: state.metrics_bytes,
    checkpoint: basename(folder),
  });
  return { folder, state, remarks: [goingOn(folder, state), ...(lost === undefined ? [] : [lost])] };
}

const goingOn = (folder: string, { global_step: step, max_steps: total, epoch }: TrainerState): string =>
  `Going on from ${folder}: step ${step} of ${total}, epoch ${epoch.toFixed(2)}.`;

/** Copies the best checkpoint so far into the run's folder, where it is not there. */
function bringBest(
  folder: string,
  p: { readonly from: string; readonly outputDir: string; readonly state: TrainerState },
): void {
  const { best_model_checkpoint: best, global_step: step } = p.state;
  if (best === null) return;
  const target = join(p.outputDir, best);
  const source = existsSync(target) ? target : best === checkpointName(step) ? folder : join(p.from, best);
  if (!existsSync(source)) {
    throw new VdaError(
      'not-found',
      `${folder}: the best checkpoint so far, with which ${argument('loadBestModelAtEnd')} may end, is missing: ${source}. Put it there, or start anew.`,
    );
  }
  readSafetensors(join(source, 'model.safetensors')); // found damaged now, not when the run ends with it
  if (source !== target) copyCheckpoint(source, target);
}

/** The folder that a checkpoint to go on from is, `last` being the last one of the run. @throws VdaError `not-found` when there is none */
export function checkpointToResume(p: {
  readonly resumeFromCheckpoint?: string | undefined;
  readonly outputDir: string;
}): string | undefined {
  if (p.resumeFromCheckpoint !== 'last') return p.resumeFromCheckpoint;
  const last = lastCheckpoint(p.outputDir);
  if (last === undefined) {
    throw new VdaError(
      'not-found',
      `${argument('resumeFromCheckpoint')} last: ${join(p.outputDir, 'checkpoint-N')} is not there. Start without the option, or name the folder.`,
    );
  }
  return last;
}
