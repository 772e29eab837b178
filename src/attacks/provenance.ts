import { createHash } from 'node:crypto';
import type { AttackManifest } from './attack-run.ts';
import { onlyFailed } from './outcome.ts';

/** A setting that decides what an attack finds. */
export interface ProvenanceSetting {
  /** For people: `max change rate`, `masked LM`. */
  readonly name: string;
  /** Equal exactly where the setting is: files and models count by their content. */
  readonly value: string;
  /** What a file or a model is called; decides nothing. */
  readonly called?: string;
}

/**
 * All that decides the results of an attack but the model attacked: recipe, fidelity, filters, limits, lexica, masked
 * language model, the most tokens read, data and the examples drawn. Results are compared where it is equal, never else.
 */
export type Provenance = readonly ProvenanceSetting[];

/** Keys of `attack.json` that are about the model attacked, which is what a comparison is for. */
const ofVictim: ReadonlySet<string> = new Set(['model', 'victim']);

/** Names that a reader knows better than the key. */
const names: Readonly<Record<string, string>> = {
  mlm: 'masked LM',
  filler: 'masked LM',
  candidates: 'candidates a word (K)',
  maxSeqLength: 'most tokens read',
  timeLimit: 'time limit',
};

/** Reads what `attack.json` says of its attack. Its shape is not asked for: whatever stands there decides results. */
export function provenanceOf({
  config,
  ids,
  robustEndings = onlyFailed,
}: Pick<AttackManifest, 'config' | 'ids' | 'robustEndings'>): Provenance {
  const settings = Object.entries(config)
    .filter(([key]) => !ofVictim.has(key))
    .flatMap(([key, value]) => settingsIn(value, key === 'attack' ? [] : [key]));
  const examples = {
    name: 'examples',
    value: shortHash(JSON.stringify(ids)),
    called: ids.length === 1 ? '1 text' : `${ids.length} texts`,
  };
  const endings = { name: 'endings counted as robust', value: robustEndings.join(', ') };
  return [...settings, examples, endings].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The model attacked: its name, and its content's hash. */
export function attackedModel({ config }: Pick<AttackManifest, 'config'>): ProvenanceSetting | undefined {
  const { path, sha256 } = (config.model ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string') return undefined;
  return { name: 'model', value: typeof sha256 === 'string' ? sha256.slice(0, 12) : '', called: path };
}

/**
 * A nested object's settings, one each; `{ path, sha256 }` is one, known by its content, and an item of a list that has an
 * `id` stands under it.
 */
function settingsIn(value: unknown, keys: readonly string[]): readonly ProvenanceSetting[] {
  if (Array.isArray(value) && value.length > 0 && value.every(hasId)) {
    return value.flatMap(({ id, ...rest }) =>
      Object.keys(rest).length === 0
        ? [{ name: nameOf([...keys, id]), value: 'on' }]
        : settingsIn(rest, [...keys, id]),
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ name: nameOf(keys), value: shown(value) }];
  }
  const { path, sha256, ...rest } = value as Readonly<Record<string, unknown>>;
  const content =
    typeof sha256 === 'string'
      ? [
          {
            name: nameOf(keys),
            value: sha256.slice(0, 12),
            ...(typeof path === 'string' && { called: path }),
          },
        ]
      : [];
  const others = typeof sha256 === 'string' ? rest : (value as Readonly<Record<string, unknown>>);
  return [...content, ...Object.entries(others).flatMap(([key, one]) => settingsIn(one, [...keys, key]))];
}

const hasId = (value: unknown): value is { readonly id: string } & Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';

const nameOf = (keys: readonly string[]): string =>
  keys.map((key) => names[key] ?? key.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)).join(' ');

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Long values, such as a list of stop words, by their hash. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  const text = (Array.isArray(value) ? value : [value])
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .join(', ')
    .replace(/sha256:([0-9a-f]{12})[0-9a-f]*/g, '$1');
  const many = Array.isArray(value) ? `${value.length} of them, ` : '';
  return text.length <= 40 ? text || 'none' : `${many}${shortHash(text)}`;
}

/** A setting whose values are not the same everywhere. */
export interface DifferingSetting {
  readonly name: string;
  /** What it is in each, for people; `none` where it is not set. */
  readonly values: readonly string[];
}

/** The settings in which attacks differ; `undefined` stands for one that recorded none, which differs from those that did. */
export function differingSettings(attacks: readonly (Provenance | undefined)[]): readonly DifferingSetting[] {
  const unrecorded = new Set(attacks.map((one) => one === undefined)).size > 1;
  const found = [...new Set(attacks.flatMap((one = []) => one.map(({ name }) => name)))];
  const differing = found.flatMap((name) => {
    const known = attacks.map((attack) => attack?.filter((setting) => setting.name === name));
    const recorded = known.flatMap((settings) => settings && [settings.map(({ value }) => value).join()]);
    if (new Set(recorded).size < 2) return [];
    const said = (settings: Provenance) => settings.map(saidOf).join(' + ') || 'none';
    return [{ name, values: known.map((settings) => (settings ? said(settings) : 'not recorded')) }];
  });
  const recording = attacks.map((one) => (one === undefined ? 'not recorded' : 'recorded'));
  return unrecorded ? [{ name: 'settings', values: recording }, ...differing] : differing;
}

/** Whether two attacks may be compared: both say how they were made, and say the same. */
export const isSameAttack = (a: Provenance | undefined, b: Provenance | undefined): boolean =>
  a !== undefined && b !== undefined && differingSettings([a, b]).length === 0;

/** Every setting in one line: `data test.tsv (…); masked LM minilm (…); max change rate 0.4; …`. */
export const settingsLine = (provenance: Provenance): string =>
  provenance.map((setting) => `${setting.name} ${saidOf(setting)}`).join('; ');

/** `minilm (1a2b3c4d5e6f)`, or the value itself. */
export const saidOf = ({ value, called }: ProvenanceSetting): string =>
  called === undefined ? value : `${called} (${value})`;
