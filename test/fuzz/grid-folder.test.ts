import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stateOf } from '../../src/experiments/cell-folder.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import { type Cell, foldersOf } from '../../src/experiments/cells.ts';
import { figuresOf } from '../../src/experiments/figures.ts';
import { outcomesFile, outcomesLine, readOutcomes } from '../../src/experiments/outcomes-file.ts';
import { readCells } from '../../src/experiments/results.ts';
import { commandsOf, runCells } from '../../src/experiments/run-cells.ts';
import { tableOf } from '../../src/experiments/table.ts';
import { writeMarkdown } from '../../src/experiments/write-markdown.ts';
import { writeFilesAtomically } from '../../src/files/atomic-file.ts';
import { fakeRunner, outcomes, toyCell, toyGrid } from '../experiments/toy-cells.ts';
import { damageOf, whileDamaged } from './damage.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';

const output = fuzzFolder();
const runner = () => ({
  ...{ output, signal: new AbortController().signal, now: () => 0 },
  perform: fakeRunner(() => ['failed', 'success']).perform,
});

/** Done, by its own folder; done, by the outcomes of all; to do. */
const [inFolder, stored, left] = [1, 2, 3].map((seed) => toyCell({ seed })) as [Cell, Cell, Cell];
await runCells([inFolder], runner());
const result: CellResult = {
  ...{ cell: stored, epochs: [{ epoch: 1, outcomes: outcomes(['failed']) }] },
  ...{
    outcomes: outcomes(['failed', 'success']),
    attack: { preset: 'bert-attack (default)', filters: ['similarity'] },
  },
};
writeFilesAtomically([{ path: join(output, outcomesFile), chunks: [`${outcomesLine(result)}\n`] }]);
mkdirSync(foldersOf(output, left).train, { recursive: true });

const { folder, attack } = foldersOf(output, inFolder);
const files = [
  ...[join(folder, 'cell.json'), join(attack, 'summary.json'), join(attack, 'results.jsonl')],
  join(output, outcomesFile),
];
const grid = toyGrid({ seeds: [1, 2, 3] });

fuzz('a grid is read with what is whole, or refused with the file', {
  cases: damageOf(files),
  ...{ paths: [output], share: 0.5 },
  read: (damage) =>
    whileDamaged(damage, () => {
      const cells = [inFolder, stored, left];
      const read = readOutcomes(output);
      read.linesWithout([stored]);
      for (const cell of cells) {
        stateOf(output, cell, read);
        commandsOf(output, cell);
      }
      const results = readCells(output, cells);
      writeMarkdown(tableOf(grid, results));
      figuresOf(grid, results);
    }),
});

fuzz('cells of a damaged grid are done again, or refused with the file', {
  cases: damageOf(files),
  ...{ paths: [output], share: 0.2 },
  read: (damage) =>
    whileDamaged(damage, async () => {
      const failures = await runCells([inFolder, stored], runner());
      for (const { error } of failures) throw error;
    }),
});
