import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { checkExamples } from '../attacks/check-arguments.ts';
import type { AttackRecord } from '../attacks/record.ts';
import { type AttackManyOptions, attackMany, checkAttackManyOptions } from '../attacks/search/attack-many.ts';
import { toRecord } from '../attacks/to-record.ts';
import { remarkOnUnspaced } from '../attacks/unspaced-texts.ts';
import { VdaError } from '../base/error.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import type { Example } from '../data/dataset.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { attemptWrite, cannotBeAddedTo } from '../files/attempt-write.ts';
import { writeBytes } from '../files/file-bytes.ts';
import { holdFolder } from '../files/folder-lock.ts';
import { removeUnfinished } from '../files/unfinished-files.ts';
import type { AttackAbout, AttackShard } from './attack-manifest.ts';
import { attackFiles, attackIdentity, claimFolder, shardOfExamples } from './attack-run.ts';
import { readResults, resultLine, rewriteResults } from './results-file.ts';

/** How far an attack has come, resumed results included. */
export interface AttackProgress {
  readonly done: number;
  readonly total: number;
  /** Queries counted so far. */
  readonly queries: number;
  readonly successes: number;
}

/** What was dropped from a file of results, and what was kept. */
export interface ResultsRepair {
  readonly path: string;
  /** Lines that are no result: cut short by a crash, or damaged. */
  readonly badLines: number;
  /** Bytes of these. */
  readonly bytes: number;
  /** Lines about an example that a later line is about, too. */
  readonly repeatedLines: number;
  /** Results of examples that are not of this attack. */
  readonly otherLines: number;
  /** Results that stay. */
  readonly kept: number;
}

/** An attack whose results are kept on disk: what attacks, where they go, which part of the texts. */
export interface RunAttackOptions extends AttackManyOptions {
  /** Folder of `attack.json` and `results.jsonl`; made if needed. */
  readonly folder: string;
  /** What people call the model and the data; decides nothing, for victim, masked language model and examples say themselves what they are. */
  readonly about?: AttackAbout;
  /** Default: everything, 0 of 1. */
  readonly shard?: AttackShard;
  /** Told what a reader of the results should know of the examples. */
  readonly onRemark?: (remark: string) => void;
  /** Called after each example, and once at the start. */
  readonly onProgress?: (progress: AttackProgress) => void;
  /** Called when lines had to be dropped from a file of results: what they were about is attacked again. */
  readonly onRepair?: (repair: ResultsRepair) => void;
  /** Stops between two examples; the same call later goes on. */
  readonly signal?: AbortSignal;
}

/** What an attack left in its folder. */
export interface AttackRunResult {
  /** False when the signal stopped it. */
  readonly complete: boolean;
  /** Path of `results.jsonl`. */
  readonly path: string;
  /** Of this shard, by ascending id. */
  readonly records: readonly AttackRecord[];
}

/** Seconds between flushes to disk: what a power cut may cost. */
const flushEvery = 5;

/**
 * Attacks examples and writes `results.jsonl`: a line as each ends, and when all have ended the file is put in the
 * order of ids. Where the folder has results of the same attack they are kept and only the rest is attacked, so
 * an attack stopped at any moment ends in the file it would have had (but for `seconds`), as far as the models
 * answer the same to the same input. Examples that ended as `error` are asked again.
 *
 * @throws VdaError `conflict` when the folder holds another attack, or another process works in it; `no-space` when the disk is full; `usage` for
 * a shard that does not exist or ids that repeat; `unsupported` for texts without spaces between words; what `attackMany` throws
 */
export const runAttack = async (
  examples: readonly Example[],
  options: RunAttackOptions,
): Promise<AttackRunResult> => {
  const owner = 'runAttack';
  checkExamples(owner, examples);
  checkAttackManyOptions(owner, options);
  const { folder } = options;
  requireArgument(isText(folder), { owner, name: 'folder', expected: 'the path of a folder', got: folder });
  return holdFolder(folder, { work: 'an attack' }, () => runAttackAlone(examples, options));
};

