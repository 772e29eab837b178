import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { predictionProblem } from '../base/constant-predictions.ts';
import { VdaError } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import type { Part } from '../base/part.ts';
import { calibrationOf } from '../evaluation/clean-rows.ts';
import { attackMetrics, metricsOverSeeds } from '../evaluation/metrics.ts';
import { outcomeOf, predictionsOf } from '../evaluation/outcome.ts';
import { worstCase } from '../evaluation/worst-case.ts';
import type { AttackManifest } from '../runs/attack-manifest.ts';
import { attackFiles, readManifest } from '../runs/attack-run.ts';
import { readAudit } from '../runs/audit-file.ts';
import { attackedModel, provenanceOf } from '../runs/provenance.ts';
import { type ResultsFile, readResults } from '../runs/results-file.ts';
import { metricsFile, type RunRecord, readRunRecord } from '../runs/run-folder.ts';
import { readMetrics } from './read-metrics.ts';
import type { ReportInput, ReportRow, RunConfiguration } from './report-input.ts';
import { linkTo, type Place, shownPath, shownValue, thisPlace, withShownPaths } from './shown-path.ts';

/** One attacked model: where its attack is and, where known, its training. */
export interface ReportSource {
  /** As the report calls it. The same attack under one name is taken for several seeds and becomes one row. */
  readonly name: string;
  /** Folder of `vda train`: `metrics.jsonl` and `run.json`. */
  readonly trainFolder?: string;
  /** Folder of `vda attack`: `results.jsonl`, `attack.json` and `run.json`. */
  readonly attackFolder: string;
  /** The attack as the table names it; by default recipe and preset as recorded. */
  readonly preset?: string;
  /** Filters on candidate words as the table names them; by default those recorded. */
  readonly filters?: readonly string[];
}

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
}

/**
 * Reads run folders into what {@link ReportInput} needs. Unfinished runs are read as far as they came, and their
 * rows say so.
 *
 * @throws VdaError `not-found` when a folder has no training log or no results; `bad-input` when a file in it is
 *   not what it should be
 */
export function gatherReport(options: ReportOptions): ReportInput {
  const { file, title, rows, command, created, examplesShown } = options;
  const place = thisPlace();
  const attacks = rows.map((source) =>
    readAttack(source, { from: dirname(resolve(file)), home: place.home }),
  );
  const trainings = readTrainings(rows);
  checkSeeds(rows);
  const worstCases = worstCasesOf(attacks.map(({ row }) => row));
  const runs = [...trainings, ...attacks].flatMap(({ run }) => run ?? []);
  return {
    title,
    rows: mergeSeeds(attacks.map(({ row }) => row)),
    ...(worstCases.length > 0 && { worstCases }),
    curves: trainings.map(({ curve }) => curve),
    configurations: runs.map(({ name, origin }) => configuration(name, origin, place)),
    versions: versionsOf(runs.map(({ origin }) => origin)),
    data: dataOf(
      runs.map(({ origin }) => origin),
      place,
    ),
    commands: command === undefined ? [] : [withShownPaths(command, place)],
    ...(created !== undefined && { created }),
    ...(examplesShown !== undefined && { examplesShown }),
  };
}

interface Run {
  readonly name: string;
  readonly origin: RunRecord;
}

const runOf = (name: string, folder: string): { readonly run?: Run } => {
  const origin = readRunRecord(folder);
  return origin === undefined ? {} : { run: { name, origin } };
};

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
  return [...nameOf].map(([folder, name]) => ({
    curve: { name, points: readMetrics(join(folder, metricsFile)) },
    ...runOf(name, folder),
  }));
}

function readAttack(
  source: ReportSource,
  report: { readonly from: string; readonly home: string },
): { readonly row: ReportRow; readonly run?: Run } {
  const { name, attackFolder } = source;
  const path = join(attackFolder, attackFiles.results);
  if (!existsSync(path)) {
    throw new VdaError(
      'not-found',
      `There is no ${path}: a report needs the folder that vda attack wrote. Give that folder, or run the ` +
        'attack first.',
    );
  }
  const manifest = readManifest(attackFolder);
  const found = readResults(path);
  const own = manifest && new Set(manifest.ids);
  const results = { ...found, records: found.records.filter(({ id }) => own?.has(id) ?? true) };
  const note = notesOf(results, { manifest, others: found.records.length - results.records.length });
  const link = linkTo(path, report);
  const model = manifest && attackedModel(manifest);
  const audit = manifest && readAudit(attackFolder, { attack: manifest.identity.hash });
  const problem = predictionProblem(predictionsOf(results.records));
  const calibrated = calibrationOf(results.records);
  const row: ReportRow = {
    name,
    metrics: attackMetrics(results.records, { robustEndings: manifest?.robustEndings }),
    preset: source.preset ?? presetOf(manifest),
    filters: source.filters ?? manifest?.filters ?? [],
    ...(manifest && { provenance: provenanceOf(manifest) }),
    ...(problem && { problems: [problem] }),
    ...transferOf(manifest, name),
    ...(calibrated && { calibrations: [calibrated] }),
    runs: [
      {
        records: withoutPaths(results.records),
        ...(model?.value && { model: model.value }),
        ...(audit && { audited: audit.examples }),
        ...(link !== undefined && { resultsPath: link }),
      },
    ],
    ...(note !== undefined && { note }),
  };
  return { row, ...runOf(name, attackFolder) };
}

/** Messages of errors may name files. */
const withoutPaths = (records: readonly AttackRecord[]): readonly AttackRecord[] =>
  records.map((record) =>
    record.message === undefined
      ? record
      : { ...record, message: withShownPaths(record.message, thisPlace()) },
  );

