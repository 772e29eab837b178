import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import { lastCheckpoint } from './checkpoint.ts';

/** Whether a model reads single texts or pairs of them. */
export type InputKind = 'texts' | 'pairs';

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
  /** Fingerprint of options and data: what must be equal for a resume. */
  readonly configuration: string;
}

export const runFile = 'run.json';
export const metricsFile = 'metrics.jsonl';

/** Options that say where and how to run, not what comes out. */
const incidental = new Set([
  ...['outputDir', 'candidatesDir', 'resumeFromCheckpoint', 'numThreads', 'device', 'saveTotalLimit'],
]);

/** A run's record, with the fingerprint of what decides its result. */
export function createRunRecord(p: Omit<RunRecord, 'configuration'>): RunRecord {
  const decisive = Object.entries(p.options)
    .filter(([name, value]) => !incidental.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const data = Object.entries(p.data).sort(([a], [b]) => (a < b ? -1 : 1));
  const configuration = createHash('sha256')
    .update(JSON.stringify([p.command, decisive, data]))
    .digest('hex')
    .slice(0, 16);
  return { ...p, configuration };
}

/**
 * Makes or reopens a run's folder.
 * @throws VdaError `conflict` when it holds another run, or one unasked (`resume` false) that has a checkpoint or a model to
 *   lose; a run that stopped before its first checkpoint is started anew
 */
export function openRunFolder(
  folder: string,
  { record, resume }: { readonly record: RunRecord; readonly resume: boolean },
): void {
  const path = join(folder, runFile);
  const previous = readRecord(path);
  if (previous && resume && previous.configuration !== record.configuration) {
    throw new VdaError(
      'conflict',
      `${folder} holds a run with another configuration (${differences(previous, record)}). Resume with the same options, or choose another --output-dir.`,
    );
  }
  const begun = lastCheckpoint(folder) !== undefined || existsSync(join(folder, 'model.safetensors'));
  if (previous && !resume && begun) {
    throw new VdaError(
      'conflict',
      `${folder} already holds a run. Go on with it by --resume-from-checkpoint last, choose another --output-dir, or remove the folder.`,
    );
  }
  if (previous && resume) return;
  writeFilesAtomically([{ path, chunks: [`${JSON.stringify(record, null, 2)}\n`] }]);
}

function readRecord(path: string): RunRecord | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
  } catch (error) {
    throw new VdaError(
      'bad-input',
      `${path} is not a run record: ${messageOf(error)}. Choose another --output-dir.`,
      {
        cause: error,
      },
    );
  }
}

function differences(a: RunRecord, b: RunRecord): string {
  const names = new Set([...Object.keys(a.options), ...Object.keys(b.options)]);
  const changed = [...names].filter(
    (name) => !incidental.has(name) && JSON.stringify(a.options[name]) !== JSON.stringify(b.options[name]),
  );
  const described = changed.map(
    (name) => `${name}: ${JSON.stringify(a.options[name])} there, ${JSON.stringify(b.options[name])} now`,
  );
  return described.length > 0 ? described.join('; ') : 'its data files differ';
}

/** `metrics.jsonl`: one JSON object a line. */
export interface MetricsLog {
  write(line: Readonly<Record<string, number>>): void;
  /** Its length in bytes, kept in checkpoints. */
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
    bytes: () => bytes,
  };
}
