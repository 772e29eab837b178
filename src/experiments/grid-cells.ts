import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { attackSpec } from '../options/attack.ts';
import { configValues } from '../options/config-values.ts';
import { resolveOptions } from '../options/resolve.ts';
import type { CommandSpec, OptionsOf } from '../options/spec.ts';
import { toArguments } from '../options/to-arguments.ts';
import { readsMaskedLm, trainSpec } from '../options/train.ts';
import { strategyOf } from '../options/vda.ts';
import { needsCandidates } from '../strategies/vda/options.ts';
import { attackingHash, type ContentSources, trainingHash } from './cell-identity.ts';
import { type Cell, type Place, placesOf } from './cells.ts';
import type { Grid, GridColumn, GridOptions, GridRow } from './grid.ts';
import { gridError } from './grid-file.ts';

/** What cells are worked out with. */
export interface CellSources extends ContentSources {
  /** Path of the grid file, for messages. */
  readonly path: string;
  /** Options of the machine for every command, such as `numThreads`. */
  readonly machine: ReadonlyMap<string, unknown>;
  /** Folder of candidates that the cells share. */
  readonly candidatesDir: string;
  /** Rows that are to be done. The others are needed for the tables only: without their files they stay empty. */
  readonly rows: ReadonlySet<string>;
}

/** Keys of a grid, or of `vda reproduce`, that say what these options would; some are for each cell to say. */
const reserved: Readonly<Record<string, string>> = {
  model: 'the key model of the grid or of a row',
  mlm: 'the key mlm of the grid or of a row',
  trainFile: 'the key train-file of a column',
  validationFile: 'the key validation-file of a column',
  testFile: 'the key test-file of a column',
  seed: 'the key seeds of the grid',
  outputDir: '--output-dir of vda reproduce',
  candidatesDir: 'vda reproduce itself',
  adaModel: 'the key ada-row of a row',
  resumeFromCheckpoint: 'vda reproduce itself',
  replay: 'vda attack itself',
  replayTask: 'vda attack itself',
  logToCsv: 'vda attack itself',
  shard: '--shard of vda reproduce',
  numShards: '--num-shards of vda reproduce',
  device: '--device of vda reproduce',
  numThreads: '--num-threads of vda reproduce',
  distributed: 'vda train alone, one training a job',
  distributedTimeout: 'vda train alone, one training a job',
};

/**
 * The cells of a grid, in the order they are done. All options of all cells are checked before the first file or
 * model is read.
 * @throws VdaError `usage` naming the row and the column whose options are wrong; `not-found` for files and models
 */
export async function cellsOf(grid: Grid, sources: CellSources): Promise<readonly Cell[]> {
  const problems: string[] = [];
  const resolved = placesOf(grid).flatMap((place) => {
    try {
      return [resolveCell(place, { grid, sources })];
    } catch (thrown) {
      if (!(thrown instanceof VdaError)) throw thrown;
      problems.push(
        `row ${excerpt(place.row, 40)}, column ${excerpt(place.column, 40)}: ${onOneLine(thrown)}`,
      );
      return [];
    }
  });
  if (problems.length > 0) throw gridError(sources.path, problems);
  const cells = new Map<ResolvedCell, Cell>();
  const places = sharingCurves(resolved);
  // Those that attack the model of another come last, when its fingerprint is known.
  const ordered = places.toSorted((a, b) => Number(a.adaRow !== undefined) - Number(b.adaRow !== undefined));
  for (const cell of ordered) {
    const { place, curves, adaRow, train, attack } = cell;
    const attacks = [...cells.values()].find((other) => isSamePlace(other.place, { ...place, row: adaRow }));
    try {
      if (adaRow !== undefined && attacks === undefined) {
        throw new VdaError(
          'not-found',
          `${sources.path}: the files of row ${adaRow}, which row ${place.row} attacks, are not there.`,
        );
      }
      cells.set(cell, {
        place,
        curves,
        ...(attacks && { attacks }),
        trainArguments: train.argv,
        attackArguments: attack.argv,
        trainHash: await trainingHash(train.options, { curves, attacked: attacks?.trainHash, sources }),
        attackHash: await attackingHash(attack.options, sources),
      });
    } catch (thrown) {
      if (!(thrown instanceof VdaError) || sources.rows.has(place.row)) throw thrown;
    }
  }
  return places.flatMap((cell) => cells.get(cell) ?? []);
}

