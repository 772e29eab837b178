import { type CommandSpec, optionsOf } from './spec.ts';

/**
 * Options as the arguments of a command line, in the order of the command's help: what `parseFlags` reads back.
 * Keys that the command does not have are left out.
 */
export function toArguments(spec: CommandSpec, values: ReadonlyMap<string, unknown>): readonly string[] {
  return optionsOf(spec).flatMap(({ key, flag, kind }) => {
    const value = values.get(key);
    if (value === undefined) return [];
    if (kind === 'boolean') return [value === true ? `--${flag}` : `--no-${flag}`];
    if (kind === 'list') return listArguments(flag, (value as readonly unknown[]).map(String));
    const text = String(value);
    return text.startsWith('-') ? [`--${flag}=${text}`] : [`--${flag}`, text];
  });
}

/** A list after its flag; what begins with a dash, and would pass for an option, has the flag to itself. */
const listArguments = (flag: string, items: readonly string[]): readonly string[] => [
  ...(items[0]?.startsWith('-') ? [] : [`--${flag}`]),
  ...items.map((item) => (item.startsWith('-') ? `--${flag}=${item}` : item)),
];
