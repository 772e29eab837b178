import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { VdaError } from '../base/error.ts';
import type { Part } from '../base/part.ts';
import { isFolder } from '../files/paths.ts';
import type { AttackManifest } from '../runs/attack-manifest.ts';
import { attackFiles, readManifest } from '../runs/attack-run.ts';
import { identityEntries } from '../runs/identity.ts';
import { readResults } from '../runs/results-file.ts';
import { type RunRecord, readRunRecord } from '../runs/run-folder.ts';
import type { CardRow } from './card-robustness.ts';
import { lexiconOf } from './lexicon-of.ts';
import { readAttack, searchOf } from './read-attack.ts';

/** Finished attacks on a model, for its card. */
export interface RunAttacks {
  readonly attacks: readonly { readonly folder: string; readonly row: CardRow }[];
  /** What was found and does not count, a sentence each. */
  readonly leftOut: readonly string[];
}

/** How deep attacks lie below a folder: `attacks/pwws/seed-1` is three. */
const deepest = 4;

/** Folders of a run that are no place for attacks, and may hold many files. */
const elsewhere = /^(?:checkpoint-\d+|onnx|runs|node_modules|\..*)$/;

/**
 * The finished attacks of `vda attack` on a model: those below its run's folder, and those in or below folders that are named.
 * An attack counts where it asked these very weights, with their configuration and tokenizer, about all of its texts. What else
 * lies below the run is left out, with a line; what else is named is refused.
 *
 * @param run folder of `vda train`
 * @param p.model content of the model, as {@link modelIdentity} has it
 * @param p.name what the card calls the model
 * @throws VdaError `not-found` for a named folder without an attack, `conflict` for an attack that does not count, `bad-input`
 *   for a damaged `attack.json`
 */
export function attacksOfRun(
  run: string,
  p: { readonly model: Part; readonly name: string; readonly named?: readonly string[] },
): RunAttacks {
  const { model, name, named = [] } = p;
  const attacks = new Map<string, RunAttacks['attacks'][number]>();
  const leftOut: string[] = [];
  const take = (folder: string, refuse: (reason: string) => void) => {
    const manifest = readManifest(folder)!;
    const reason = whyNot(folder, { manifest, model });
    if (reason !== undefined) refuse(reason);
    else if (!attacks.has(manifest.identity.hash)) {
      attacks.set(manifest.identity.hash, { folder, row: rowOf(folder, { run, name, manifest }) });
    }
  };
  for (const folder of attackFoldersIn(run))
    take(folder, (reason) => leftOut.push(`${folder} is left out: ${reason}.`));
  for (const place of named) {
    const folders = attackFoldersIn(place);
    if (folders.length === 0) {
      throw new VdaError(
        'not-found',
        `${place} holds no attack: expected ${attackFiles.manifest} in it or in a folder below. Name folders that vda attack wrote.`,
      );
    }
    for (const folder of folders) {
      take(folder, (reason) => {
        throw new VdaError(
          'conflict',
          `${folder} is no attack for the card of ${run}: ${reason}. Leave it out.`,
        );
      });
    }
  }
  return { attacks: [...attacks.values()], leftOut };
}

/** A folder that is an attack, else those below it; within an attack none is looked for. */
function attackFoldersIn(folder: string, depth = 0): readonly string[] {
  if (!isFolder(folder)) return [];
  if (existsSync(join(folder, attackFiles.manifest))) return [folder];
  if (depth === deepest) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !elsewhere.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => attackFoldersIn(join(folder, name), depth + 1));
}

/** Why an attack says nothing of a model, or not all; undefined where it does. */
function whyNot(
  folder: string,
  { manifest, model }: { readonly manifest: AttackManifest; readonly model: Part },
): string | undefined {
  const { identity, shard, partial, ids } = manifest;
  const victim = identity.parts.victim as Part | undefined;
  const attacked = victim?.parts?.model as Part | undefined;
  if (victim?.id !== 'classifier') {
    return `it asked another kind of victim (${victim?.id ?? 'not recorded'}) than the weights by themselves`;
  }
  if (attacked === undefined || typeof attacked.content !== 'object') {
    return 'it was made by an early version of vda, which did not record the weights';
  }
  const differing = contentDifferences(attacked.content, model.content as Readonly<Record<string, string>>);
  if (differing.length > 0) return `it attacked another model (other ${differing.join(', ')})`;
  if (searchOf(manifest)?.id === 'replay')
    return 'it asked about texts that were made against another model, and searched for none';
  if (shard.count > 1)
    return `it is part ${shard.index}/${shard.count}; put the parts together with vda report`;
  if (partial !== undefined) return `it is parts ${partial.parts.join(', ')} of ${partial.count} only`;
  const own = new Set(ids);
  const done = readResults(join(folder, attackFiles.results)).records.filter(({ id }) => own.has(id)).length;
  return done < ids.length
    ? `it is unfinished, ${done} of ${ids.length} texts; the same command goes on`
    : undefined;
}

/** Weights first: whatever else differs then follows. */
function contentDifferences(
  there: Readonly<Record<string, unknown>>,
  here: Readonly<Record<string, string>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])].filter(
    (name) => there[name] !== here[name],
  );
  return names.includes('weights') ? ['weights'] : names;
}

function rowOf(
  folder: string,
  { run, name, manifest }: { readonly run: string; readonly name: string; readonly manifest: AttackManifest },
): CardRow {
  const { row } = readAttack(
    { name, attackFolder: folder, trainFolder: run },
    { from: run, home: homedir() },
  );
  const members = membersOf(manifest);
  const named = (text: string) => (members === undefined ? text : text.replace(/^\S+/, members));
  const { attacked, preset } = row;
  return {
    ...{ ...row, preset: named(preset), lexicon: wordsFrom(manifest, readRunRecord(folder)) },
    ...(attacked && { attacked: { ...attacked, attack: named(attacked.attack) } }),
  };
}

/** `worst of bert-attack, textfooler`; undefined of a single attack. */
function membersOf(manifest: AttackManifest): string | undefined {
  const members = searchOf(manifest)?.parts?.members as readonly Part[] | undefined;
  return members && `worst of ${members.map(({ id }) => id).join(', ')}`;
}

/** Where an attack's words came from: a lexicon, the masked language model, both, or its own rules. */
function wordsFrom({ identity, about }: AttackManifest, record: RunRecord | undefined): string {
  const { attack, maskedLm } = identity.parts;
  const lexica = identityEntries({ attack }).flatMap(([place, content]) =>
    place.includes('lexicon-words') && place.at(-1) === 'content' ? [String(content)] : [],
  );
  const lexicon =
    record === undefined ? `lexicon ${lexica[0]?.replace(/^.* /, '').slice(0, 12)}` : lexiconOf(record);
  const sources = [
    ...(lexica.length > 0 ? [lexicon] : []),
    ...(maskedLm !== undefined ? [`masked LM ${basename(about.maskedLm ?? 'not recorded')}`] : []),
  ];
  return sources.length > 0 ? sources.join(', ') : 'its own rules';
}
