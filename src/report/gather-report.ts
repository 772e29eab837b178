import { dirname, join, resolve } from 'node:path';
import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { metricsFile, type RunRecord } from '../runs/run-folder.ts';
import { mergeSeeds } from './merge-seeds.ts';
import { type ReportSource, readAttack, runOf } from './read-attack.ts';
import { readMetrics } from './read-metrics.ts';
import type { ReportInput, RunConfiguration } from './report-input.ts';
import { type Place, shownPath, shownValue, thisPlace, withShownPaths } from './shown-path.ts';
import { worstCasesOf } from './worst-cases.ts';

/** What a report is made of. */
export interface ReportOptions extends Pick<ReportInput, 'title'>, Partial<Pick<ReportInput, 'created'>> {
  /** The page to write; links in it are relative to its folder. */
  readonly file: string;
  /** The first is the baseline that the others are compared with. */
  readonly rows: readonly ReportSource[];
  /** The command that makes all of it again, as shown. */
  readonly command?: string;
  /** Attacked texts shown, default 1000. */
  readonly examplesShown?: number;
  /** What must be known to read the figures, shown before them. */
  readonly remarks?: readonly string[];
}

/**
 * Reads run folders into what {@link ReportInput} needs. Unfinished runs are read as far as they came, and their
 * rows say so.
 *
 * @throws VdaError `not-found` when a folder has no training log or no results; `bad-input` when a file in it is
 *   not what it should be; `usage` for one attack given twice under a name
 */
export function gatherReport(options: ReportOptions): ReportInput {
  const { file, title, rows, command, created, examplesShown, remarks } = options;
  const place = thisPlace();
  const attacks = rows.map((source) =>
    readAttack(source, { from: dirname(resolve(file)), home: place.home }),
  );
  const trainings = readTrainings(rows);
  checkSeeds(rows);
  const worstCases = mergeSeeds(worstCasesOf(attacks.map(({ row }) => row)));
  const runs = [...trainings, ...attacks].flatMap(({ run }) => run ?? []);
  return {
    title,
    rows: mergeSeeds(attacks.map(({ row }) => row)),
    ...(worstCases.length > 0 && { worstCases }),
    curves: trainings.flatMap(({ curves }) => curves),
    configurations: runs.map(({ name, origin }) => configuration(name, origin, place)),
    versions: versionsOf(runs.map(({ origin }) => origin)),
    data: dataOf(
      runs.map(({ origin }) => origin),
      place,
    ),
    commands: command === undefined ? [] : [withShownPaths(command, place)],
    ...(created !== undefined && { created }),
    ...(examplesShown !== undefined && { examplesShown }),
    ...(remarks !== undefined && { remarks }),
  };
}

/** @throws VdaError `usage` where one attack is given twice under one name: it is no second seed */
function checkSeeds(rows: readonly ReportSource[]): void {
  const seen = new Set<string>();
  for (const { name, attackFolder } of rows) {
    const key = JSON.stringify([name, resolve(attackFolder)]);
    if (!seen.has(key)) seen.add(key);
    else
      throw new VdaError(
        'usage',
        `The attack in ${attackFolder} is given twice as ${quotedExcerpt(name)}: once is enough, and one attack is no second seed.`,
      );
  }
}

/** A training that stands behind several attacks is read once. */
function readTrainings(rows: readonly ReportSource[]) {
  const nameOf = new Map<string, string>();
  for (const { name, trainFolder } of rows) {
    if (trainFolder !== undefined && !nameOf.has(resolve(trainFolder)))
      nameOf.set(resolve(trainFolder), name);
  }
  return [...nameOf].map(([folder, name]) => {
    const { run } = runOf(name, folder);
    const isMean = run?.origin.averaged !== undefined; // of trainings, whose curves are in their folders
    const curves = isMean ? [] : [{ name, points: readMetrics(join(folder, metricsFile)) }];
    return { curves, ...(run && { run }) };
  });
}

const configuration = (name: string, { command, options }: RunRecord, place: Place): RunConfiguration => ({
  name,
  command: `vda ${command}`,
  options: shownValue(options, place) as RunConfiguration['options'],
});

/** Each program's version; several where the runs differ. */
function versionsOf(origins: readonly RunRecord[]): ReportInput['versions'] {
  const found = new Map<string, Set<string>>();
  for (const { versions } of origins) {
    for (const [name, version] of Object.entries(versions)) {
      if (version !== undefined) found.set(name, (found.get(name) ?? new Set()).add(version));
    }
  }
  return Object.fromEntries([...found].map(([name, set]) => [name, [...set].join(', ')]));
}

/** Each input once, by its role and, where the options have it, the path of its file or the name of its data set. */
function dataOf(origins: readonly RunRecord[], place: Place): ReportInput['data'] {
  const found = new Map<string, ReportInput['data'][number]>();
  for (const { data, options } of origins) {
    for (const [role, sha256] of Object.entries(data)) {
      const source = options[role] ?? options.dataset;
      const name = typeof source === 'string' ? `${role}: ${shownPath(source, place)}` : role;
      found.set(`${sha256} ${name}`, { name, sha256 });
    }
  }
  return [...found.values()];
}
