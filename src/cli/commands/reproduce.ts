import { rmSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { VdaError } from '../../base/error.ts';
import { onceEach } from '../../base/once.ts';
import { openNamedDataset } from '../../data/named-dataset.ts';
import { stateOf } from '../../experiments/cell-folder.ts';
import type { CellResult } from '../../experiments/cell-result.ts';
import { type Cell, cellKey, cellsOfShard, distinctCells, nameOf } from '../../experiments/cells.ts';
import { figuresOf } from '../../experiments/figures.ts';
import type { Grid } from '../../experiments/grid.ts';
import { cellsOf } from '../../experiments/grid-cells.ts';
import { readGrid } from '../../experiments/grid-file.ts';
import {
  outcomesFile,
  outcomesLine,
  readOutcomes,
  type StoredOutcomes,
} from '../../experiments/outcomes-file.ts';
import { printedBlocks } from '../../experiments/printed-blocks.ts';
import { readCells } from '../../experiments/results.ts';
import { commandsOf, type Failure, runCells } from '../../experiments/run-cells.ts';
import { type ResultsTable, tableOf } from '../../experiments/table.ts';
import { readVariables } from '../../experiments/variables.ts';
import { writeCsv } from '../../experiments/write-csv.ts';
import { writeLatex } from '../../experiments/write-latex.ts';
import { writeMarkdown } from '../../experiments/write-markdown.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { hashFile } from '../../files/hash-file.ts';
import { didYouMean } from '../../options/names.ts';
import type { reproduceSpec } from '../../options/reproduce.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { modelFolderIdentity } from '../../pretrained/model-folder-identity.ts';
import { resolveDataFile } from '../../pretrained/resolve-data-file.ts';
import { type ResolveModelOptions, resolveModel } from '../../pretrained/resolve-model.ts';
import { writeGridReport } from '../../report/grid-report.ts';
import { shownValue, thisPlace, withShownPaths } from '../../report/shown-path.ts';
import { identityOf } from '../../runs/identity.ts';
import type { Run } from '../command.ts';
import { modelAccess } from '../inputs/model-access.ts';
import { recipeOf } from '../inputs/recipe-of.ts';
import { shardOf, shardRemark, withoutArray } from '../inputs/shard.ts';
import { flaggedMessageOf } from '../terminal/error-message.ts';
import { formatDuration } from '../terminal/format.ts';
import type { CommandIo, Io } from '../terminal/io.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof reproduceSpec>;

/** Does what is left of a grid; writes its tables after every cell, figures and report at the end. */
export const run: Run<typeof reproduceSpec> = async (options, io) => {
  const say = sayTo(io);
  const read = await readGrid(options.grid, readVariables(options.set ?? []));
  const grid: Grid = { ...read, ...(options.seeds && { seeds: [...new Set(options.seeds.map(Number))] }) };
  const output = options.outputDir ?? join('runs', basename(options.grid, extname(options.grid)));
  const shard = shardOf(options, io.env);
  const rows = chosenRows(grid, options.only);
  const known = { dryRun: options.dryRun, io };
  const all = await cellsOf(grid, {
    path: options.grid,
    rows,
    candidatesDir: candidatesOf(output),
    machine: machineOptions(options, io.given),
    hashFile: remembered(
      contentOf('file', { ...known, hash: async (...asked) => hashFile(await resolveDataFile(...asked)) }),
    ),
    hashModel: remembered(
      contentOf('folder', { ...known, hash: async (...asked) => folderHash(await resolveModel(...asked)) }),
    ),
    recipeOf: remembered(recipeOf),
    hashSplit: remembered(
      async ({ dataset, dataDir, split }) => openNamedDataset(dataset, { dataDir })(split).sha256,
    ),
  });
  const own = cellsOfShard(distinctCells(all), shard).filter(({ place }) => rows.has(place.row));
  const remark = shardRemark(shard, { options, env: io.env });
  if (remark !== undefined) say(shard.count > 1 ? `${remark} ${own.length} cells.` : remark);
  if (options.dryRun) {
    const stored = readOutcomes(output);
    for (const cell of own) io.stdout.write(plan(output, { cell, stored }));
    return;
  }

  // Others may add their cells to the same file: what is read must still be there when it is written.
  const writeTables = () => holdFolder(output, { work: 'the tables of a grid', waitMs: 10_000 }, tablesNow);
  const tablesNow = () => {
    const results = readCells(output, all);
    const table = shownTable(tableOf(grid, results));
    writeFilesAtomically([
      { path: join(output, outcomesFile), chunks: outcomesOf(output, results) },
      { path: join(output, 'table.md'), chunks: [writeMarkdown(table)] },
      { path: join(output, 'table.csv'), chunks: [writeCsv(table)] },
      { path: join(output, 'table.tex'), chunks: [writeLatex(table)] },
    ]);
    return { table, results };
  };
  const writeAll = async () => {
    const { table, results } = writeTables();
    const figures = figuresOf(grid, results);
    const notes = [...table.remarks, ...table.notes];
    const command = withShownPaths(`vda ${quoted(io.argv)}`, thisPlace());
    await writeGridReport(output, {
      title: table.title,
      notes,
      figures,
      warnings: table.warnings,
      command,
      blocks: printedBlocks(table),
    });
    return table;
  };
  const failures = await runAll(own, { output, io, onEnd: writeTables, onStop: writeAll });
  io.stdout.write(writeMarkdown(await writeAll()));
  const stored = readOutcomes(output);
  if (all.every((cell) => stateOf(output, cell, stored) === 'done')) {
    rmSync(candidatesOf(output), { recursive: true, force: true });
  }
  if (failures.length > 0) throw failed(failures, own.length);
};

/** Tables are handed around: what a grid says of itself may name files of this machine. */
const shownTable = (table: ResultsTable): ResultsTable => ({
  ...table,
  ...(shownValue({ title: table.title, remarks: table.remarks }, thisPlace()) as Pick<
    ResultsTable,
    'title' | 'remarks'
  >),
});

/** Folder of the masked language model's candidates, which the cells share until all are done. */
const candidatesOf = (output: string): string => join(output, 'candidates');

/** The lines of all finished cells: those of other grids or seeds in the folder stay. */
function outcomesOf(output: string, results: readonly CellResult[]): readonly string[] {
  const stored = readOutcomes(output);
  const done = results.filter(({ cell }) => stateOf(output, cell, stored) === 'done');
  const own = new Map(done.map((result) => [cellKey(result.cell), result]));
  const others = stored.linesWithout(done.map(({ cell }) => cell));
  return [...others, ...[...own.values()].map(outcomesLine)].map((line) => `${line}\n`);
}

/** Names of the rows that the patterns of `--only` choose; all without any. @throws VdaError `usage` for one that fits none */
function chosenRows({ rows }: Grid, patterns: readonly string[] | undefined): ReadonlySet<string> {
  const names = rows.map(({ name }) => name);
  if (patterns === undefined) return new Set(names);
  return new Set(
    patterns.flatMap((pattern) => {
      const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
      const found = names.filter((name) => new RegExp(`^${escaped.join('.*')}$`, 'i').test(name));
      if (found.length > 0) return found;
      throw new VdaError(
        'usage',
        `vda reproduce: --only ${pattern}: no row is called so.${didYouMean(pattern, names)} Rows: ${names.join(', ')}.`,
      );
    }),
  );
}

/** What this machine wants of every command, as far as it was said. */
const machineOptions = (options: Options, given: ReadonlySet<string>): ReadonlyMap<string, unknown> =>
  new Map(
    (['device', 'numThreads'] as const).filter((key) => given.has(key)).map((key) => [key, options[key]]),
  );

const folderHash = async (folder: string): Promise<string> =>
  identityOf({ model: await modelFolderIdentity(folder) }).hash;

/**
 * The hash of what has a name here or on the hub. A dry run downloads nothing: there it is of what is not here its name, which is
 * no cell's that was done.
 */
const contentOf =
  (
    what: 'file' | 'folder',
    p: {
      readonly hash: (name: string, access: ResolveModelOptions) => Promise<string>;
      readonly dryRun: boolean;
      readonly io: CommandIo;
    },
  ) =>
  async (name: string): Promise<string> => {
    const { hash, dryRun, io } = p;
    if (!dryRun) return hash(name, modelAccess(io));
    const environment = { ...io.env, HF_HUB_OFFLINE: '1' };
    try {
      return await hash(name, { ...modelAccess(io), environment });
    } catch (thrown) {
      if (!(thrown instanceof VdaError) || thrown.code !== 'offline') throw thrown;
      sayTo(io)(
        `${name} is neither a ${what} nor in the cache, and a dry run downloads nothing: whether its cells are done cannot be told, and all stand as to do.`,
      );
      return name;
    }
  };

/** The same question is asked once. */
function remembered<T, A>(ask: (question: T) => Promise<A>): (question: T) => Promise<A> {
  const answers = onceEach((key: string) => ask(JSON.parse(key)));
  return (question) => answers(JSON.stringify(question));
}

/** A cell of a dry run: its state, its name, and the commands left. */
const plan = (
  output: string,
  { cell, stored }: { readonly cell: Cell; readonly stored: StoredOutcomes },
): string => {
  const state = stateOf(output, cell, stored);
  const commands = state === 'done' ? [] : commandsOf(output, cell).map((argv) => `  vda ${quoted(argv)}\n`);
  return `${state.padEnd(6)} ${nameOf(cell.place)}\n${commands.join('')}`;
};

/** Runs cells as the commands a user would type. An interruption is passed on once the tables are written. */
async function runAll(
  cells: readonly Cell[],
  p: {
    readonly output: string;
    readonly io: CommandIo;
    /** After each cell. */
    readonly onEnd: () => void;
    /** At an interruption. */
    readonly onStop: () => Promise<unknown>;
  },
): Promise<readonly Failure[]> {
  const { output, io, onEnd, onStop } = p;
  const say = sayTo(io);
  const quiet: Io = { ...io, stdout: { write: () => true }, env: withoutArray(io.env) };
  const stored = readOutcomes(output);
  const done = cells.filter((cell) => stateOf(output, cell, stored) === 'done').length;
  say(`${cells.length} cells, ${done} of them done.`);
  try {
    return await runCells(cells, {
      output,
      signal: io.signal,
      now: io.now,
      perform: async (argv) => {
        say(`$ vda ${quoted(argv)}`);
        await io.perform(argv, quiet);
      },
      onStart: ({ cell, number, secondsLeft }) => {
        const left = secondsLeft === undefined ? '' : `, about ${formatDuration(secondsLeft)} left`;
        io.stderr.write('\n');
        say(`Cell ${number} of ${cells.length}: ${nameOf(cell.place)}${left}`);
      },
      onEnd: ({ cell, error }) => {
        if (error !== undefined) say(`Failed: ${nameOf(cell.place)}: ${flaggedMessageOf(error)}`);
        onEnd();
      },
    });
  } catch (thrown) {
    if (!io.signal.aborted) throw thrown;
    await onStop();
    say(`Stopped; what is done is kept. The same command goes on: vda ${quoted(io.argv)}`);
    throw thrown;
  }
}

function failed(failures: readonly Failure[], cells: number): VdaError {
  const lines = failures.map(({ cell, error }) => `\n  - ${nameOf(cell.place)}: ${flaggedMessageOf(error)}`);
  return new VdaError(
    'bad-input',
    `vda reproduce: ${failures.length} of ${cells} cells failed:${lines.join('')}\nThe same command tries them again.`,
  );
}
