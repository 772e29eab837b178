import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { type AttackRecipe, asksEncoder, asksMaskedLm, recipeIdentity } from '../attacks/recipe.ts';
import { attackStatuses } from '../attacks/record.ts';
import type { Models } from '../attacks/services/index.ts';
import type { Victim } from '../attacks/victim.ts';
import { argument, VdaError } from '../base/error.ts';
import type { Part } from '../base/part.ts';
import type { Example } from '../data/dataset.ts';
import { datasetIdentity } from '../data/dataset-identity.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { lockFile } from '../files/folder-lock.ts';
import { readJsonFile } from '../files/json-file.ts';
import { type StoredManifest, upgraded } from './attack-history.ts';
import type { AttackManifest, AttackShard } from './attack-manifest.ts';
import { differencesInWords, type Identity, identityOf } from './identity.ts';
import { identityShape } from './identity-shape.ts';
import { runFile } from './run-folder.ts';

/** Names of the files in the folder of an attack. */
export const attackFiles = {
  manifest: 'attack.json',
  results: 'results.jsonl',
  summary: 'summary.json',
  report: 'report.html',
  audit: 'audit.json',
} as const;

/** Whether a file of this name is one that an attack's folder keeps: of the attack, of its run, or a victim's answers. */
const isOfAttack = (name: string): boolean =>
  [...Object.values(attackFiles), runFile, lockFile].some((own) => own === name) ||
  /^victim-.*\.jsonl$/.test(name);

/**
 * Holds a file that a person asks for against those that an attack keeps in its folder.
 * @param p.option what named it, for the message
 * @throws VdaError `usage`
 */
export function requireNoneOfAttack(
  path: string,
  { folder, option }: { readonly folder: string; readonly option: string },
): void {
  const isKept = resolve(dirname(path)) === resolve(folder) && isOfAttack(basename(path));
  if (!isKept) return;
  throw new VdaError(
    'usage',
    `${argument(option)} ${path}: ${basename(path)} is a file of the attack itself, which would be replaced. Choose another name.`,
  );
}

/** The part of the items that falls to a shard. */
export const shardOfExamples = <T extends { readonly id: number }>(
  examples: readonly T[],
  { index, count }: AttackShard,
): readonly T[] => examples.filter(({ id }) => id % count === index);

/**
 * What decides the results of an attack, taken from what takes part in it: recipe, victim, masked language model
 * (where the recipe asks it), examples and time limit.
 * @throws VdaError `usage` where the victim or the masked language model does not say what it is
 */
export function attackIdentity(
  examples: readonly Example[],
  p: Models & { readonly recipe: AttackRecipe; readonly timeLimit?: number | undefined },
): Identity {
  const { recipe, victim, maskedLm, encoder, timeLimit } = p;
  return identityOf({
    attack: recipeIdentity(recipe),
    victim: told(victim, 'victim'),
    ...(maskedLm !== undefined && asksMaskedLm(recipe) && { maskedLm: told(maskedLm, 'maskedLm') }),
    ...(encoder !== undefined && asksEncoder(recipe) && { encoder: told(encoder, 'encoder') }),
    examples: examplesIdentity(examples, victim.labels),
    ...(timeLimit !== undefined && { timeLimit: { id: 'time limit', settings: { seconds: timeLimit } } }),
  });
}

function told(model: Pick<Victim, 'identity'>, name: string): Part {
  const part = model.identity?.();
  if (part !== undefined) return part;
  throw new VdaError(
    'usage',
    `The ${name} does not say what it is, so results in the folder could be another model's. Give it \`identity\`, a ` +
      "function that returns what tells it from other models, such as () => ({ id: 'my model', version: 3 }).",
  );
}

/** Texts under attack, in whatever order they come. */
const examplesIdentity = (examples: readonly Example[], labels: readonly string[]): Part => ({
  ...datasetIdentity({ examples: examples.toSorted((a, b) => a.id - b.id), labels }),
  id: 'examples',
});

const whole = z.int().nonnegative();

/** How format 1 named a file; programs could give it any name. */
const firstFile = z.union([
  z.looseObject({
    path: z.string().optional(),
    sha256: z.string().optional(),
    columns: z.record(z.string(), z.unknown()).optional(),
  }),
  z.string(),
]);
const firstConfig = z.looseObject({
  attack: z.looseObject({}).optional(),
  ...{ model: firstFile.optional(), mlm: firstFile.optional(), data: firstFile.optional() },
  maxSeqLength: z.number().optional(),
  timeLimit: z.number().nullable().optional(),
});

const manifestShape = z
  .object({
    format: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    identity: identityShape.optional(),
    about: z.record(z.string(), z.string()).default({}),
    /** Of format 1, as is `hash`. */
    config: firstConfig.optional(),
    hash: z.string().optional(),
    shard: z
      .object({ index: whole, count: whole.max(1e6) })
      .refine(({ index, count }) => index < count, 'expected an index below the count'),
    partial: z.object({ parts: z.array(whole), count: whole }).exactOptional(),
    ids: z.array(whole),
    filters: z.array(z.string()),
    robustEndings: z.array(z.enum(attackStatuses)).optional(),
  })
  .refine(
    ({ identity, config, hash }) => identity !== undefined || (config !== undefined && hash !== undefined),
    'it does not say what decided the results',
  );

/**
 * Reads the manifest of a folder; undefined when it has none.
 * @throws VdaError `bad-input` when it cannot be read or is not one of this format
 */
export function readManifest(folder: string): AttackManifest | undefined {
  const manifest = readJsonFile(join(folder, attackFiles.manifest), {
    ...{ schema: manifestShape, what: 'the record of an attack' },
    remedy: `Put the file back as vda wrote it; or remove ${folder}, and attack again.`,
  });
  if (manifest === undefined) return undefined;
  return upgraded(manifest as StoredManifest);
}

/** The manifest as a file to write with `writeFilesAtomically`: the same bytes whether it was made now or read back from parts. */
export const manifestFile = (
  folder: string,
  { format, about, shard, partial, identity, ids, filters, robustEndings }: AttackManifest,
) => {
  const ordered: AttackManifest = {
    ...{ format, about, shard: { index: shard.index, count: shard.count } },
    ...(partial && { partial }),
    ...{ identity, ids, filters },
    ...(robustEndings && { robustEndings }),
  };
  return {
    path: join(folder, attackFiles.manifest),
    chunks: [`${JSON.stringify(ordered, undefined, 2)}\n`],
  };
};

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
  if (before.format !== 1 && before.identity.hash === manifest.identity.hash && sameShard) {
    // What was put together of some parts goes on as the whole.
    if (before.partial !== undefined) writeFilesAtomically([manifestFile(folder, manifest)]);
    return;
  }
  const parts = ({ index, count }: AttackShard) => `part: ${index}/${count}`;
  const differing = [
    before.format === 1 ? 'it was made by an earlier version of vda, whose rules had no versions' : '',
    before.format !== 1 ? differencesInWords(before.identity.parts, manifest.identity.parts) : '',
    sameShard ? '' : `${parts(before.shard)} there, ${manifest.shard.index}/${manifest.shard.count} now`,
  ].filter((one) => one !== '');
  throw new VdaError(
    'conflict',
    `${folder} holds the results of another attack (${differing.join('; ')}). ` +
      'Results of two attacks are never mixed: choose another folder, or repeat the settings to go on with that one.',
  );
}
