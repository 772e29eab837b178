import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { predictionProblem } from '../base/constant-predictions.ts';
import { VdaError } from '../base/error.ts';
import type { Part } from '../base/part.ts';
import { calibrationOf } from '../evaluation/clean-rows.ts';
import { attackMetrics } from '../evaluation/metrics.ts';
import { predictionsOf } from '../evaluation/outcome.ts';
import type { AttackManifest } from '../runs/attack-manifest.ts';
import { attackFiles, readManifest } from '../runs/attack-run.ts';
import { readAudit } from '../runs/audit-file.ts';
import { knownInWords, knownSources } from '../runs/known-sources.ts';
import { attackedModel, provenanceOf } from '../runs/provenance.ts';
import { type ResultsFile, readResults } from '../runs/results-file.ts';
import { type RunRecord, readRunRecord } from '../runs/run-folder.ts';
import { lexiconOf } from './lexicon-of.ts';
import type { AttackedBy, ReportRow } from './report-input.ts';
import { linkTo, thisPlace, withShownPaths } from './shown-path.ts';

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

/** A run folder's record, by the name that a report has for it. */
export interface RecordedRun {
  readonly name: string;
  readonly origin: RunRecord;
}

/** What a folder's `run.json` says; nothing where there is none. */
export const runOf = (name: string, folder: string): { readonly run?: RecordedRun } => {
  const origin = readRunRecord(folder);
  return origin === undefined ? {} : { run: { name, origin } };
};

/**
 * The row of one attack, and the record of its run.
 * @param report where links begin, and the home folder that no path may name
 * @throws VdaError `not-found` when the folder has no results; `bad-input` when a file in it is not what it should be
 */
export function readAttack(
  source: ReportSource,
  report: { readonly from: string; readonly home: string },
): { readonly row: ReportRow; readonly run?: RecordedRun } {
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
  const made = runOf(name, attackFolder);
  const results = { ...found, records: found.records.filter(({ id }) => own?.has(id) ?? true) };
  const others = found.records.length - results.records.length;
  const training = source.trainFolder === undefined ? undefined : readRunRecord(source.trainFolder);
  const note = notesOf(results, { manifest, others, training });
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
    ...attackedBy(manifest, { model: name, record: made.run?.origin }),
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
  return { row, ...made };
}

/** Messages of errors may name files. */
const withoutPaths = (records: readonly AttackRecord[]): readonly AttackRecord[] =>
  records.map((record) =>
    record.message === undefined
      ? record
      : { ...record, message: withShownPaths(record.message, thisPlace()) },
  );

/**
 * A row over a part of the examples must not pass for one over all, Perturb over pairs has two definitions, and a gain against words that
 * training knew is none against others.
 */
function notesOf(
  { records, badLines }: ResultsFile,
  p: {
    readonly manifest: AttackManifest | undefined;
    readonly others: number;
    readonly training: RunRecord | undefined;
  },
): string | undefined {
  const { manifest, others, training } = p;
  const known = training && manifest && knownSources(training, manifest.identity);
  const missing = (manifest?.ids.length ?? 0) - records.length;
  const notes = [
    ...(missing > 0 ? [`unfinished: ${records.length} of ${records.length + missing} examples`] : []),
    ...(others > 0 ? [`${others} results of examples that are not the attack's are left out`] : []),
    ...(badLines > 0 ? [`${badLines} lines of the results are cut short or damaged`] : []),
    ...(manifest && manifest.shard.count > 1
      ? [`part ${manifest.shard.index}/${manifest.shard.count} only`]
      : []),
    ...(manifest?.partial
      ? [`parts ${manifest.partial.parts.join(', ')} of ${manifest.partial.count} only`]
      : []),
    ...(records.some(({ textPair }) => textPair !== undefined)
      ? [`pairs: second text attacked, Perturb over the words of ${perturbOver(manifest)}`]
      : []),
    ...(known ? [knownInWords(known)] : []),
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

/** How an attack searched, where that is recorded. */
export const searchOf = (manifest: AttackManifest | undefined): Part | undefined =>
  recipeOf(manifest)?.parts?.search as Part | undefined;

/** Of a replay of texts with originals: whose they are, and who was asked. */
function transferOf(manifest: AttackManifest | undefined, name: string): Pick<ReportRow, 'transfer'> {
  const search = searchOf(manifest);
  if (search?.id !== 'replay' || search.settings?.originals !== true) return {};
  return { transfer: { texts: manifest?.about.data ?? 'unknown', model: manifest?.about.model ?? name } };
}

function attackedBy(
  manifest: AttackManifest | undefined,
  { model, record }: { readonly model: string; readonly record: RunRecord | undefined },
): { readonly attacked?: AttackedBy } {
  const recipe = recipeOf(manifest);
  if (recipe === undefined) return {};
  const { preset, profile } = settingsOf(manifest);
  const attack = typeof preset === 'string' && preset !== 'default' ? `${recipe.id} (${preset})` : recipe.id;
  return {
    attacked: {
      ...{ model, attack },
      ...(typeof profile === 'string' && { profile }),
      ...(record?.options.similarity !== undefined && { lexicon: lexiconOf(record) }),
      ...(searchOf(manifest)?.id === 'worst-of' && { isEnsemble: true }),
    },
  };
}

/** `bert-attack (official)`, or `bert-attack (default, strict)` with a profile, from the settings of the recipe. */
function presetOf(manifest: AttackManifest | undefined): string {
  const { preset, profile } = settingsOf(manifest);
  const recipe = recipeOf(manifest)?.id ?? 'attack not recorded';
  return typeof preset === 'string' ? `${recipe} (${[preset, profile].filter(Boolean).join(', ')})` : recipe;
}
