import type { z } from 'zod';
import { argument } from '../base/error.ts';
import type { SettingsOf, TableOption } from '../base/option-table.ts';
import type { Strategy } from '../strategies/define-strategy.ts';
import { type StrategyChoice, type StrategyName, strategies } from '../strategies/index.ts';
import { choice, option } from './spec.ts';
import { optionFrom } from './table-options.ts';

const table = strategies as Readonly<Record<StrategyName, Strategy>>;
const names = Object.keys(table) as StrategyName[];

/** `--strategy` by name, each with its line for `vda list strategies`. */
export const strategySummaries = Object.fromEntries(
  names.map((name) => [name, table[name].summary]),
) as Readonly<Record<StrategyName, string>>;

/** Settings of strategies and the names of published ones, as options of `vda train`: `freelbStepSize`, `freelbPreset`. */
export type StrategyOptions = Partial<
  Readonly<Record<`${StrategyName}Preset`, string | undefined>> &
    MergedUnion<{ [N in StrategyName]: SettingsByOption<N> }[StrategyName]>
>;

type SettingsByOption<N extends StrategyName> = {
  readonly [S in keyof SettingsByName<N> & string as `${N}${Capitalize<S>}`]:
    | SettingsByName<N>[S]
    | undefined;
};
type SettingsByName<N extends StrategyName> = SettingsOf<(typeof strategies)[N]['options']>;

/** `A & B` of `A | B`: a function that takes either must take both. */
type MergedUnion<U> = (U extends U ? (each: U) => void : never) extends (all: infer A) => void ? A : never;

/** The command line's name of a strategy's setting: `freelb`, `stepSize` → `freelbStepSize`. */
const optionKey = (name: StrategyName, setting: string): string =>
  `${name}${setting[0]!.toUpperCase()}${setting.slice(1)}`;

const settingsOf = (name: StrategyName): readonly (readonly [setting: string, key: string, TableOption])[] =>
  Object.entries(table[name].options).map(([setting, o]) => [setting, optionKey(name, setting), o]);

/** A strategy's published settings by name, each with its line; none for most. */
export const presetSummaries = (name: StrategyName): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(table[name].presets ?? {}).map(([preset, { summary }]) => [preset, summary]),
  );

const withPresets = names.filter((name) => table[name].presets !== undefined);
const presetKey = (name: StrategyName): string => optionKey(name, 'preset');

const presetOption = (name: StrategyName): z.ZodType =>
  option(choice(presetSummaries(name)).optional(), {
    description: `Published settings: they change the defaults of the other options of ${name}; what you set yourself stays. vda list says what each one is.`,
    group: `Strategy ${name}`,
  });

/** Options of all strategies, made from their tables. What they are named is data: `StrategyOptions` says it to programs. */
export const strategyOptions = Object.fromEntries(
  names.flatMap((name) => [
    ...(withPresets.includes(name) ? [[presetKey(name), presetOption(name)]] : []),
    ...settingsOf(name).map(([, key, o]) => [key, optionFrom(o, { group: `Strategy ${name}` })]),
  ]),
) as Record<never, z.ZodType>;

const underKeys = (name: StrategyName, settings: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(settings).map(([setting, value]) => [optionKey(name, setting), value]));

/** What `--freelb-preset` and its like set. */
export const strategyPresets = withPresets.map((name) => ({
  option: presetKey(name) as never, // a name that is data, as in strategyOptions
  values: Object.fromEntries(
    Object.entries(table[name].presets!).map(([preset, { settings }]) => [preset, underKeys(name, settings)]),
  ),
}));

/** What `--preset official` sets of all strategies. */
export const officialStrategyOptions: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...names.map((name) => underKeys(name, table[name].official ?? {})),
);

/** What following the published code means inside a strategy, a line each. */
export const officialChoicesOf = (name: StrategyName): readonly string[] => table[name].officialChoices ?? [];

/** A strategy with its settings, out of all options of a command. */
export const strategyChoice = (name: StrategyName, options: object): StrategyChoice =>
  ({
    name,
    settings: Object.fromEntries(
      settingsOf(name).map(([setting, key]) => [setting, (options as Record<string, unknown>)[key]]),
    ),
  }) as StrategyChoice;

/** Complaints about settings of strategies that are not the chosen one. */
export const settingsOfOthers = (chosen: StrategyName, given: ReadonlySet<string>): string[] =>
  names
    .filter((name) => name !== chosen)
    .flatMap((name) =>
      [presetKey(name), ...settingsOf(name).map(([, key]) => key)]
        .filter((key) => given.has(key))
        .map((key) => `${argument(key)} has no effect without ${argument('strategy')} ${name}.`),
    );

/** Complaints about settings of the chosen strategy that following the published code leaves unread. */
export const unreadByOfficial = (name: StrategyName, given: ReadonlySet<string>): string[] =>
  (table[name].unreadByOfficial ?? [])
    .map((setting) => optionKey(name, setting))
    .filter((key) => given.has(key))
    .map((key) => `${argument(key)} has no effect with ${argument('preset')} official.`);
