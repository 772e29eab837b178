import type { Part } from '../base/part.ts';
import type { AttackManifest, AttackShard } from './attack-manifest.ts';
import { identityOf } from './identity.ts';

/** A manifest as it is on disk, of any format. */
export type StoredManifest = Omit<AttackManifest, 'identity'> & {
  readonly identity?: AttackManifest['identity'] | undefined;
  /** Of format 1, as is `hash`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly hash?: string | undefined;
};

/**
 * What a manifest of an earlier version says, in today's terms, so that its results are read, compared and gone on with where
 * the attack is the same one.
 */
export function upgraded(stored: StoredManifest): AttackManifest {
  const { identity } = stored;
  if (identity === undefined) return fromFirst(stored as FirstManifest);
  // The merged parts of an attack of format 1 have an identity, made of what it said.
  if (stored.format === 1) return { ...stored, identity: { ...identity, parts: renamed(identity.parts) } };
  if (stored.format === 2) return { ...stored, format: 3, identity: identityOf(renamed(identity.parts)) };
  return { ...stored, identity };
}

type AttackParts = AttackManifest['identity']['parts'];

/** The attack of format 2 put together from parts; only BERT-Attack was there then. */
function renamed(parts: AttackParts): AttackParts {
  const attack = parts.attack as Part | undefined;
  if (attack === undefined) return parts;
  const { fidelity, candidates, maxChangeRate, ...settings } = attack.settings ?? {};
  const { transformation, constraints = [] } = attack.parts ?? {};
  if (transformation === undefined)
    return { ...parts, attack: { ...attack, settings: withPreset(attack.settings ?? {}) } };
  const official = fidelity === 'official';
  return {
    ...parts,
    attack: {
      ...attack,
      settings: withPreset({ fidelity, ...settings }),
      parts: {
        goal: { id: 'untargeted', version: 1 },
        search: official
          ? { id: 'official-greedy', version: 1 }
          : {
              ...{ id: 'greedy-by-importance', version: 1 },
              settings: { hideBehind: 'unk', asks: 'first-flip' },
            },
        transformations: [{ ...(transformation as Part), settings: { topK: candidates } }],
        constraints: [
          {
            ...{ id: official ? 'official-change-rate' : 'max-change-rate', version: 1 },
            settings: { rate: maxChangeRate },
          },
          ...(constraints as readonly Part[]),
        ],
      },
    },
  };
}

/** `preset` was called `fidelity`. */
function withPreset(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { fidelity, ...others } = settings;
  return fidelity === undefined ? settings : { preset: fidelity, ...others };
}

/** `attack.json` of format 1. */
interface FirstManifest {
  readonly format: 1;
  readonly config: Readonly<Record<string, unknown>>;
  readonly hash: string;
  readonly shard: AttackShard;
  readonly ids: readonly number[];
  readonly filters: readonly string[];
}

/** What format 1 said, in today's terms: versions of rules are missing, for there were none. */
function fromFirst({ config, hash, ...kept }: FirstManifest): AttackManifest {
  const {
    attack = {},
    model,
    mlm,
    data,
    maxSeqLength,
    timeLimit,
    ...others
  } = config as {
    readonly attack?: Readonly<Record<string, unknown>>;
    readonly model?: FirstFile;
    readonly mlm?: FirstFile;
    readonly data?: FirstFile & { readonly columns?: Readonly<Record<string, unknown>> };
    readonly maxSeqLength?: number;
    readonly timeLimit?: number | null;
  };
  const { recipe = 'attack not recorded', ...settings } = attack;
  const fileOf = (id: string, { sha256 }: FirstFile = {}): Part => ({
    id,
    ...(sha256 && { content: sha256 }),
  });
  const rest = Object.entries(others).map(([id, value]) => [id, { id, settings: { value } }] as const);
  const named = { model: model?.path, maskedLm: mlm?.path, data: data?.path };
  return {
    ...kept,
    about: Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined)),
    identity: {
      hash,
      parts: {
        attack: { id: String(recipe), settings: withPreset(settings) },
        victim: {
          id: 'classifier',
          settings: { maxLength: maxSeqLength },
          parts: { model: fileOf('model', model) },
        },
        maskedLm: fileOf('model', mlm),
        examples: { ...fileOf('examples', data), ...(data?.columns && { settings: data.columns }) },
        ...Object.fromEntries(rest),
        ...(typeof timeLimit === 'number' && {
          timeLimit: { id: 'time limit', settings: { seconds: timeLimit } },
        }),
      },
    },
  };
}

/** How format 1 named a file. */
interface FirstFile {
  readonly path?: string;
  readonly sha256?: string;
}
