import type { z } from 'zod';
import { argument } from '../base/error.ts';
import type { TableOption } from '../base/option-table.ts';
import { type MethodChoice, type MethodName, methods } from '../strategies/index.ts';
import type { Method } from '../strategies/method.ts';
import { optionFrom } from './table-options.ts';

const table = methods as Readonly<Record<MethodName, Method>>;
const names = Object.keys(table) as MethodName[];

/** `--strategy` by name, each with its line for `vda list strategies`. */
export const methodSummaries = Object.fromEntries(
  names.map((name) => [name, table[name].summary]),
) as Readonly<Record<MethodName, string>>;

/** The command line's name of a method's setting: `freelb`, `stepSize` → `freelbStepSize`. */
const optionKey = (name: MethodName, setting: string): string =>
  `${name}${setting[0]!.toUpperCase()}${setting.slice(1)}`;

const settingsOf = (name: MethodName): readonly (readonly [setting: string, key: string, TableOption])[] =>
  Object.entries(table[name].options).map(([setting, o]) => [setting, optionKey(name, setting), o]);

/** Options of all methods, made from their tables. What they are named is data, so their types are not known here. */
export const methodOptions = Object.fromEntries(
  names.flatMap((name) =>
    settingsOf(name).map(([, key, o]) => [key, optionFrom(o, { group: `Strategy ${name}` })]),
  ),
) as Record<never, z.ZodType>;

/** What `--preset official` sets of all methods. */
export const officialMethodOptions: Readonly<Record<string, unknown>> = Object.fromEntries(
  names.flatMap((name) =>
    Object.entries(table[name].official ?? {}).map(([setting, value]) => [optionKey(name, setting), value]),
  ),
);

/** What following the published code means inside a method, a line each. */
export const officialChoicesOf = (name: MethodName): readonly string[] => table[name].officialChoices ?? [];

/** A method with its settings, out of all options of a command. */
export const methodChoice = (name: MethodName, options: object): MethodChoice =>
  ({
    name,
    settings: Object.fromEntries(
      settingsOf(name).map(([setting, key]) => [setting, (options as Record<string, unknown>)[key]]),
    ),
  }) as MethodChoice;

/** Complaints about settings of methods that are not the chosen one. */
export const settingsOfOthers = (chosen: MethodName, given: ReadonlySet<string>): string[] =>
  names
    .filter((name) => name !== chosen)
    .flatMap((name) =>
      settingsOf(name)
        .filter(([, key]) => given.has(key))
        .map(([, key]) => `${argument(key)} has no effect without ${argument('strategy')} ${name}.`),
    );

/** Complaints about settings of the chosen method that following the published code leaves unread. */
export const unreadByOfficial = (name: MethodName, given: ReadonlySet<string>): string[] =>
  (table[name].unreadByOfficial ?? [])
    .map((setting) => optionKey(name, setting))
    .filter((key) => given.has(key))
    .map((key) => `${argument(key)} has no effect with ${argument('preset')} official.`);