/** A command's message without its list and its last line: the first problem, and how many more there are. */
function onOneLine({ message }: VdaError): string {
  const [head = '', ...problems] = message.replace(/\nSee .*$/s, '').split('\n  - ');
  if (problems.length === 0) return head;
  return `${head}${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
}

/**
 * A training whose curves are asked for in one place has them in all: kept without its checkpoints in another place, such
 * as the point of a sweep, it would be done twice.
 */
function sharingCurves(resolved: readonly ResolvedCell[]): readonly ResolvedCell[] {
  const trainingKey = ({ train, adaRow, place }: ResolvedCell) =>
    JSON.stringify([train.options, adaRow, place.column]);
  const curved = new Map(resolved.filter(({ curves }) => curves).map((cell) => [trainingKey(cell), cell]));
  return resolved.map((cell) => {
    const { curves, train } = curved.get(trainingKey(cell)) ?? cell;
    return { ...cell, curves, train };
  });
}

/** Whether a cell stands in a row itself, not in a sweep of it, under the same column and seed. */
const isSamePlace = (
  { row, column, seed, sweep }: Place,
  other: Pick<Place, 'column' | 'seed'> & { readonly row: string | undefined },
): boolean => sweep === undefined && row === other.row && column === other.column && seed === other.seed;

interface Command<S extends CommandSpec> {
  readonly options: OptionsOf<S>;
  readonly argv: readonly string[];
}

interface ResolvedCell {
  readonly place: Place;
  readonly curves: boolean;
  readonly adaRow: string | undefined;
  readonly train: Command<typeof trainSpec>;
  readonly attack: Command<typeof attackSpec>;
}

/** Each cell has a folder of its own; until it is known, options are checked with this one. */
const anyFolder = '-';

function resolveCell(
  place: Place,
  { grid, sources }: { readonly grid: Grid; readonly sources: CellSources },
): ResolvedCell {
  const row = grid.rows.find(({ name }) => name === place.row)!;
  const column = grid.columns.find(({ name }) => name === place.column)!;
  const curves = row.curves && place.sweep === undefined;
  const { options, values } = resolveTraining({ place, grid, row, column, sources });
  if (curves && (options.saveStrategy !== 'epoch' || values.has('saveTotalLimit'))) {
    throw new VdaError(
      'usage',
      'curves need a checkpoint of every epoch: leave out save-strategy and save-total-limit.',
    );
  }
  if (row.adaRow !== undefined && options.adaExamples === 0) {
    throw new VdaError(
      'usage',
      'ada-row needs ada-examples under train, the number of texts to attack with.',
    );
  }
  const saving = curves || values.has('saveTotalLimit') ? [] : [['saveTotalLimit', 1] as const];
  const train = { options, argv: toArguments(trainSpec, new Map([...saving, ...values])) };

  const set = layered(attackSpec, {
    'attack of the grid': grid.attack,
    [`attack of column ${excerpt(column.name, 40)}`]: column.attack,
  });
  const own = given({
    model: anyFolder,
    mlm: row.mlm ?? grid.mlm ?? options.model,
    testFile: column.testFile,
    outputDir: anyFolder,
    shard: '0/1', // the environment of a job array speaks to vda reproduce, not to an attack
  });
  const resolved = resolveOptions(attackSpec, {
    flags: new Map([...set, ...own, ...sources.machine]),
  }).options;
  // An attack that is not told otherwise reads what the model was trained to read.
  const attackOptions = set.has('maxSeqLength')
    ? resolved
    : { ...resolved, maxSeqLength: options.maxSeqLength };
  const argv = toArguments(attackSpec, without([...set, ...own, ...sources.machine], ['model', 'outputDir']));
  return { place, curves, adaRow: row.adaRow, train, attack: { options: attackOptions, argv } };
}

/** Options of a cell's training; the masked language model only where something asks for it. */
function resolveTraining(p: {
  readonly place: Place;
  readonly grid: Grid;
  readonly row: GridRow;
  readonly column: GridColumn;
  readonly sources: CellSources;
}): { readonly options: OptionsOf<typeof trainSpec>; readonly values: ReadonlyMap<string, unknown> } {
  const { place, grid, row, column, sources } = p;
  const { sweep } = place;
  const set = layered(trainSpec, {
    'train of the grid': grid.train,
    [`train of column ${excerpt(column.name, 40)}`]: column.train,
    [`train of row ${excerpt(row.name, 40)}`]: row.train,
    ...(sweep && { sweep: { [sweep.option]: sweep.value } }),
  });
  const { trainFile, validationFile } = column;
  const own = given({ model: row.model ?? grid.model, trainFile, validationFile, seed: place.seed });
  const resolve = (more: ReadonlyMap<string, unknown>) => {
    const values = new Map([...set, ...own, ...more, ...sources.machine]);
    const flags = new Map([...values, ['outputDir', anyFolder] as const]);
    return { options: resolveOptions(trainSpec, { flags }).options, values };
  };
  const plain = resolve(new Map());
  const { vda } = strategyOf(plain.options);
  const { candidatesDir } = sources;
  const mlm = row.mlm ?? grid.mlm;
  const more = { mlm, ...(vda && needsCandidates(plain.options) && { candidatesDir }) };
  return readsMaskedLm(plain.options) ? resolve(given(more)) : plain;
}

/** Options from several objects, later ones first heard; each key is checked where it stands. */
function layered(
  spec: CommandSpec,
  layers: Readonly<Record<string, GridOptions>>,
): ReadonlyMap<string, unknown> {
  const merged = new Map<string, unknown>();
  for (const [where, layer] of Object.entries(layers)) {
    for (const [key, { value, spelled }] of configValues(spec as CommandSpec, layer, { where })) {
      const instead = Object.hasOwn(reserved, key) ? reserved[key] : undefined;
      if (instead !== undefined)
        throw new VdaError('usage', `${excerpt(spelled, 40)} in ${where}: this is for ${instead} to say.`);
      merged.set(key, value);
    }
  }
  return merged;
}

const given = (values: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(values).filter(([, value]) => value !== undefined));

const without = (
  values: Iterable<readonly [string, unknown]>,
  keys: readonly string[],
): ReadonlyMap<string, unknown> => new Map([...values].filter(([key]) => !keys.includes(key)));
