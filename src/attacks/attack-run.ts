import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import type { RobustEndings } from './outcome.ts';

/** One part of an attack: the examples whose id leaves `index` when divided by `count`. */
export interface AttackShard {
  readonly index: number;
  readonly count: number;
}

/** `attack.json`: which attack the results beside it belong to. */
export interface AttackManifest {
  readonly format: 1;
  /** What was attacked, with what, how: everything that decides results. */
  readonly config: Readonly<Record<string, unknown>>;
  /** SHA-256 of `config` and of the ids before they were split, hex. */
  readonly hash: string;
  readonly shard: AttackShard;
  /** Ids of this part, ascending. */
  readonly ids: readonly number[];
  /** Names of the filters that were on. */
  readonly filters: readonly string[];
  /** Endings that the attack's recipe counts as robust. Absent in folders of before they were told apart: `failed` alone. */
  readonly robustEndings?: RobustEndings;
}

/** Names of the files in the folder of an attack. */
export const attackFiles = { manifest: 'attack.json', results: 'results.jsonl' } as const;

/** The part of the items that falls to a shard. */
export const shardOfExamples = <T extends { readonly id: number }>(
  examples: readonly T[],
  { index, count }: AttackShard,
): readonly T[] => examples.filter(({ id }) => id % count === index);

/** Identity of an attack: equal exactly when configuration and examples are, in whatever order keys were written. */
export const attackHash = (config: Readonly<Record<string, unknown>>, ids: readonly number[]): string =>
  createHash('sha256')
    .update(JSON.stringify([sorted(config), ids]))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/**
 * Reads the manifest of a folder; undefined when it has none.
 * @throws VdaError `bad-input` when it cannot be read or is not one of this format
 */
export function readManifest(folder: string): AttackManifest | undefined {
  const path = join(folder, attackFiles.manifest);
  if (!existsSync(path)) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as AttackManifest;
    if (manifest.format !== 1 || typeof manifest.hash !== 'string' || !Array.isArray(manifest.ids)) {
      throw new VdaError('bad-input', 'it is not of format 1');
    }
    return manifest;
  } catch (error) {
    throw new VdaError('bad-input', `${path} does not say which attack this is: ${messageOf(error)}`);
  }
}

/** The manifest as a file to write with `writeFilesAtomically`. */
export const manifestFile = (folder: string, manifest: AttackManifest) => ({
  path: join(folder, attackFiles.manifest),
  chunks: [`${JSON.stringify(manifest, undefined, 2)}\n`],
});

/**
 * Makes the folder that of this attack, or finds that it is already.
 * @throws VdaError `conflict` when it holds another attack, naming the settings that differ
 */
export function claimFolder(folder: string, manifest: AttackManifest): void {
  const before = readManifest(folder);
  if (before === undefined) {
    if (existsSync(join(folder, attackFiles.results))) {
      throw new VdaError(
        'conflict',
        `${folder} holds ${attackFiles.results} but no ${attackFiles.manifest}: nothing says which attack the results ` +
          'come from. Choose another folder, or move that file away.',
      );
    }
    writeFilesAtomically([manifestFile(folder, manifest)]);
    return;
  }
  const sameShard =
    before.shard.index === manifest.shard.index && before.shard.count === manifest.shard.count;
  if (before.hash === manifest.hash && sameShard) return;
  const describe = ({ config, shard, ids }: AttackManifest): Record<string, unknown> => ({
    ...flatten(config),
    shard: `${shard.index}/${shard.count}`,
    examples: ids.length,
  });
  const [was, is] = [describe(before), describe(manifest)];
  const differing = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]))
    .map(
      (key) =>
        `${key}: ${JSON.stringify(was[key]) ?? 'none'} there, ${JSON.stringify(is[key]) ?? 'none'} now`,
    );
  throw new VdaError(
    'conflict',
    `${folder} holds the results of another attack (${differing.join('; ') || 'other examples'}). ` +
      'Results of two attacks are never mixed: choose another folder, or repeat the settings to go on with that one.',
  );
}

function flatten(config: Readonly<Record<string, unknown>>, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flatten(value as Record<string, unknown>, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value]],
    ),
  );
}
