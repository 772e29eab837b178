import { dirname, join } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { readShape } from '../base/read-shape.ts';
import { isFolder } from '../files/paths.ts';
import { readStructured } from '../files/structured-file.ts';
import { attackSpec } from '../options/attack.ts';
import { camelCase, didYouMean, firstOf } from '../options/names.ts';
import { pathOption } from '../options/path-options.ts';
import { optionsOf } from '../options/spec.ts';
import { trainSpec } from '../options/train.ts';
import { type Grid, type GridOptions, type PaperFigures, paperMeasures } from './grid.ts';
import { type Variables, withVariables } from './variables.ts';

/**
 * An object whose keys may be spelled in any case style, each once; unknown ones are errors that name the nearest.
 * @param elsewhere keys that belong to another place, with the sentence that says so
 */
const keyed = <S extends z.core.$ZodLooseShape>(shape: S, elsewhere: Readonly<Record<string, string>> = {}) =>
  z.preprocess(
    (value, { issues }) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const spelled = new Map<string, string>();
      const entries = Object.entries(value).map(([name, inner]) => {
        const key = camelCase(name);
        const other = spelled.get(key);
        if (other !== undefined) {
          const both = `${excerpt(other, 40)} and ${excerpt(name, 40)}`;
          issues.push({ code: 'custom', input: value, message: `${both} are the same key; keep one.` });
        }
        spelled.set(key, name);
        return [key, inner] as const;
      });
      return Object.fromEntries(entries);
    },
    z.strictObject(shape, {
      error: (issue) => {
        if (issue.code !== 'unrecognized_keys') return undefined;
        const [key = ''] = issue.keys as string[];
        if (Object.hasOwn(elsewhere, key)) return elsewhere[key];
        return `unknown key ${excerpt(key, 40)}.${didYouMean(key, Object.keys(shape))}`;
      },
    }),
  );

/** A grid of each of these would take years to train. */
const most = {
  seeds: 1000,
  columns: 100,
  rows: 1000,
  sweeps: 100,
  values: 1000,
  name: 200,
  cells: 10_000,
} as const;

const text = z.string().min(1);
const name = z.string().min(1).max(most.name);
/** Whatever its keys are: they are checked as options of their command. */
const options = z
  .custom<GridOptions>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object of options',
  )
  .default({});

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
  seeds: z.array(z.int().min(0)).min(1).max(most.seeds).default([42]),
  columns: z
    .array(
      keyed({
        name,
        trainFile: text.optional(),
        validationFile: text.optional(),
        testFile: text.optional(),
        train: options,
        attack: options,
      }),
    )
    .min(1)
    .max(most.columns),
  rows: z
    .array(
      keyed(
        {
          name,
          group: name.optional(),
          against: name.optional(),
          note: text.optional(),
          curves: z.boolean().default(false),
          model: text.optional(),
          mlm: text.optional(),
          adaRow: name.optional(),
          train: options,
          paper: z.record(z.string(), figures).default({}),
        },
        { attack: 'attack is a key of the grid or of a column: every row meets the same attack.' },
      ),
    )
    .min(1)
    .max(most.rows),
  sweep: z
    .array(keyed({ row: name, option: name, values: z.array(z.number()).min(2).max(most.values) }))
    .max(most.sweeps)
    .default([]),
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
  const parsed = readShape(schema, settled);
  if (!parsed.ok)
    throw gridError(
      path,
      parsed.problems.map((problem) => (problem.endsWith('.') ? problem : `${problem}.`)),
    );
  const { sweep, ...rest } = parsed.value;
  const grid = { ...rest, sweeps: sweep } as Grid; // an optional key that is absent is also not there
  const problems = namesThatDoNotFit(grid);
  if (problems.length > 0) throw gridError(path, problems);
  const cells = placesIn(grid);
  if (cells <= most.cells) return grid;
  throw gridError(path, [
    `its rows, columns, seeds and sweeps make ${cells} cells, more than ${most.cells}. Divide it.`,
  ]);
}

const placesIn = ({ rows, columns, seeds, sweeps }: Grid): number =>
  seeds.length * columns.length * sweeps.reduce((sum, { values }) => sum + values.length, rows.length);

/** An error in a grid file, with what is wrong. */
export const gridError = (path: string, problems: readonly string[]): VdaError => {
  const all = firstOf([...new Set(problems)]);
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

/** A text of the file: beside the file where it is the path of something; an address of the hub as it is. */
function pathOf(gridPath: string, key: string, value: string): string {
  const option = paths.get(camelCase(key));
  if (option === undefined || option.words.includes(value) || value.startsWith('hf://')) return value;
  const beside = join(dirname(gridPath), value);
  const isPath = option.kind !== 'model' || value.startsWith('.') || isFolder(beside); // else a model on the hub
  return isPath && !value.startsWith('/') ? beside : value;
}

/** Names that stand twice, and references to rows and columns that are not there. */
function namesThatDoNotFit({ rows, columns, seeds, sweeps }: Grid): string[] {
  const rowNames = rows.map(({ name }) => name);
  const columnNames = columns.map(({ name }) => name);
  const twice = (what: string, names: readonly (string | number)[]) =>
    names
      .filter((name, i) => names.indexOf(name) !== i)
      .map((name) => `${what} ${excerpt(String(name))} is there twice.`);
  const missing = (where: string, name: string, names: readonly string[]) =>
    names.includes(name) ? [] : [`${where}: there is no ${excerpt(name)}.${didYouMean(name, names)}`];
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
