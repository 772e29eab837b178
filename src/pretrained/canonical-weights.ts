import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import type { Family, StoredNames } from '../models/family.ts';
import type { StoredWeight, StoredWeights } from '../models/match-weights.ts';

/** Tensors of one file by the names it has for them. */
export interface WeightFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, StoredWeight>;
  /** Those that an index puts there; by default all. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Tensors of all files of a model under canonical names ({@link canonicalName}).
 * @throws VdaError `bad-input` when a file lacks a tensor that the index puts there, or two tensors come down to one name
 */
export function canonicalWeights(
  files: readonly WeightFile[],
  { family }: { readonly family: Pick<Family, 'stored'> },
): StoredWeights {
  const weights = new Map<string, StoredWeight>();
  const all = new Set(
    files.flatMap(({ entries }) => [...entries.keys()].map((stored) => prefixed(stored, family.stored))),
  );
  for (const { path, entries, names } of files) {
    for (const stored of names ?? entries.keys()) {
      const entry = entries.get(stored);
      if (entry === undefined) {
        throw new VdaError(
          'bad-input',
          `${path}: the index puts tensor ${excerpt(stored)} here, but the file lacks it.`,
        );
      }
      const name = canonicalName(stored, { names: family.stored, all });
      if (name === undefined) continue;
      if (weights.has(name)) {
        throw new VdaError(
          'bad-input',
          `${path}: more than one tensor is ${excerpt(name)} (the last is ${excerpt(stored)}).`,
        );
      }
      weights.set(name, entry);
    }
  }
  return weights;
}

/**
 * The name a tensor goes by in the family's models with a head: the base model's prefix is added where a bare base model was
 * saved, `gamma` and `beta` of old files become `weight` and `bias`, an alias the name it stands for. A tied matrix is stored once, as
 * the decoder's by programs that keep the first name of a shared tensor.
 *
 * @param p.names how the family's checkpoints name tensors
 * @param p.all every stored name with its prefix, to tell an alias from the thing itself
 * @returns undefined for what carries nothing: position indices, and an alias of what is there itself
 */
export function canonicalName(
  stored: string,
  { names, all }: { readonly names: StoredNames; readonly all: ReadonlySet<string> },
): string | undefined {
  const name = prefixed(stored, names);
  if (!Object.hasOwn(names.aliases, name)) return name;
  const own = names.aliases[name] ?? undefined;
  return own !== undefined && all.has(own) ? undefined : own;
}

function prefixed(stored: string, names: StoredNames): string {
  const renamed = stored.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
  const isBare = names.modules.some((module) => renamed.startsWith(`${module}.`));
  return isBare ? `${names.prefix}.${renamed}` : renamed;
}
