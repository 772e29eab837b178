import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import type { NumberRule } from '../base/setting-rules.ts';
import { camelCase, kebabCase, snakeCase } from './names.ts';

/** What an option needs beyond its zod type to be shown to a person. */
export interface OptionFacets {
  /** One or two sentences, with the source of the default where it has one. */
  readonly description: string;
  /** Heading in `--help`. */
  readonly group: string;
  /** Name of the value in `--help`, such as `FILE`; by default from the type. */
  readonly value?: string;
  /** Unit of the value, shown in `--help`. */
  readonly unit?: string;
  /** What is expected, for error messages, where the type alone does not say it. */
  readonly expected?: string;
  /** Names other tools use for the same thing (any case style): suggested, never accepted. */
  readonly knownAs?: readonly string[];
  /** Values other tools use, and what they are here: suggested, never accepted. */
  readonly valuesElsewhere?: Readonly<Record<string, string>>;
}

/** Facets by schema; filled by `option` as each options file defines its constants. */
const facetsOf = z.registry<OptionFacets, z.core.$ZodType>();

/** Attaches facets to an option's type. The type stays the only source of default, range and choices. */
export function option<S extends z.ZodType>(schema: S, facets: OptionFacets): S {
  facetsOf.add(schema, facets);
  return schema;
}

/** A number as its rule has it: programs are held to the same one. */
export function number(rule: NumberRule): z.ZodNumber {
  let type: z.ZodNumber = rule.kind === 'integer' ? z.int() : z.number();
  if (rule.above !== undefined) type = type.gt(rule.above);
  if (rule.min !== undefined) type = type.min(rule.min);
  if (rule.below !== undefined) type = type.lt(rule.below);
  if (rule.max !== undefined) type = type.max(rule.max);
  return type;
}

/** A choice among the keys of a table that says, for `vda list`, what each one is. */
export const choice = <T extends Readonly<Record<string, string>>>(table: T) =>
  z.enum(Object.keys(table) as [keyof T & string, ...(keyof T & string)[]]);

/** Values that one named setting stands for; they give way to the configuration file and to flags. */
export interface Presets<S extends z.ZodObject> {
  /** The option whose value picks the preset. */
  readonly option: keyof z.input<S> & string;
  readonly values: Readonly<Record<string, Partial<z.input<S>>>>;
}

/** Everything of a command but its work: enough for flags, files, help and JSON Schema. */
export interface CommandSpec<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** A paragraph for `--help`. */
  readonly details?: string;
  /** A strict object of options built by `option`. */
  readonly schema: S;
  readonly examples: readonly { readonly what: string; readonly command: string }[];
  /** The option that takes the arguments without a flag; by default such arguments are errors. */
  readonly positional?: keyof z.input<S> & string;
  /** Options of other tools that the command lacks, by key, and what to do instead; {@link OptionFacets.knownAs} has those that have another name here. */
  readonly insteadOf?: Readonly<Record<string, string>>;
  /** The list that takes the second argument without a flag and all that follow it as they stand: another command line. */
  readonly rest?: keyof z.input<S> & string;
  /** A later one goes before an earlier one. */
  readonly presets?: readonly Presets<S>[];
  /**
   * Rules between options that the schema cannot see, such as "has no effect without".
   * @throws VdaError `usage`
   */
  check?(options: z.output<S>, given: ReadonlySet<string>): void;
}

/** Options of a command as its `run` gets them. */
export type OptionsOf<C extends CommandSpec> = z.output<C['schema']>;

/** One option, as flags, help and messages need it. */
export interface OptionInfo {
  readonly key: string;
  /** Without the leading dashes. */
  readonly flag: string;
  readonly kind: 'boolean' | 'integer' | 'number' | 'text' | 'list';
  readonly choices?: readonly string[];
  /** Whether a list's items are numbers. */
  readonly ofNumbers?: boolean;
  readonly default?: unknown;
  readonly required: boolean;
  /** What a value must be, in words: `a number above 0`. */
  readonly expected: string;
  readonly facets: OptionFacets;
}

/**
 * The options of a command, in the order of the schema.
 * @throws VdaError `internal` for an option without facets; `.optional()` and the like go inside `option`
 */
export function optionsOf(spec: CommandSpec): readonly OptionInfo[] {
  const known = workedOut.get(spec) ?? describeOptions(spec);
  workedOut.set(spec, known);
  return known;
}

