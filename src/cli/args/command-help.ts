import type { CommandSpec, OptionInfo } from '../../options/spec.ts';
import { optionsOf } from '../../options/spec.ts';
import { shellOptions } from './parse-flags.ts';
import { twoColumns, wrap } from './wrap.ts';

/**
 * The help of one command: summary, usage, options by group with value, unit, default, and examples.
 * @param options.width of the terminal, in characters
 */
export function commandHelp(spec: CommandSpec, options: { readonly width: number }): string {
  const { width } = options;
  const infos = optionsOf(spec);
  const required = infos.filter(
    (info) => info.required && info.key !== spec.positional && info.key !== spec.rest,
  );
  const rest = infos.find((info) => info.key === spec.rest);
  const positional = infos.find((info) => info.key === spec.positional);
  const usage = [
    `Usage: vda ${spec.name}`,
    ...(positional ? [`[${placeholder(positional)}${positional.kind === 'list' ? ' ...' : ''}]`] : []),
    ...required.map((info) => `--${info.flag} ${placeholder(info)}`),
    '[options]',
    ...(rest ? [`${placeholder(rest)} ...`] : []),
  ].join(' ');

  const blocks = [
    wrap(`vda ${spec.name}: ${spec.summary}.`, width),
    wrap(usage, width),
    ...(spec.details ? [wrap(spec.details, width)] : []),
    ...groupsOf(infos).map(([group, members]) => [
      `${group}:`,
      ...twoColumns(
        members.map((info) => [flagOf(info), explain(info)]),
        { width },
      ),
    ]),
    [
      'General:',
      ...twoColumns(
        Object.entries(shellOptions).map(([name, shell]) => [
          `${'short' in shell ? `-${shell.short}, ` : ''}--${name}${'value' in shell ? ` ${shell.value}` : ''}`,
          shell.description,
        ]),
        { width },
      ),
    ],
    [
      'Examples:',
      ...spec.examples.flatMap(({ what, command }) => [
        ...wrap(what, width - 2).map((line) => `  ${line}`),
        ...continued(command, width - 6).map((line) => `    ${line}`),
      ]),
    ],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function groupsOf(infos: readonly OptionInfo[]): [string, OptionInfo[]][] {
  const groups = new Map<string, OptionInfo[]>();
  for (const info of infos) groups.set(info.facets.group, [...(groups.get(info.facets.group) ?? []), info]);
  return [...groups];
}

function placeholder(info: OptionInfo): string {
  if (info.facets.value) return info.facets.value;
  if (info.choices) return info.choices.length <= 3 ? info.choices.join('|') : 'NAME';
  return info.kind === 'integer' || info.kind === 'number' ? 'N' : 'TEXT';
}

function flagOf(info: OptionInfo): string {
  if (info.kind === 'boolean') return info.default === false ? `--${info.flag}` : `--[no-]${info.flag}`;
  return `--${info.flag} ${placeholder(info)}${info.kind === 'list' ? ' ...' : ''}`;
}

function explain(info: OptionInfo): string {
  const { facets, choices } = info;
  const notes = [
    ...(choices && choices.length > 3 ? [`one of ${choices.join(', ')}`] : []),
    ...(info.required ? ['required'] : defaultNote(info)),
  ];
  return notes.length > 0 ? `${facets.description} (${notes.join('; ')})` : facets.description;
}

function defaultNote(info: OptionInfo): string[] {
  const { default: value, facets } = info;
  const unit = facets.unit === undefined ? '' : ` ${facets.unit}`;
  if (value === undefined) return unit === '' ? [] : [`in${unit}`];
  if (typeof value === 'boolean') return value ? ['default: on'] : [];
  const isTiny = typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3;
  return [`default: ${isTiny ? value.toExponential() : String(value)}${unit}`];
}

/** A shell command over several lines, broken before flags. */
function continued(command: string, width: number): string[] {
  const parts = command.split(/ (?=--)/);
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + part.length <= width)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? part : `  ${part}`);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}
