import { appendFileSync, existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { argument, VdaError } from '../base/error.ts';
import { flushFile, writeFilesAtomically } from '../files/atomic-file.ts';
import { readJsonFile } from '../files/json-file.ts';
import { isFolder, isSamePath } from '../files/paths.ts';
import { lastCheckpoint } from './checkpoint.ts';
import { differencesInWords, type Identity } from './identity.ts';
import { identityShape } from './identity-shape.ts';
import { upgradeRecord } from './upgrade-record.ts';

/** Whether a model reads single texts or pairs of them. */
export type InputKind = 'texts' | 'pairs';

/** Absolute folders of the models that training was given. */
export interface ModelFolders {
  readonly model?: string;
  readonly mlm?: string;
}

/** A model that a mean is of, its share, and the record of its run where it has one. */
export interface AveragedRecord {
  readonly model: string;
  readonly share: number;
  readonly record?: RunRecord;
}

/** What made a run, kept as `run.json` in its folder. */
export interface RunRecord {
  readonly command: string;
  /** The resolved options: defaults, presets, file and flags together. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** SHA-256 of each input file, by its role. */
  readonly data: Readonly<Record<string, string>>;
  /** What the model was trained on; absent where nothing was trained, and in records older than pairs. */
  readonly inputs?: InputKind;
  /** Where the models were that an option named by a folder, absolute: later commands may run elsewhere. */
  readonly modelFolders?: ModelFolders;
  /** What decides the result: what must be equal for a resume. Absent in records of earlier versions. */
  readonly identity?: Identity | undefined;
  /** Of a mean of models: those it is of, in order, the first one's configuration being its own. */
  readonly averaged?: readonly AveragedRecord[];
  /** Ranks that a training began on; absent where it was one process. What came later, checkpoints say. */
  readonly ranks?: number;
}

const runRecord = z.looseObject({
  command: z.string().regex(/^[a-z-]{1,20}$/),
  options: z.looseObject({ model: z.string().optional(), mlm: z.string().optional() }),
  versions: z.record(z.string(), z.string().optional()).default({}),
  data: z.record(z.string(), z.string()).default({}),
  inputs: z.enum(['texts', 'pairs']).optional(),
  modelFolders: z.object({ model: z.string().optional(), mlm: z.string().optional() }).optional(),
  identity: identityShape.optional(),
  ranks: z.int().positive().exactOptional(),
  get averaged() {
    return z
      .array(z.object({ model: z.string(), share: z.number(), record: runRecord.exactOptional() }))
      .exactOptional();
  },
});

export const runFile = 'run.json';
export const metricsFile = 'metrics.jsonl';

/**
 * Refuses a folder in which a command's `run.json` would replace another command's.
 * @returns the record that is there
 * @throws VdaError `conflict` naming both commands; `bad-input` when it is no folder, or its `run.json` is not a run record
 */
export function checkOutputFolder(folder: string, command: string): RunRecord | undefined {
  if (existsSync(folder) && !isFolder(folder)) {
    throw new VdaError(
      'bad-input',
      `${folder} is a file; expected a folder. Choose another ${argument('outputDir')}.`,
    );
  }
  const previous = readRunRecord(folder);
  if (previous === undefined || previous.command === command) return previous;
  throw new VdaError(
    'conflict',
    `${folder} holds the ${runFile} of vda ${previous.command}, which vda ${command} would replace. Choose another ${argument('outputDir')}, such as ${join(folder, command)}.`,
  );
}

/**
 * Refuses a finished run's folder that something else made.
 * @throws VdaError `conflict` saying what differs
 */
export function checkSameRun(folder: string, identity: Identity): void {
  const there = readRunRecord(folder)?.identity;
  if (there?.hash === identity.hash) return;
  throw new VdaError(
    'conflict',
    `${folder} holds a model that was made otherwise (${differing(there, identity)}). Choose another ${argument('outputDir')}, or remove the folder.`,
  );
}

const differing = (there: Identity | undefined, now: Identity): string =>
  there === undefined
    ? `its ${runFile} does not say what decided it`
    : differencesInWords(there.parts, now.parts);

/**
 * Makes or reopens a run's folder.
 * @param p.model folder or hub name that training starts from
 * @throws VdaError `conflict` when it is the folder of the model, when it holds another run, or unasked (`resume` false) a
 *   checkpoint or a model to lose; a run that stopped before its first checkpoint is started anew
 */
export function openRunFolder(
  folder: string,
  p: { readonly record: RunRecord; readonly resume: boolean; readonly model?: string | undefined },
): void {
  const { record, resume, model } = p;
  if (model !== undefined && isSamePath(model, folder)) {
    throw new VdaError(
      'conflict',
      `${folder} is the folder of ${argument('model')}, which the run would replace. Choose another ${argument('outputDir')}.`,
    );
  }
  const previous = checkOutputFolder(folder, record.command);
  if (previous && resume && record.identity && previous.identity?.hash !== record.identity.hash) {
    throw new VdaError(
      'conflict',
      `${folder} holds a run of another configuration (${differing(previous.identity, record.identity)}). Resume with what it was started with, or choose another ${argument('outputDir')}.`,
    );
  }
  const holdsModel = ['config.json', 'model.safetensors'].some((name) => existsSync(join(folder, name)));
  if (!resume && (holdsModel || lastCheckpoint(folder) !== undefined)) {
    throw new VdaError(
      'conflict',
      previous
        ? `${folder} already holds a run. Go on with it by ${argument('resumeFromCheckpoint')} last, choose another ${argument('outputDir')}, or remove the folder.`
        : `${folder} already holds a model or checkpoints, and no ${runFile} that says what of. Choose another ${argument('outputDir')}, or remove them.`,
    );
  }
  if (previous && resume) return;
  writeFilesAtomically([{ path: join(folder, runFile), chunks: [`${JSON.stringify(record, null, 2)}\n`] }]);
}

/**
 * Reads `run.json` of a folder, by earlier versions too; undefined where it has none.
 * @throws VdaError `bad-input` when it is not the record of a run
 */
export function readRunRecord(folder: string): RunRecord | undefined {
  const record = readJsonFile(join(folder, runFile), {
    schema: runRecord,
    what: 'the record of a run',
    remedy: 'Put the file back as vda wrote it, or move it away to go without.',
  }) as RunRecord | undefined;
  return record && upgradeRecord(record);
}

/** `metrics.jsonl`: one JSON object a line. */
export interface MetricsLog {
  write(line: Readonly<Record<string, number>>): void;
  /** Its length in bytes, kept in checkpoints; all of them are on the disk by then, as the checkpoint will be. */
  bytes(): number;
}

/** Opens the log of a run, cut back to `keepBytes` when resuming (later lines belong to steps that are done again). */
export function openMetricsLog(folder: string, { keepBytes }: { readonly keepBytes: number }): MetricsLog {
  const path = join(folder, metricsFile);
  if (!existsSync(path)) writeFileSync(path, '');
  else truncateSync(path, Math.min(keepBytes, statSync(path).size));
  let bytes = statSync(path).size;
  return {
    write: (line) => {
      const text = `${JSON.stringify(line)}\n`;
      appendFileSync(path, text);
      bytes += Buffer.byteLength(text);
    },
    bytes: () => {
      flushFile(path);
      return bytes;
    },
  };
}
