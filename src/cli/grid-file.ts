import { dirname, join } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { isFolder } from '../checkpoints/paths.ts';
import { type Grid, type PaperFigures, paperMeasures } from '../experiments/grid.ts';
import { readStructured } from './config-file.ts';
import { camelCase, didYouMean } from './names.ts';
import { attackSpec } from './options/attack.ts';
import { trainSpec } from './options/train.ts';
import { pathOption } from './path-options.ts';
import { optionsOf } from './spec.ts';
import { type Variables, withVariables } from './variables.ts';

/** An object whose keys may be spelled in any case style; unknown ones are errors that name the nearest. */
const keyed = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.preprocess(
    (value) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isObject
        ? Object.fromEntries(Object.entries(value).map(([key, v]) => [camelCase(key), v]))
        : value;
    },
    z.strictObject(shape, {
      error: (issue) => {
        if (issue.code !== 'unrecognized_keys') return undefined;
        const [key = ''] = issue.keys as string[];
        return `unknown key ${key}.${didYouMean(key, Object.keys(shape))}`;
      },
    }),
  );

const text = z.string().min(1);
const options = z.record(z.string(), z.unknown()).default({});

/** As the paper prints them: accuracies as fractions, Perturb in per cent. */
const figures = keyed({
  oriAcc: z.number().min(0).max(1).optional(),
  attAcc: z.number().min(0).max(1).optional(),
  qNum: z.number().min(0).optional(),
  perturb: z.number().min(0).max(100).optional(),
}).transform((given) => {
  const all = { ...given, ...(given.perturb !== undefined && { perturb: given.perturb / 100 }) };
  const known = paperMeasures.filter((measure) => all[measure] !== undefined);
  return Object.fromEntries(known.map((measure) => [measure, all[measure]])) as PaperFigures;
});

const schema = keyed({
  title: text,
  note: text.optional(),
  model: text.optional(),
  mlm: text.optional(),
  train: options,
  attack: options,
  seeds: z.array(z.int().min(0)).min(1).default([42]),
  columns: z
    .array(
      keyed({
        name: text,
        trainFile: text.optional(),
        validationFile: text.optional(),
        testFile: text.optional(),
        train: options,
        attack: options,
      }),
    )
    .min(1),
  rows: z
    .array(
      keyed({
        name: text,
        group: text.optional(),
        against: text.optional(),
        note: text.optional(),
        curves: z.boolean().default(false),
        model: text.optional(),
        mlm: text.optional(),
        adaRow: text.optional(),
        train: options,
        paper: z.record(z.string(), figures).default({}),
      }),
    )
    .min(1),
  sweep: z.array(keyed({ row: text, option: text, values: z.array(z.number()).min(2) })).default([]),
});

/**
 * Reads a grid file, YAML or JSON. `${name}` in a text is a variable, `${name:-text}` one with a default. Paths are
 * relative to the file; those that begin with a variable are what was given for it.
 *
 * @throws VdaError `not-found` | `bad-input` (not YAML or JSON) | `usage`, with every key that is wrong, or every variable
 *   that has no value or no use
 */
export async function readGrid(path: string, variables: Variables): Promise<Grid> {
  const content = await readStructured(path, 'vda reproduce');
  const settled = withVariables(content, {
    variables,
    path,
    readText: (key, value) => pathOf(path, key, value),
  });
  const parsed = schema.safeParse(settled);
  if (!parsed.success) {
    throw gridError(
      path,
      parsed.error.issues.map(({ path: keys, message }) => {
        const at = z.core.toDotPath(keys);
        return at === '' ? message : `${at}: ${message}`;
      }),
    );
  }
  const { sweep, ...rest } = parsed.data;
  const grid = { ...rest, sweeps: sweep } as Grid; // an optional key that is absent is also not there
  const problems = namesThatDoNotFit(grid);
  if (problems.length > 0) throw gridError(path, problems);
  return grid;
}

/** An error in a grid file, with all that is wrong. */
export const gridError = (path: string, problems: readonly string[]): VdaError => {
  const all = [...new Set(problems)];
  return new VdaError(
    'usage',
    `vda reproduce: ${path}: ${all.length === 1 ? all[0] : all.map((problem) => `\n  - ${problem}`).join('')}`,
  );
};

const paths = new Map(
  [...optionsOf(trainSpec), ...optionsOf(attackSpec)].flatMap((info) => {
    const kind = pathOption(info);
    return kind === undefined ? [] : [[info.key, kind] as const];
  }),
);

/** A text of the file: beside the file where it is the path of something. */
function pathOf(gridPath: string, key: string, value: string): string {
  const option = paths.get(camelCase(key));
  if (option === undefined || option.words.includes(value)) return value;
  const beside = join(dirname(gridPath), value);
  const isPath = option.kind !== 'model' || value.startsWith('.') || isFolder(beside); // else a model on the hub
  return isPath && !value.startsWith('/') ? beside : value;
}

/** Names that stand twice, and references to rows and columns that are not there. */
function namesThatDoNotFit({ rows, columns, seeds, sweeps }: Grid): string[] {
  const rowNames = rows.map(({ name }) => name);
  const columnNames = columns.map(({ name }) => name);
  const twice = (what: string, names: readonly (string | number)[]) =>
    names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${what} ${name} is there twice.`);
  const missing = (where: string, name: string, names: readonly string[]) =>
    names.includes(name) ? [] : [`${where}: there is no ${name}.${didYouMean(name, names)}`];
  return [
    ...twice('rows:', rowNames),
    ...twice('columns:', columnNames),
    ...twice('seeds:', seeds),
    ...rows.flatMap(({ name, against, adaRow, paper }) => [
      ...(against === undefined ? [] : missing(`row ${name}, against`, against, rowNames)),
      ...(adaRow === undefined ? [] : missing(`row ${name}, ada-row`, adaRow, rowNames)),
      ...(rows.find((row) => row.name === adaRow)?.adaRow === undefined
        ? []
        : [`row ${name}, ada-row: ${adaRow} has an ada-row itself.`]),
      ...Object.keys(paper).flatMap((column) => missing(`row ${name}, paper`, column, columnNames)),
    ]),
    ...sweeps.flatMap(({ row }) => missing('sweep, row', row, rowNames)),
  ];
}
