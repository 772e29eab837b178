import type { NumberListRule, NumberRule, SettingRule } from './setting-rules.ts';

interface Described<T> {
  readonly default: T;
  /** One sentence or two for `--help`: what it is, its symbol, where the default comes from. */
  readonly description: string;
  /** Name of the value in `--help`, such as `SIGMA`; by default from the type. */
  readonly value?: string;
  /** Unit of the value. */
  readonly unit?: string;
  /** Names other tools use for the same thing: suggested, never accepted. */
  readonly knownAs?: readonly string[];
  /** Left out of the identity of a training where it is the default: for an option that is younger than stored trainings. */
  readonly isYounger?: boolean;
}
export interface NumberOption extends Described<number>, NumberRule {}
export interface ChoiceOption extends Described<string> {
  readonly kind: 'choice';
  /** What each choice is, a line each. */
  readonly choices: Readonly<Record<string, string>>;
}
export interface FlagOption extends Described<boolean> {
  readonly kind: 'flag';
}
/** A list of numbers; none unless given. */
export interface NumberListOption extends Described<undefined>, NumberListRule {}

/** A setting as data: its type, range, default and what it is. The command line makes flag, check and help from it. */
export type TableOption = NumberOption | ChoiceOption | FlagOption | NumberListOption;

/** Settings by name, all that is to be said of each in one place. */
export type OptionTable = Readonly<Record<string, TableOption>>;

/** The settings that a table describes. */
export type SettingsOf<S extends OptionTable> = { readonly [K in keyof S]: SettingOf<S[K]> };

type SettingOf<O extends TableOption> = O extends NumberOption
  ? number
  : O extends FlagOption
    ? boolean
    : O extends NumberListOption
      ? readonly number[] | undefined
      : O extends { readonly choices: infer C }
        ? keyof C & string
        : number | string | boolean;

/** Settings of a table of which any may be left out, or undefined, for the default. */
export type GivenSettings<S extends OptionTable> = {
  readonly [K in keyof S]?: SettingsOf<S>[K] | undefined;
};

/** Types the settings of a table from its entries. */
export const optionTable = <const S extends OptionTable>(table: S): S => table;

/** The defaults of a table. */
export const defaultsOf = <S extends OptionTable>(table: S): SettingsOf<S> =>
  Object.fromEntries(Object.entries(table).map(([name, one]) => [name, one.default])) as SettingsOf<S>;

/** Settings of which those left out, or undefined, have the table's defaults. */
export const withDefaults = <S extends OptionTable>(table: S, given: GivenSettings<S>): SettingsOf<S> =>
  Object.fromEntries(
    Object.entries(table).map(([name, one]) => [name, given[name as keyof S] ?? one.default]),
  ) as SettingsOf<S>;

/** The rules of a table, for settings that may be left out. */
export const optionalRules = <S extends OptionTable>(
  table: S,
): { readonly [K in keyof S]: SettingRule & { readonly optional: true } } =>
  Object.fromEntries(
    Object.entries(table).map(([name, rule]) => [name, { ...rule, optional: true }]),
  ) as never;

/** The settings that are not the table's defaults. */
export const settingsBesideDefaults = <S extends OptionTable>(
  table: S,
  given: GivenSettings<S>,
): Partial<SettingsOf<S>> =>
  Object.fromEntries(
    Object.entries(withDefaults(table, given)).filter(([name, value]) => value !== table[name]!.default),
  ) as Partial<SettingsOf<S>>;

/** The settings that an identity holds: all, but of younger options those at their defaults. */
export const recordedSettings = <S extends OptionTable>(
  table: S,
  given: GivenSettings<S>,
): Partial<SettingsOf<S>> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, { isYounger, default: usual }]) => {
      const value = given[name as keyof S];
      return isYounger && (value ?? usual) === usual ? [] : [[name, value]];
    }),
  ) as Partial<SettingsOf<S>>;
