import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { VdaError } from '../../base/error.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { isFolder } from '../../files/paths.ts';
import type { reportSpec } from '../../options/report.ts';
import { auditLines } from '../../report/audit-section.ts';
import { comparisonLines } from '../../report/comparison-lines.ts';
import type { ReportSource } from '../../report/read-attack.ts';
import { searchedRows } from '../../report/report-input.ts';
import { renderTable } from '../../report/results-table.ts';
import { shownPath, thisPlace } from '../../report/shown-path.ts';
import { writeReport } from '../../report/write-report.ts';
import type { AttackManifest } from '../../runs/attack-manifest.ts';
import { attackFiles, readManifest } from '../../runs/attack-run.ts';
import { type MergeOptions, mergeShards } from '../../runs/merge-shards.ts';
import { attackedModel, comparedBy, provenanceOf } from '../../runs/provenance.ts';
import { checkOutputFolder, readRunRecord, runFile } from '../../runs/run-folder.ts';
import { saysHowMade } from '../../runs/trained-model.ts';
import type { Run } from '../command.ts';
import { fitted } from '../terminal/fitted.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

const markdownFile = 'report.md';

interface Attack {
  readonly folder: string;
  readonly manifest: AttackManifest;
  readonly name: string | undefined;
}

/** Puts parts together, writes the report and prints its table. */
export const run: Run<typeof reportSpec> = async (
  { attacks, names, partial, title, examples, outputDir },
  io,
) => {
  const found = attacks.flatMap((folder, i) =>
    partsIn(folder).map((part): Attack => ({ folder: part, manifest: manifestOf(part), name: names?.[i] })),
  );
  const whole = withPartsMerged(found, { output: outputDir, partial });
  const merged = whole.filter((attack) => !found.includes(attack));
  for (const { folder } of merged) sayTo(io)(`Parts put together in ${folder}.`);
  const { file, rows, worstCases, lab, markdown } = await writeReport({
    file: join(outputDir, 'report.html'),
    title,
    rows: sourcesOf(whole),
    examplesShown: examples,
    command: `vda ${quoted(io.argv)}`,
  });
  writeFilesAtomically([{ path: join(outputDir, markdownFile), chunks: [markdown] }]);
  const shown = searchedRows(rows);
  const { columns } = io.stdout;
  const table =
    lab === undefined
      ? [renderTable([...shown, ...worstCases], { format: 'text', columns }), ...comparisonLines(shown)]
      : [markdown]; // its many rows are read as a matrix
  io.stdout.write(fitted([...table, ...auditLines(rows), `Report: ${file}`, ''].join('\n'), columns));
};

/** The folders of parts within a folder of such, as the jobs of `vda emit` leave it; else the folder itself. */
function partsIn(folder: string): readonly string[] {
  if (!isFolder(folder) || existsSync(join(folder, attackFiles.manifest))) return [folder];
  const within = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => (readFolderManifest(path)?.shard.count ?? 1) > 1);
  return within.length > 0 ? within : [folder];
}

const readFolderManifest = (path: string) => (isFolder(path) ? readManifest(path) : undefined);

/** @throws VdaError `not-found` for a folder that holds no attack */
function manifestOf(folder: string): AttackManifest {
  const manifest = readManifest(folder);
  if (manifest !== undefined) return manifest;
  throw new VdaError(
    'not-found',
    `${folder} holds no attack: expected ${attackFiles.manifest} in it. Name folders that vda attack wrote.`,
  );
}

/** The attacks, the parts of each under its first part's name and place. @throws VdaError as `mergeShards` */
function withPartsMerged(
  attacks: readonly Attack[],
  { output, partial }: Required<MergeOptions>,
): readonly Attack[] {
  const groups = new Map<string, Attack[]>();
  for (const attack of attacks) {
    const { shard, identity } = attack.manifest;
    const key = shard.count > 1 ? identity.hash : attack.folder;
    groups.set(key, [...(groups.get(key) ?? []), attack]);
  }
  const several = groups.size > 1;
  return [...groups.values()].map((parts, i) => {
    const [first] = parts as [Attack, ...Attack[]];
    if (first.manifest.shard.count === 1) return first;
    const folder = several ? join(output, `attack-${i + 1}`) : output;
    checkOutputFolder(folder, 'attack');
    mergeShards(
      parts.map((part) => part.folder),
      { output: folder, partial },
    );
    const record = readRunRecord(first.folder);
    if (record !== undefined) {
      const { shard: _, numShards: __, ...options } = record.options;
      const chunks = [`${JSON.stringify({ ...record, options }, undefined, 2)}\n`];
      writeFilesAtomically([{ path: join(folder, runFile), chunks }]);
    }
    return { ...first, folder, manifest: manifestOf(folder) };
  });
}

/** Names as given; else those of the attacked models where each attack has another model or is another one, or those of the attacks' folders. */
function sourcesOf(attacks: readonly Attack[]): readonly ReportSource[] {
  const models = attacks.map(({ manifest }) => basename(manifest.about.model ?? ''));
  const contents = attacks.map(({ manifest }) => attackedModel(manifest)?.value);
  const isOneModel = models.every((model, i) =>
    models.every((other, j) => other !== model || contents[j] === contents[i]),
  );
  const attackOf = (manifest: AttackManifest) => comparedBy(provenanceOf(manifest));
  const different = new Set(
    attacks.map(({ manifest }, i) => JSON.stringify([models[i], manifest.about.data, attackOf(manifest)])),
  );
  const telling = isOneModel && different.size === attacks.length && models.every((model) => model !== '');
  const folders = folderNames(attacks.map(({ folder }) => folder));
  return attacks.map(({ folder, name }, i) => {
    const model = readRunRecord(folder)?.options.model;
    const trainFolder = typeof model === 'string' && saysHowMade(model) ? model : undefined;
    return {
      name: name ?? (telling ? models[i]! : folders[i]!),
      attackFolder: resolve(folder),
      ...(trainFolder && { trainFolder }),
    };
  });
}

/** Folders as given, absolute ones as a report may show them; where that makes two alike, by as many of their last parts as tell them apart. */
function folderNames(folders: readonly string[]): readonly string[] {
  const place = thisPlace();
  const shown = folders.map((folder) => shownPath(folder, place));
  const parts = folders.map((folder) => resolve(folder).split(sep).filter(Boolean));
  return shown.map((name, i) => {
    if (shown.filter((other) => other === name).length === 1) return name;
    const rivals = parts.filter((_, j) => j !== i && shown[j] === name);
    const end = (of: readonly string[], length: number) => of.slice(-length).join('/');
    const enough = parts[i]!.findIndex((_, n) =>
      rivals.every((rival) => end(rival, n + 1) !== end(parts[i]!, n + 1)),
    );
    return enough < 0 ? name : `…/${end(parts[i]!, enough + 1)}`;
  });
}