async function runAttackAlone(
  examples: readonly Example[],
  options: RunAttackOptions,
): Promise<AttackRunResult> {
  const { folder, recipe, victim, shard = { index: 0, count: 1 }, about = {} } = options;
  checkShard(shard);
  const ids = examples.map(({ id }) => id).sort((a, b) => a - b);
  if (new Set(ids).size < ids.length) {
    throw new VdaError('usage', 'Two examples to attack have the same id; results could not be told apart.');
  }
  const isReplay = recipe.search.id === 'replay'; // which looks for no words
  const unspaced = isReplay ? undefined : remarkOnUnspaced(examples);
  if (unspaced !== undefined) options.onRemark?.(unspaced);
  const own = shardOfExamples(examples, shard);
  removeUnfinished(folder);
  claimFolder(folder, {
    ...{ format: 3, about, shard },
    identity: attackIdentity(examples, options),
    ids: shardOfExamples(
      ids.map((id) => ({ id })),
      shard,
    ).map(({ id }) => id),
    filters: recipe.filters,
    robustEndings: recipe.robustEndings,
  });

  const path = join(folder, attackFiles.results);
  const records = keptResults(path, { own, labels: victim.labels, onRepair: options.onRepair });
  const report = () => options.onProgress?.(progressOf([...records.values()], own.length));
  report();
  const file = openSync(path, 'a');
  try {
    let flushed = performance.now();
    const left = own.filter(({ id }) => !records.has(id));
    for await (const ended of attackMany(untilAborted(left, options.signal), options)) {
      if (options.signal?.aborted) break;
      const record = toRecord(ended, { labels: victim.labels, recipe });
      records.set(record.id, record);
      append(file, { path, line: resultLine(record) });
      if (performance.now() - flushed > 1000 * flushEvery) {
        fsyncSync(file);
        flushed = performance.now();
      }
      report();
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const complete = records.size === own.length;
  const sorted = [...records.values()].sort((a, b) => a.id - b.id);
  if (complete) writeFilesAtomically([{ path, chunks: sorted.map(resultLine) }]);
  return { complete, path, records: sorted };
}

/**
 * Results of an earlier start by id. Lines that are none of this attack's are taken out of the file, all others stay; but
 * records of errors are taken out, too: what broke an attack off (a dead process, a full memory) need not last.
 */
function keptResults(
  path: string,
  p: {
    readonly own: readonly Example[];
    readonly labels: readonly string[];
    readonly onRepair: RunAttackOptions['onRepair'];
  },
): Map<number, AttackRecord> {
  const { records, badLines, badBytes: bytes, repeatedLines } = readResults(path);
  const labelOf = new Map(p.own.map(({ id, label }) => [id, p.labels[label]]));
  const owned = records.filter(({ id, label }) => labelOf.get(id) === label);
  const kept = owned.filter(({ status }) => status !== 'error');
  const otherLines = records.length - owned.length;
  const bad = badLines + repeatedLines + otherLines;
  if (bad > 0 || kept.length < owned.length) rewriteResults(path, kept);
  if (bad > 0) p.onRepair?.({ path, badLines, bytes, repeatedLines, otherLines, kept: kept.length });
  return new Map(kept.map((record) => [record.id, record]));
}

function* untilAborted(examples: readonly Example[], signal: AbortSignal | undefined): Generator<Example> {
  for (const example of examples) {
    if (signal?.aborted) return;
    yield example;
  }
}

const append = (file: number, { path, line }: { readonly path: string; readonly line: string }): void =>
  attemptWrite(
    () => writeBytes(file, Buffer.from(line)),
    (reason) => cannotBeAddedTo(path, reason),
  );

function progressOf(records: readonly AttackRecord[], total: number): AttackProgress {
  return {
    done: records.length,
    total,
    queries: records.reduce((sum, { queries }) => sum + queries, 0),
    successes: records.filter(({ status }) => status === 'success').length,
  };
}

function checkShard({ index, count }: AttackShard): void {
  const fits = Number.isInteger(index) && Number.isInteger(count) && index >= 0 && index < count;
  if (!fits) {
    throw new VdaError(
      'usage',
      `Shard ${index}/${count} does not exist: expected i/n with i from 0 to n − 1.`,
    );
  }
}
