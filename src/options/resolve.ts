import type { z } from 'zod';
import { argument, VdaError } from '../base/error.ts';
import type { ConfigValues } from './config-values.ts';
import { didYouMean } from './names.ts';
import type { CommandSpec, OptionInfo } from './spec.ts';
import { insteadOf, knownElsewhereAs, optionsOf } from './spec.ts';
import { usageError } from './usage-error.ts';

/** Options of a command after every source has been heard. */
export interface Resolved<S extends z.ZodObject> {
  readonly options: z.output<S>;
  /** Keys set by a flag or in the configuration file. */
  readonly given: ReadonlySet<string>;
}

/**
 * Merges and validates: defaults < presets < configuration file < flags.
 * @throws VdaError `usage` naming every option that is wrong: where it was set, what was expected, what was got
 */
export function resolveOptions<S extends z.ZodObject>(
  spec: CommandSpec<S>,
  sources: {
    readonly flags: ReadonlyMap<string, unknown>;
    readonly config?: ConfigValues;
    readonly configPath?: string;
  },
): Resolved<S> {
  const infos = new Map(optionsOf(spec).map((info) => [info.key, info]));
  const fromConfig = [...(sources.config ?? [])].map(([key, { value }]) => [key, value] as const);
  const set = new Map<string, unknown>([...fromConfig, ...sources.flags]);
  const name = (info: OptionInfo): string => {
    const inFile = sources.flags.has(info.key) ? undefined : sources.config?.get(info.key);
    return inFile ? `${inFile.spelled} in ${sources.configPath ?? 'the configuration'}` : argument(info.key);
  };

  const presets = (spec.presets ?? []).map(({ option, values }) => {
    const chosen = set.get(option) ?? infos.get(option)?.default;
    return typeof chosen === 'string' && Object.hasOwn(values, chosen) ? values[chosen] : {};
  });
  const parsed = spec.schema.safeParse(Object.assign({}, ...presets, Object.fromEntries(set)));
  const alsoRead = (thrown: VdaError): VdaError =>
    sources.configPath === undefined || thrown.message.includes(sources.configPath)
      ? thrown
      : new VdaError(thrown.code, `${thrown.marked}\nOptions were also read from ${sources.configPath}.`, {
          cause: thrown,
        });
  if (!parsed.success) {
    // One line an option: a list with three wrong entries is one mistake.
    const lines = new Map(
      parsed.error.issues.map((issue) => [String(issue.path[0]), problem(issue, { spec, infos, set, name })]),
    );
    throw alsoRead(usageError(spec.name, [...lines.values()]));
  }
  const given = new Set(set.keys());
  try {
    spec.check?.(parsed.data, given);
  } catch (thrown) {
    throw thrown instanceof VdaError ? alsoRead(thrown) : thrown;
  }
  return { options: parsed.data, given };
}

function problem(
  issue: z.core.$ZodIssue,
  p: {
    readonly spec: CommandSpec;
    readonly infos: ReadonlyMap<string, OptionInfo>;
    readonly set: ReadonlyMap<string, unknown>;
    readonly name: (info: OptionInfo) => string;
  },
): string {
  const { spec, infos, set, name } = p;
  const info = infos.get(String(issue.path[0]));
  if (!info) return unknownKeys(issue, { spec, infos: [...infos.values()] }) ?? issue.message;
  if (!set.has(info.key) && info.required)
    return `${argument(info.key)} is required: ${lowerFirst(info.facets.description)}`;
  if (issue.code === 'custom') return `${name(info)}: ${issue.message}`;
  const value = set.get(info.key);
  const nearest = info.choices && typeof value === 'string' ? meant(value, info, info.choices) : '';
  return `${name(info)}: expected ${info.expected}, got ${show(value)}.${writtenOtherwise(value, info) ?? nearest}`;
}

/** How a file of options writes what a value seems to mean: a list of one, or texts that would else be numbers. */
function writtenOtherwise(value: unknown, { kind, ofNumbers = false }: OptionInfo): string | undefined {
  if (kind === 'text' && typeof value === 'number') return ` A text is written in quotes: "${value}".`;
  if (kind !== 'list') return undefined;
  const items: readonly unknown[] = [value].flat();
  const arePlain = items.every((one) =>
    ofNumbers ? typeof one === 'number' : ['string', 'number', 'boolean'].includes(typeof one),
  );
  const meant = ofNumbers ? items : items.map(String);
  const isWrittenSo = Array.isArray(value) && meant.every((one, i) => one === items[i]);
  return arePlain && !isWrittenSo ? ` It is written ${show(meant)}.` : undefined;
}

/** What is wrong about keys that no option has, and what they are called here. */
function unknownKeys(
  issue: z.core.$ZodIssue,
  { spec, infos }: { readonly spec: CommandSpec; readonly infos: readonly OptionInfo[] },
): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const names = infos.map(({ key }) => key);
  const told = issue.keys.map((key) => {
    const instead = insteadOf(key, spec);
    if (instead !== undefined) return `there is no option ${key}: ${instead}`;
    const [known] = knownElsewhereAs(key, infos);
    return `there is no option ${key}.${known ? ` Here it is ${known.key}.` : didYouMean(key, names)}`;
  });
  return told.join(' ');
}

/** What a value is called here, or the nearest. */
function meant(value: string, { facets }: OptionInfo, choices: readonly string[]): string {
  const elsewhere = facets.valuesElsewhere ?? {};
  const word = value.toLowerCase();
  return Object.hasOwn(elsewhere, word) ? ` Here it is ${elsewhere[word]}.` : didYouMean(value, choices);
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? `'${value}'`
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
