import { onlyFailed } from '../attacks/robust-endings.ts';
import type { Part } from '../base/part.ts';
import { contentHash } from '../files/content-hash.ts';
import type { AttackManifest } from './attack-manifest.ts';
import { identityEntries } from './identity.ts';

/** The value of a setting that nothing says any more: equal to none, not even to itself. */
const notRecorded = 'not recorded';

/** The value of a setting that is not there, or is set to nothing. */
const none = 'none';

/** A hyperparameter, or an input by content, that decides what an attack finds. */
export interface ProvenanceSetting {
  /** For people: `max change rate`, `masked LM`. */
  readonly name: string;
  /** Equal exactly where the setting is: files and models count by their content. */
  readonly value: string;
  /** What a file or a model is called; decides nothing. */
  readonly called?: string;
}

/**
 * All that decides the results of an attack but the model attacked: recipe, preset, filters, limits, lexica, masked
 * language model, the most tokens read, devices, data and the examples drawn. Results are compared where it is equal but for the
 * devices, which change answers by rounding alone, never else.
 */
export type Provenance = readonly ProvenanceSetting[];

/** Names that a reader knows better than the place in the identity. */
const names: Readonly<Record<string, string>> = {
  'attack version': 'attack version',
  'attack transformations masked-words top k': 'candidates a word (K)',
  'attack transformations official-words top k': 'candidates a word (K)',
  'attack constraints max-change-rate rate': 'max change rate',
  'attack constraints official-change-rate rate': 'max change rate',
  'victim max length': 'most tokens read',
  'victim device': 'device',
  'masked lm max length': 'most tokens read by the masked LM',
  'masked lm device': 'device of the masked LM',
  'time limit seconds': 'time limit',
};

/** How a model is asked: settings of their own, while the model counts whole, by all its files. */
const ofReading: readonly string[] = ['maxLength', 'device'];
/** Settings that stand by themselves, of the parts that count whole, by role; texts count by what they say. */
const readings: ReadonlyMap<string, readonly string[]> = new Map([
  ['victim', ofReading],
  ['maskedLm', ofReading],
  ['encoder', ofReading],
  ['examples', []],
]);

/** What decides an attack, from the identity that `attack.json` keeps of it; the model attacked is left out. */
export function provenanceOf({
  identity: { parts },
  about,
  ids,
  robustEndings = onlyFailed,
}: Pick<AttackManifest, 'identity' | 'about' | 'ids' | 'robustEndings'>): Provenance {
  const settings = identityEntries(parts)
    .filter(([[role, name], value]) => value !== undefined && (readings.get(role!)?.includes(name!) ?? true))
    .filter(([place]) => place.length > 1 || place[0] === 'attack')
    .filter(([place, value]) => place.length < 3 || place.at(-1) !== value) // of a rule in a list its version says that it is on
    .map(([place, value]) => ({ name: nameOf(place), value: shown(value) }));
  const models = [
    { name: 'masked LM', part: withoutReading(parts.maskedLm as Part | undefined), called: about.maskedLm },
    {
      name: 'sentence encoder',
      part: withoutReading(parts.encoder as Part | undefined),
      called: about.encoder,
    },
    { name: 'data', part: withoutOrder(parts.examples as Part | undefined), called: about.data },
  ].flatMap(({ name, part, called }) =>
    part === undefined ? [] : [{ name, value: hashOf(part), ...(called !== undefined && { called }) }],
  );
  const examples = {
    name: 'examples',
    value: shortHash(JSON.stringify(ids)),
    called: ids.length === 1 ? '1 text' : `${ids.length} texts`,
  };
  const endings = { name: 'endings counted as robust', value: robustEndings.join(', ') };
  return [...settings, ...models, examples, endings].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const withoutReading = (part: Part | undefined): Part | undefined => {
  if (part === undefined) return undefined;
  const { settings, ...model } = part;
  const others = Object.entries(settings ?? {}).filter(([name]) => !ofReading.includes(name));
  return { ...model, settings: Object.fromEntries(others) };
};

/** Two models may have their classes in another order; texts have their names. */
const withoutOrder = (part: Part | undefined): Part | undefined => {
  if (part === undefined) return undefined;
  const { labels: _order, ...settings } = part.settings ?? {};
  return { ...part, settings };
};

/** The model attacked: its name, and its content's hash. */
export function attackedModel({
  identity,
  about,
}: Pick<AttackManifest, 'identity' | 'about'>): ProvenanceSetting | undefined {
  if (about.model === undefined) return undefined;
  const model = (identity.parts.victim as Part | undefined)?.parts?.model as Part | undefined;
  return { name: 'model', value: model === undefined ? '' : hashOf(model), called: about.model };
}

const hashOf = (part: Part): string => shortHash(JSON.stringify(part));

/** `max change rate`, `wordnet-related version`. */
const nameOf = (place: readonly string[]): string =>
  shortName(place.map((key) => key.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)).join(' '));