/** A row over a part of the examples must not pass for one over all, and Perturb over pairs has two definitions. */
function notesOf(
  { records, badLines }: ResultsFile,
  { manifest, others }: { readonly manifest: AttackManifest | undefined; readonly others: number },
): string | undefined {
  const missing = (manifest?.ids.length ?? 0) - records.length;
  const notes = [
    ...(missing > 0 ? [`unfinished: ${records.length} of ${records.length + missing} examples`] : []),
    ...(others > 0 ? [`${others} results of examples that are not the attack's are left out`] : []),
    ...(badLines > 0 ? [`${badLines} lines of the results are cut short or damaged`] : []),
    ...(manifest && manifest.shard.count > 1
      ? [`part ${manifest.shard.index}/${manifest.shard.count} only`]
      : []),
    ...(records.some(({ textPair }) => textPair !== undefined)
      ? [`pairs: second text attacked, Perturb over the words of ${perturbOver(manifest)}`]
      : []),
  ];
  return notes.length > 0 ? notes.join(', ') : undefined;
}

/** See `departures` of the recipe. */
const perturbOver = (manifest: AttackManifest | undefined): string =>
  settingsOf(manifest).preset === 'official' ? 'both texts' : 'that text';

const settingsOf = (manifest: AttackManifest | undefined): NonNullable<Part['settings']> =>
  recipeOf(manifest)?.settings ?? {};

const recipeOf = (manifest: AttackManifest | undefined): Part | undefined =>
  manifest?.identity.parts.attack as Part | undefined;

/** Of a replay of texts with originals: whose they are, and who was asked. */
function transferOf(manifest: AttackManifest | undefined, name: string): Pick<ReportRow, 'transfer'> {
  const search = recipeOf(manifest)?.parts?.search as Part | undefined;
  if (search?.id !== 'replay' || search.settings?.originals !== true) return {};
  return { transfer: { texts: manifest?.about.data ?? 'unknown', model: manifest?.about.model ?? name } };
}

/** `bert-attack (official)`, or `bert-attack (default, strict)` with a profile, from the settings of the recipe. */
function presetOf(manifest: AttackManifest | undefined): string {
  const { preset, profile } = settingsOf(manifest);
  const recipe = recipeOf(manifest)?.id ?? 'attack not recorded';
  return typeof preset === 'string' ? `${recipe} (${[preset, profile].filter(Boolean).join(', ')})` : recipe;
}

/** Of each model that different attacks were made on with the same texts: the worst case over them. */
function worstCasesOf(rows: readonly ReportRow[]): readonly ReportRow[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const [run] = row.runs;
    if (run?.model === undefined) continue;
    const key = JSON.stringify([
      run.model,
      run.records.map(({ id, label, text, textPair }) => [id, label, essence(`${text} ${textPair ?? ''}`)]),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group): readonly ReportRow[] => {
    const attackOf = (row: ReportRow) =>
      JSON.stringify([row.preset, row.filters, row.provenance?.map(({ name, value }) => [name, value])]);
    if (new Set(group.map(attackOf)).size < Math.max(2, group.length)) return [];
    const names = group.map(({ name }) => name);
    const everyEnding = group.map(({ metrics }) => metrics.robustEndings);
    const robustEndings = everyEnding[0]!.filter((ending) =>
      everyEnding.every((endings) => endings.includes(ending)),
    );
    const records = worstCase(group.flatMap(({ runs }) => runs.map(({ records: own }) => own)));
    return [
      {
        name: `worst case of ${names.join(', ')}`,
        metrics: attackMetrics(records, { robustEndings }),
        preset: 'a text is robust if it survives every attack',
        filters: [...new Set(group.flatMap(({ filters }) => filters))],
        worstOf: names,
        runs: [{ records }],
      },
    ];
  });
}

/** A text as attacks may prepare it in different ways: without case and spaces. */
const essence = (text: string): string => text.toLowerCase().replace(/\s+/g, '');

/**
 * Rows of one name that stand for the same attack become one, over the runs of all. Rows of one name under different
 * attacks stay apart, numbered.
 */
function mergeSeeds(rows: readonly ReportRow[]): readonly ReportRow[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const attack = row.provenance?.map(({ name, value }) => [name, value]);
    const key = JSON.stringify([row.name, row.preset, row.filters, attack]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const merged = [...groups.values()].map((group): ReportRow => {
    const { robustEndings } = group[0]!.metrics;
    const runs = group.flatMap(({ runs }) => runs);
    const models = runs.flatMap(({ model }) => model ?? []);
    const repeated =
      new Set(models).size < models.length ? ['one model is there several times: no seed of its own'] : [];
    const notes = [...new Set([...group.flatMap(({ note }) => note ?? []), ...repeated])];
    const problems = group.flatMap(({ problems = [] }) => problems);
    const calibrations = group.flatMap(({ calibrations = [] }) => calibrations);
    return {
      ...group[0]!,
      metrics: metricsOverSeeds(
        runs.map(({ records }) => records.map((record) => outcomeOf(record, robustEndings))),
        { robustEndings },
      ),
      runs,
      ...(notes.length > 0 && { note: notes.join(', ') }),
      ...(problems.length > 0 && { problems }),
      ...(calibrations.length > 0 && { calibrations }),
    };
  });
  const number = new Map<string, number>();
  return merged.map((row) => {
    if (merged.filter(({ name }) => name === row.name).length === 1) return row;
    number.set(row.name, (number.get(row.name) ?? 0) + 1);
    return { ...row, name: `${row.name} (${number.get(row.name)})` };
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
