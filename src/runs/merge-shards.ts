import { join } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { argument, VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { holdFolder } from '../files/folder-lock.ts';
import type { AttackManifest } from './attack-manifest.ts';
import { attackFiles, claimFolder, manifestFile, readManifest } from './attack-run.ts';
import { differingDevices, differingSettings, provenanceOf } from './provenance.ts';
import { readResults, resultLine } from './results-file.ts';

interface Part {
  readonly folder: string;
  readonly manifest: AttackManifest;
  readonly records: readonly AttackRecord[];
}

/** Where shards are put together, and which may be missing. */
export interface MergeOptions {
  /** Folder of what is put together; made if needed. */
  readonly output: string;
  /** Take shards without the others, and such as have not finished; the folder says so. Default false. */
  readonly partial?: boolean;
}

/**
 * Puts the shards of one attack together, in the order of ids; the folder written is that of an attack made in
 * one piece.
 *
 * @param folders one a shard, in any order
 * @returns all records, by ascending id
 * @throws VdaError `not-found` when a folder holds no attack; `conflict` when shards come from different attacks,
 * when one is there twice, when one is missing or has not finished unless `partial`, when the output folder holds another attack, one
 * of the shards or results that would be lost, or when another process works in it
 */
export function mergeShards(
  folders: readonly string[],
  { output, partial = false }: MergeOptions,
): readonly AttackRecord[] {
  const owner = 'mergeShards';
  const fits = Array.isArray(folders) && folders.every(isText);
  requireArgument(fits, { owner, name: 'folders', expected: 'a list of folders', got: folders });
  requireArgument(isText(output), { owner, name: 'output', expected: 'the path of a folder', got: output });
  const parts = folders.map(readPart);
  const first = parts[0];
  if (first === undefined) throw new VdaError('usage', 'There are no shards to merge: name their folders.');
  for (const { folder, manifest } of parts) {
    if (
      manifest.identity.hash !== first.manifest.identity.hash ||
      manifest.shard.count !== first.manifest.shard.count
    ) {
      throw new VdaError(
        'conflict',
        `${folder} and ${first.folder} hold shards of different attacks, which cannot be put together: ` +
          `${unlike(manifest, first.manifest)} Compare their ${attackFiles.manifest}.`,
      );
    }
  }
  const { count } = first.manifest.shard;
  for (let index = 0; index < count; index++) {
    const owners = parts.filter(({ manifest }) => manifest.shard.index === index).map(({ folder }) => folder);
    if (owners.length === 1 || (partial && owners.length === 0)) continue;
    const problem =
      owners.length === 0 ? 'is missing' : `is there ${owners.length} times (${owners.join(', ')})`;
    throw new VdaError('conflict', `Shard ${index}/${count} ${problem}: each must be given once.`);
  }
  if (!partial) for (const part of parts) checkComplete(part);

  const records = parts.flatMap((part) => part.records).sort((a, b) => a.id - b.id);
  const manifest = {
    ...first.manifest,
    shard: { index: 0, count: 1 },
    ...(parts.length < count && {
      partial: { parts: parts.map((part) => part.manifest.shard.index).sort((a, b) => a - b), count },
    }),
    ids: parts.flatMap((part) => part.manifest.ids).sort((a, b) => a - b),
  };
  holdFolder(output, { work: 'a merge of shards' }, () => {
    requireNothingLost(output, records);
    claimFolder(output, manifest);
    writeFilesAtomically([
      { path: join(output, attackFiles.results), chunks: records.map(resultLine) },
      manifestFile(output, manifest),
    ]);
  });
  return records;
}

/** @throws VdaError `conflict` where the folder has results of examples that the parts have none of */
function requireNothingLost(output: string, records: readonly AttackRecord[]): void {
  const own = new Set(records.map(({ id }) => id));
  const { records: there } = readResults(join(output, attackFiles.results));
  const lost = there.filter(({ id }) => !own.has(id)).length;
  if (lost === 0) return;
  throw new VdaError(
    'conflict',
    `${output} holds ${lost} results of examples that these parts have none of, and they would be lost. Choose another ${argument('outputDir')}.`,
  );
}

/** In which settings two manifests differ, as a sentence; parts of one attack have other examples each. */
function unlike(one: AttackManifest, other: AttackManifest): string {
  const both = [one, other].map(provenanceOf);
  const differing = [...differingSettings(both), ...differingDevices(both)]
    .filter(({ name }) => name !== 'examples')
    .map(({ name, values: [first, second] }) => `${name} ${first} there, ${second} here`);
  if (differing.length > 0) return `${excerptList(differing, { quote: false })}.`;
  return one.shard.count === other.shard.count
    ? 'other models or examples.'
    : `${one.shard.count} parts there, ${other.shard.count} here.`;
}

function readPart(folder: string): Part {
  const manifest = readManifest(folder);
  if (manifest === undefined) {
    throw new VdaError('not-found', `${folder} holds no attack: expected ${attackFiles.manifest} in it.`);
  }
  return { folder, manifest, records: readResults(join(folder, attackFiles.results)).records };
}

function checkComplete({ folder, manifest, records }: Part): void {
  const done = new Set(records.map(({ id }) => id));
  const missing = manifest.ids.filter((id) => !done.has(id));
  if (missing.length === 0 && done.size === manifest.ids.length) return;
  throw new VdaError(
    'conflict',
    `${folder} has not finished: ${done.size} of ${manifest.ids.length} examples have a result (the first without ` +
      `one: ${missing[0] ?? 'none, but there are results of examples that are not its own'}). Run its shard to the end first.`,
  );
}