/** What a setting of an attack is called, by its place in words: `attack constraints max-change-rate rate`. */
export const shortName = (place: string): string =>
  Object.hasOwn(names, place) ? names[place]! : place.replace(/^attack (constraints |transformations )?/, '');

const shortHash = (text: string): string => contentHash(text).slice(0, 12);

/** Long values, such as a list of stop words, by their hash. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return none;
  const text = (Array.isArray(value) ? value : [value])
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .join(', ')
    .replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1');
  const many = Array.isArray(value) ? `${value.length} of them, ` : '';
  return text.length <= 40 ? text || none : `${many}${shortHash(text)}`;
}

/** A setting whose values are not the same everywhere. */
export interface DifferingSetting {
  readonly name: string;
  /** What it is in each, for people; `none` where it is not set. */
  readonly values: readonly string[];
}

/** The settings in which attacks differ, but for devices; `undefined` stands for one that recorded none, which differs from those that did. */
export function differingSettings(attacks: readonly (Provenance | undefined)[]): readonly DifferingSetting[] {
  const unrecorded = new Set(attacks.map((one) => one === undefined)).size > 1;
  const differing = differingAmong(attacks, ({ name }) => !isDevice(name));
  const recording = attacks.map((one) => (one === undefined ? notRecorded : 'recorded'));
  return unrecorded ? [{ name: 'settings', values: recording }, ...differing] : differing;
}

/** The devices in which attacks differ, of those that have one: not every attack asks a masked language model. */
export const differingDevices = (attacks: readonly (Provenance | undefined)[]): readonly DifferingSetting[] =>
  differingAmong(attacks, ({ name }) => isDevice(name)).filter(
    ({ values }) => new Set(values.filter((value) => value !== none && value !== notRecorded)).size > 1,
  );

/** `device`, `device of the masked LM`, `encoder device`. */
const isDevice = (name: string): boolean => /^device\b|\bdevice$/.test(name);

function differingAmong(
  attacks: readonly (Provenance | undefined)[],
  isMeant: (setting: ProvenanceSetting) => boolean,
): readonly DifferingSetting[] {
  const meant = attacks.map((one) => one?.filter(isMeant));
  const found = [...new Set(meant.flatMap((one = []) => one.map(({ name }) => name)))];
  return found.flatMap((name) => {
    const known = meant.map((attack) => attack?.filter((setting) => setting.name === name));
    const recorded = known.flatMap((settings) =>
      settings ? [settings.map(({ value }) => value).join()] : [],
    );
    const isUnknown = recorded.length > 1 && recorded.includes(notRecorded);
    if (new Set(recorded).size < 2 && !isUnknown) return [];
    const said = (settings: Provenance) => settings.map(saidOf).join(' + ') || none;
    return [{ name, values: known.map((settings) => (settings ? said(settings) : notRecorded)) }];
  });
}

/** Whether two attacks may be compared: both say how they were made, and say the same but for devices. */
export const isSameAttack = (a: Provenance | undefined, b: Provenance | undefined): boolean =>
  a !== undefined && b !== undefined && differingSettings([a, b]).length === 0;

/** By what attacks that may be compared are known: names and values, but for devices. */
export const comparedBy = (provenance: Provenance): readonly (readonly [name: string, value: string])[] =>
  provenance.filter(({ name }) => !isDevice(name)).map(({ name, value }) => [name, value]);

/** `minilm (1a2b3c4d5e6f)`, or the value itself. */
export const saidOf = ({ value, called }: ProvenanceSetting): string =>
  called === undefined ? value : `${called} (${value})`;
