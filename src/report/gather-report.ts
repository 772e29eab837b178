import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type AttackManifest, attackFiles, readManifest } from '../attacks/attack-run.ts';
import { aggregateSeeds, attackMetrics } from '../attacks/metrics.ts';
import { readResults } from '../attacks/results-file.ts';
import { messageOf, VdaError } from '../base/error.ts';
import { readMetrics } from './read-metrics.ts';
import type { ReportInput, ReportRow, RunConfiguration, TrainingCurve } from './report-input.ts';

/** A run folder and the name it goes by. */
export interface RunFolder {
  readonly folder: string;
  /** Default: the folder's name. The same attack under one name is taken for several seeds and becomes one row. */
  readonly name?: string;
}

/** What a report is made of, besides what stands in the run folders. */
export interface GatherOptions
  extends Pick<ReportInput, 'title'>,
    Partial<Pick<ReportInput, 'created' | 'versions' | 'commands' | 'examplesShown'>> {
  /** Folders of `vda train`: `metrics.jsonl` and `config.json`. */
  readonly training: readonly RunFolder[];
  /** Folders of `vda attack`: `results.jsonl` and `attack.json`; the first is the baseline. */
  readonly attacks: readonly RunFolder[];
  /** Where the report will be, for its links. */
  readonly output: string;
}

/**
 * Reads run folders into what {@link ReportInput} needs. Unfinished runs are read as far as they came, and their
 * rows say so. Data are those that the configurations name with both `path` and `sha256`.
 *
 * @throws VdaError `not-found` when a folder has no training log or no results; `bad-input` when a file in it is
 *   not what it should be
 */
export function gatherReport(options: GatherOptions): ReportInput {
  const { title, created, examplesShown, training, attacks, output } = options;
  const trained = training.map(readTraining);
  const attacked = attacks.map((run) => readAttack(run, dirname(resolve(output))));
  const configurations = [...trained, ...attacked].flatMap(({ configuration }) => configuration);
  return {
    title,
    rows: mergeSeeds(attacked.map(({ row }) => row)),
    curves: trained.map(({ curve }) => curve),
    configurations,
    versions: options.versions ?? {},
    data: hashedFiles(configurations.map(({ resolved }) => resolved)),
    commands: options.commands ?? [],
    ...(created !== undefined && { created }),
    ...(examplesShown !== undefined && { examplesShown }),
  };
}

const nameOf = ({ name, folder }: RunFolder): string => name ?? basename(resolve(folder));

function readTraining(run: RunFolder): { curve: TrainingCurve; configuration: readonly RunConfiguration[] } {
  const name = nameOf(run);
  const path = join(run.folder, 'config.json');
  return {
    curve: { name, points: readMetrics(join(run.folder, 'metrics.jsonl')) },
    configuration: existsSync(path) ? [{ name: `training ${name}`, resolved: readJson(path) }] : [],
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new VdaError('bad-input', `${path} is not a readable JSON file: ${messageOf(thrown)}`);
  }
}

function readAttack(
  run: RunFolder,
  reportFolder: string,
): { row: ReportRow; configuration: readonly RunConfiguration[] } {
  const path = join(run.folder, attackFiles.results);
  if (!existsSync(path)) {
    throw new VdaError(
      'not-found',
      `There is no ${path}: a report needs the folder that vda attack wrote. Give that folder, or run the ` +
        'attack first.',
    );
  }
  const manifest = readManifest(run.folder);
  const { records } = readResults(path);
  const note = manifest && incompleteness(manifest, records.length);
  const name = nameOf(run);
  return {
    row: {
      name,
      metrics: attackMetrics(records),
      preset: presetOf(manifest),
      filters: manifest?.filters ?? [],
      records,
      resultsPath: relative(reportFolder, path),
      ...(note !== undefined && { note }),
    },
    configuration: manifest ? [{ name: `attack on ${name}`, resolved: manifest.config }] : [],
  };
}

/** A row over a part of the examples must not pass for one over all. */
function incompleteness({ ids, shard }: AttackManifest, done: number): string | undefined {
  const notes = [
    ...(done < ids.length ? [`unfinished: ${done} of ${ids.length} examples`] : []),
    ...(shard.count > 1 ? [`part ${shard.index}/${shard.count} only`] : []),
  ];
  return notes.length > 0 ? notes.join(', ') : undefined;
}

/** `bert-attack (official)`, from the settings of the recipe. */
function presetOf(manifest: AttackManifest | undefined): string {
  const attack = (manifest?.config.attack ?? {}) as Readonly<Record<string, unknown>>;
  const { recipe, fidelity } = attack;
  if (typeof recipe !== 'string') return 'attack not recorded';
  return typeof fidelity === 'string' ? `${recipe} (${fidelity})` : recipe;
}

/**
 * Rows of one name that stand for the same attack become their mean; records and link are those of the first.
 * Rows of one name under different attacks stay apart.
 */
function mergeSeeds(rows: readonly ReportRow[]): readonly ReportRow[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.name, row.preset, row.filters]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((runs): ReportRow => {
    const notes = runs.flatMap(({ note }) => note ?? []);
    return {
      ...runs[0]!,
      metrics: aggregateSeeds(runs.map(({ metrics }) => metrics)),
      ...(notes.length > 0 && { note: notes.join(', ') }),
    };
  });
}

/** Every object within that has a `path` and a `sha256`, once each. */
function hashedFiles(value: unknown): ReportInput['data'] {
  const found = new Map<string, { readonly path: string; readonly sha256: string }>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { path, sha256 } = part as Readonly<Record<string, unknown>>;
    if (typeof path === 'string' && typeof sha256 === 'string')
      found.set(`${sha256} ${path}`, { path, sha256 });
    for (const inner of Object.values(part)) visit(inner);
  };
  visit(value);
  return [...found.values()];
}