/** A specification never changes, and a grid of many cells asks for the same one thousands of times. */
const workedOut = new WeakMap<CommandSpec, readonly OptionInfo[]>();

function describeOptions(spec: CommandSpec): readonly OptionInfo[] {
  return Object.entries(spec.schema.shape).map(([key, schema]) => {
    const facets = facetsOf.get(schema);
    if (!facets) throw new VdaError('internal', `vda ${spec.name}: option ${key} was not made by option()`);
    const shape = z.toJSONSchema(schema as z.ZodType, { io: 'input' }) as JsonShape;
    const kind = kindOf(shape);
    const choices = (shape.enum ?? shape.items?.enum)?.map(String);
    return {
      key,
      flag: kebabCase(key),
      kind,
      ...(choices && { choices }),
      ...(isNumeric(shape.items) && { ofNumbers: true }),
      ...('default' in shape && { default: shape.default }),
      required: !(schema as z.ZodType).safeParse(undefined).success,
      expected: facets.expected ?? expectation(shape),
      facets,
    };
  });
}

/** What to do in place of an option that another tool has, by its name in any case style. */
export function insteadOf(name: string, { insteadOf: table = {} }: CommandSpec): string | undefined {
  const key = camelCase(name);
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The options that other tools call by this name, in any case style. */
export const knownElsewhereAs = (name: string, options: readonly OptionInfo[]): readonly OptionInfo[] =>
  options.filter(({ facets }) => facets.knownAs?.some((alias) => camelCase(alias) === camelCase(name)));

/**
 * JSON Schema (draft 2020-12) of a command's configuration file: it takes what the reader takes. Each key may be spelled in
 * three ways, one of them at a time; null leaves the default; nothing is required, for flags may say the rest.
 */
export function jsonSchemaOf(spec: CommandSpec): Record<string, unknown> {
  const {
    $schema,
    required: _,
    properties,
    ...rest
  } = z.toJSONSchema(spec.schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const descriptions = new Map(optionsOf(spec).map(({ key, facets }) => [key, facets.description]));
  const own = Object.entries(properties ?? {}).map(([key, schema]) => {
    const { default: fallback, ...type } = schema as JsonShape;
    const value = { anyOf: [type, { type: 'null' }], ...(fallback !== undefined && { default: fallback }) };
    return [key, { description: descriptions.get(key), ...value }] as const;
  });
  const spellings = own.map(([key]) => [key, ...new Set([snakeCase(key), kebabCase(key)])]);
  const others = spellings.flatMap(([key, ...more]) =>
    more.filter((other) => other !== key).map((other) => [other, { $ref: `#/properties/${key}` }] as const),
  );
  const twice = spellings.flatMap((all) => {
    const distinct = [...new Set(all)];
    return distinct.flatMap((one, i) => distinct.slice(i + 1).map((other) => ({ required: [one, other] })));
  });
  return {
    $schema,
    title: `vda ${spec.name}`,
    description: `${spec.summary}. Keys in camelCase, snake_case or kebab-case; null leaves the default.`,
    ...rest,
    properties: Object.fromEntries([...own, ...others]),
    ...(twice.length > 0 && { not: { anyOf: twice } }),
  };
}

interface JsonShape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly items?: JsonShape;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

function kindOf(shape: JsonShape): OptionInfo['kind'] {
  if (shape.type === 'boolean' || shape.type === 'integer' || shape.type === 'number') return shape.type;
  return shape.type === 'array' ? 'list' : 'text';
}

const isNumeric = (shape: JsonShape | undefined): boolean =>
  shape?.type === 'number' || shape?.type === 'integer';

function expectation(shape: JsonShape): string {
  if (shape.enum) return `one of ${shape.enum.join(', ')}`;
  if (shape.type === 'boolean') return 'true or false';
  if (shape.type === 'array') return `a list, each ${expectation(shape.items ?? {})}`;
  if (shape.type !== 'integer' && shape.type !== 'number') return 'a text that is not empty';
  const bounds: string[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = shape;
  if (exclusiveMinimum !== undefined) bounds.push(`above ${exclusiveMinimum}`);
  if (minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER) bounds.push(`at least ${minimum}`);
  if (exclusiveMaximum !== undefined) bounds.push(`below ${exclusiveMaximum}`);
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) bounds.push(`at most ${maximum}`);
  return [shape.type === 'integer' ? 'a whole number' : 'a number', bounds.join(' and ')].join(' ').trim();
}
