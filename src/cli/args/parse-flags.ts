import { parseArgs } from 'node:util';
import { excerpt } from '../../base/excerpt.ts';
import { didYouMean } from '../../options/names.ts';
import {
  type CommandSpec,
  insteadOf,
  knownElsewhereAs,
  type OptionInfo,
  optionsOf,
} from '../../options/spec.ts';
import { usageError } from '../../options/usage-error.ts';

/** Options every command has; they belong to the shell around it, not to its schema. */
export const shellOptions = {
  config: {
    type: 'string',
    value: 'FILE',
    description: 'Options from a YAML or JSON file; flags override it.',
  },
  'json-schema': { type: 'boolean', description: 'Print the JSON Schema of the configuration file.' },
  debug: { type: 'boolean', description: 'Show where an error came from.' },
  help: { type: 'boolean', short: 'h', description: 'Show this help.' },
} as const satisfies Record<string, { type: string; short?: string; value?: string; description: string }>;

/** What a command line says, before defaults, files and validation. Numbers that are not are left as texts. */
export interface ParsedFlags {
  /** Values by key (camelCase). */
  readonly values: ReadonlyMap<string, unknown>;
  readonly config?: string;
}

/**
 * Reads the arguments of one command. Names may be written with `_` for `-`, as Hugging Face scripts do. Where a
 * flag is given twice, the last one counts (lists: all of them). A list takes the arguments that follow its flag,
 * negative numbers too. Where a command takes another command line (`spec.rest`), what follows its first word is that one's.
 *
 * Source: `parseArgs` of node:util cuts the arguments into tokens; what a token means is decided here, because its
 * own strict mode knows neither suggestions nor lists, and lets a flag swallow the next one.
 * @throws VdaError `usage` for unknown options (with the nearest spelling), missing values, stray arguments
 */
export function parseFlags(spec: CommandSpec, argv: readonly string[]): ParsedFlags {
  const options = optionsOf(spec);
  const byFlag = new Map<string, OptionInfo>(options.map((info) => [info.flag, info]));
  const args = withDashes(argv);
  const { tokens } = parseArgs({
    args,
    options: parserOptions(options),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  let config: string | undefined;
  let openList: OptionInfo | undefined;
  let skipped: number | undefined; // index of the value of an option that is refused
  let taken = -1; // index of a negative number: `parseArgs` makes an option of each of its digits
  const append = ({ key, ofNumbers }: OptionInfo, text: string) => {
    const before = (values.get(key) as readonly unknown[] | undefined) ?? [];
    values.set(key, [...before, ofNumbers ? asNumber(text) : text]);
  };

  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      openList = undefined;
      continue;
    }
    if (openList && token.kind === 'option' && decimal.test(args[token.index]!)) {
      if (token.index !== taken) append(openList, args[token.index]!);
      taken = token.index;
      continue;
    }
    if (token.kind === 'positional') {
      if (token.index === skipped) continue;
      const isRest = openList === undefined && spec.positional !== undefined && values.has(spec.positional);
      if (spec.rest !== undefined && isRest) {
        values.set(spec.rest, argv.slice(token.index));
        break;
      }
      const key = openList?.key ?? spec.positional;
      const takes = options.find((info) => info.key === key);
      if (takes?.kind === 'list') append(takes, token.value);
      else if (takes && !values.has(takes.key)) values.set(takes.key, token.value);
      else problems.push(`unexpected argument '${excerpt(token.value)}'.${flagHint(token.value, byFlag)}`);
      continue;
    }
    openList = undefined;
    const negated = token.name.startsWith('no-') && !byFlag.has(token.name);
    const info = byFlag.get(negated ? token.name.slice(3) : token.name);
    const isShell = Object.hasOwn(shellOptions, token.name);
    if (!isShell && (!info || (negated && info.kind !== 'boolean'))) {
      problems.push(unknownOption(argv[token.index]!, spec));
      // What follows it is likely its value, and no argument of its own.
      skipped = token.index + 1;
      continue;
    }
    const takesText = info ? info.kind !== 'boolean' : token.name === 'config';
    if (takesText && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))) {
      problems.push(`--${token.name} needs a value: ${info?.expected ?? 'a file name'}.`);
    } else if (token.name === 'config') {
      config = token.value;
    } else if (info) {
      if (info.kind === 'list') append(info, token.value!);
      else values.set(info.key, readValue(info, token.value, negated));
      openList = info.kind === 'list' ? info : undefined;
    }
  }
  if (problems.length > 0) throw usageError(spec.name, problems);
  return { values, ...(config !== undefined && { config }) };
}

function withDashes(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((argument, i) => {
    if (!argument.startsWith('--') || (end >= 0 && i >= end)) return argument;
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    return name.replaceAll('_', '-') + argument.slice(name.length);
  });
}

function parserOptions(options: readonly OptionInfo[]) {
  const table: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, { type, ...rest }] of Object.entries(shellOptions)) {
    table[name] = { type, ...('short' in rest && { short: rest.short }) };
  }
  for (const { flag, kind } of options) {
    table[flag] = { type: kind === 'boolean' ? 'boolean' : 'string' };
    if (kind === 'boolean') table[`no-${flag}`] = { type: 'boolean' };
  }
  return table;
}

const decimal = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

function readValue(info: OptionInfo, text: string | undefined, negated: boolean): unknown {
  if (info.kind === 'boolean') {
    if (text === undefined) return !negated;
    const value = /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
    return typeof value === 'boolean' && negated ? !value : value;
  }
  return info.kind === 'integer' || info.kind === 'number' ? asNumber(text!) : text;
}

/** A decimal number; what is none stays a text, for the message that refuses it. */
const asNumber = (text: string): unknown => (decimal.test(text.trim()) ? Number(text) : text);

function flagHint(value: string, byFlag: ReadonlyMap<string, OptionInfo>): string {
  if (/^(true|false)$/i.test(value)) return ' A switch is written --name or --no-name.';
  return byFlag.has(value) ? ` Did you mean --${value}?` : '';
}

function unknownOption(argument: string, spec: CommandSpec): string {
  const options = optionsOf(spec);
  const spelled = excerpt(argument.split('=')[0]!);
  const name = spelled.replace(/^-+/, '');
  const instead = insteadOf(name, spec);
  if (instead !== undefined) return `unknown option ${spelled}: ${instead}`;
  const known = knownElsewhereAs(name, options).map(({ flag }) => `--${flag}`);
  if (known.length > 0) return `unknown option ${spelled}. Here it is ${known.join(' or ')}.`;
  const flags = options.flatMap(({ flag, kind }) => (kind === 'boolean' ? [flag, `no-${flag}`] : [flag]));
  const hint = didYouMean(name, [...flags, ...Object.keys(shellOptions)], (flag) => `--${flag}`);
  return `unknown option ${spelled}.${hint}`;
}
