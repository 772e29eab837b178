import { z } from 'zod';
import type { OptionTable, SettingsOf, TableOption } from '../base/option-table.ts';
import { choice, number, option } from './spec.ts';

/** What a command takes for the settings of a table. */
type OptionsFrom<S extends OptionTable> = {
  [K in keyof S]: undefined extends SettingsOf<S>[K]
    ? z.ZodOptional<z.ZodType<NonNullable<SettingsOf<S>[K]>, NonNullable<SettingsOf<S>[K]>>>
    : z.ZodDefault<z.ZodType<SettingsOf<S>[K], SettingsOf<S>[K]>>;
};

/** The options of a command that a table of settings describes. */
export const optionsFrom = <S extends OptionTable>(
  table: S,
  { group }: { readonly group: string },
): OptionsFrom<S> =>
  Object.fromEntries(
    Object.entries(table).map(([name, one]) => [name, optionFrom(one, { group })]),
  ) as OptionsFrom<S>;

/** One of them. */
export function optionFrom(one: TableOption, { group }: { readonly group: string }): z.ZodType {
  const { description, value, unit, knownAs } = one;
  return option(typeOf(one), {
    ...{ description, group },
    ...(value !== undefined && { value }),
    ...(unit !== undefined && { unit }),
    ...(knownAs && { knownAs }),
  });
}

function typeOf(one: TableOption): z.ZodType {
  if (one.kind === 'flag') return z.boolean().default(one.default);
  if (one.kind === 'choice') return choice(one.choices).default(one.default);
  if (one.kind === 'numbers') return z.array(number(one.each)).min(1).optional();
  return number(one).default(one.default);
}
